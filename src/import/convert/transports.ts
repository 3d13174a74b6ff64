import { textOf } from '../blueprint/resolved.ts';
import type { Findings } from '../findings.ts';
import type { BlueprintObject, Objects } from '../objects.ts';
import type { DestinationDraft } from './draft.ts';
import { nameOf, unresolvedLabel } from './labels.ts';
import { mailDestination } from './mail.ts';
import type { Template } from './mapping.ts';
import { booleanOf, type Recipient } from './recipients.ts';
import { webhookOptions } from './webhook.ts';

/** What a transport becomes for these recipients: one destination, or one for each of them. */
export function convertTransport(
  transport: BlueprintObject,
  recipients: readonly Recipient[],
  objects: Objects,
  findings: Findings,
): readonly DestinationDraft[] {
  const name = nameOf(transport);
  const mode = textOf(transport.fields.get('mode')) ?? 'local';
  const once = booleanOf(transport.fields.get('send_once'));
  // authentik stops after the first recipient then, whoever it is.
  const served = once ? recipients.slice(0, 1) : recipients;
  switch (mode) {
    case 'local':
      findings.lost(
        transport.at,
        `transport ${JSON.stringify(name)} not carried over: the notifications in authentik's own page have no counterpart outside authentik`,
      );
      return [];
    case 'email':
      return mailDestination(transport, served, findings);
    case 'webhook':
    case 'webhook_slack':
      return webhookDestinations(transport, mode, served, objects, findings);
    default:
      findings.lost(
        transport.at,
        `transport ${JSON.stringify(name)} not carried over: its mode ${JSON.stringify(mode)} is unknown`,
      );
      return [];
  }
}

function webhookDestinations(
  transport: BlueprintObject,
  mode: 'webhook' | 'webhook_slack',
  recipients: readonly Recipient[],
  objects: Objects,
  findings: Findings,
): readonly DestinationDraft[] {
  const name = nameOf(transport);
  const url = transport.fields.get('webhook_url');
  const address = textOf(url);
  if (url === undefined || address === undefined || !isHttp(address)) {
    findings.lost(
      url?.at ?? transport.at,
      `transport ${JSON.stringify(name)} not carried over: it has no address that starts with http:// or https://`,
    );
    return [];
  }
  if (hasSecret(address)) {
    findings.note(
      url.at,
      `transport ${JSON.stringify(name)}: its address is a secret and stands in clear text in the configuration; put it into \${file:…} or \${env:…}`,
    );
  }
  const common = { url: address, ...authority(transport, objects, findings) };
  return recipients.map((recipient) => ({
    name: recipients.length === 1 ? name : `${name} (${recipientLabel(recipient)})`,
    options:
      mode === 'webhook'
        ? { type: 'webhook', ...common, ...webhookOptions(transport, recipient, objects, findings) }
        : { ...slackOptions(address, recipient), ...common },
    comments: [
      `transport ${JSON.stringify(name)}, ${mode}`,
      ...(recipients.length === 1 ? [] : ['authentik sends one message for each recipient: send_once is off']),
      ...(hasSecret(address) ? ['The address is a secret.'] : []),
    ],
  }));
}

/** What authentik's own Slack transport sends; an address of Discord's is one that takes it. */
function slackOptions(url: string, recipient: Recipient): { readonly [name: string]: Template } {
  const path = URL.parse(url)?.pathname ?? '';
  const discord = /\/api\/webhooks\/\d+\/[^/]+\/slack\/?$/.test(path);
  const named =
    recipient.kind === 'member' && recipient.username !== undefined ? { recipient: recipient.username } : {};
  return { type: discord ? 'discord' : 'slack', compat: 'authentik', ...named };
}

function authority(transport: BlueprintObject, objects: Objects, findings: Findings): { readonly tls?: Template } {
  const reference = transport.fields.get('webhook_ca');
  const target = objects.target(reference);
  if (target.kind === 'none') return {};
  const pem = target.kind === 'object' ? textOf(target.object.fields.get('certificate_data')) : undefined;
  if (pem !== undefined && pem !== '') return { tls: { ca: pem } };
  const certificate =
    target.kind === 'object'
      ? `the certificate ${JSON.stringify(nameOf(target.object))} without its data`
      : unresolvedLabel(target.reference);
  findings.lost(
    reference?.at ?? transport.at,
    `transport ${JSON.stringify(nameOf(transport))}: ${certificate} is not in these files; give the destination tls: {ca: /path/to/ca.pem}`,
  );
  return {};
}

function recipientLabel(recipient: Recipient): string {
  if (recipient.kind === 'event user') return "the event's user";
  if (recipient.kind === 'unknown') return recipient.group;
  return recipient.username ?? recipient.email ?? 'unnamed user';
}

function isHttp(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}

/** Anything beyond a host and a short path may be what lets one in. */
function hasSecret(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return (
    url.search !== '' ||
    url.password !== '' ||
    url.username !== '' ||
    url.pathname.split('/').some((part) => part.length >= 12)
  );
}
