/** Names by which herald's own traffic is recognised, also when it comes back through authentik's log. */
export const product = 'authentik-herald';
export const version = '0.1.0';

/** Sent with every HTTP request. */
export const userAgent = `${product}/${version}`;

/** Right side of the Message-ID of every mail, whatever its sender's domain. */
export const messageIdDomain = 'herald.invalid';
