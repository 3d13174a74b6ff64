/** One event line as authentik prints it, distinct by `serial`, which is its user's key; `context` is added to the event's own. */
export function eventLine(serial: number, action = 'login_failed', context: object = {}): string {
  const second = String(serial % 60).padStart(2, '0');
  const micro = String(serial % 1_000_000).padStart(6, '0');
  return JSON.stringify({
    action,
    client_ip: '203.0.113.7',
    context: {
      username: `user-${serial}`,
      http_request: { args: {}, method: 'POST', path: '/api/v3/flows/executor/default/' },
      ...context,
    },
    event: 'Created Event',
    level: 'info',
    logger: 'authentik.events.models',
    pid: 12,
    timestamp: `2026-01-15T09:00:${second}.${micro}`,
    user: { email: '', pk: serial, username: `user-${serial}` },
  });
}

/** A line of authentik's that is no event. */
export const accessLine =
  '{"event": "/-/health/live/", "level": "info", "logger": "authentik.asgi", "method": "GET", "status": 200}';

/** The line as containerd writes it for the kubelet; `tag` is `P` for a part that goes on. */
export function cri(text: string, serial = 0, tag: 'F' | 'P' = 'F', stream: 'stdout' | 'stderr' = 'stderr'): string {
  return `2026-01-15T09:00:00.${String(serial).padStart(9, '0')}Z ${stream} ${tag} ${text}\n`;
}
