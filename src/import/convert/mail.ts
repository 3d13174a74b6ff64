import { textOf } from '../blueprint/resolved.ts';
import type { Findings } from '../findings.ts';
import type { BlueprintObject } from '../objects.ts';
import { nameOf } from './labels.ts';
import type { Recipient } from './recipients.ts';
import type { DestinationDraft } from './draft.ts';

const ownTemplate = 'email/event_notification.html';
const defaultPrefix = 'authentik Notification: ';
const recipientsMax = 50;

/** A mail to all recipients that have an address. Where none is known the address is one that does not exist and is to be replaced. */
export function mailDestination(
  transport: BlueprintObject,
  recipients: readonly Recipient[],
  findings: Findings,
): readonly DestinationDraft[] {
  const name = nameOf(transport);
  const what = `transport ${JSON.stringify(name)}`;
  const template = textOf(transport.fields.get('email_template')) ?? ownTemplate;
  if (template !== ownTemplate && template !== '') {
    findings.lost(
      transport.fields.get('email_template')?.at ?? transport.at,
      `${what}: the template ${JSON.stringify(template)} is a file of the authentik server; herald's own mail is sent instead`,
    );
  }
  const to = addressesOf(transport, recipients, findings);
  if (to.length === 0) return [];
  findings.note(
    transport.at,
    `${what}: the mail server is not in a blueprint; authentik's default stands in (localhost, port 25), replace it`,
  );
  const comments = [
    `transport ${JSON.stringify(name)}, email`,
    "Replace host, port, tls and from by those of authentik's AUTHENTIK_EMAIL__… settings.",
    ...(to.length > 1 ? ['One mail to all of them: they see each other. authentik sends one each.'] : []),
    ...(to.some((address) => address.endsWith(placeholderDomain))
      ? ['REPLACE the recipient: the blueprint does not name the members of the group.']
      : []),
  ];
  const subject = textOf(transport.fields.get('email_subject_prefix')) ?? defaultPrefix;
  const options = {
    type: 'smtp',
    host: 'localhost',
    port: 25,
    tls: 'none',
    from: 'authentik@localhost.localdomain',
    to,
    subject_prefix: subject.replaceAll(/\p{Cc}/gu, ' ').slice(0, 100),
  };
  return [{ name, options, comments }];
}

const placeholderDomain = '@recipients.invalid';

function addressesOf(
  transport: BlueprintObject,
  recipients: readonly Recipient[],
  findings: Findings,
): readonly string[] {
  const what = `transport ${JSON.stringify(nameOf(transport))}`;
  const addresses = recipients.flatMap((recipient) => {
    if (recipient.kind === 'event user') {
      findings.lost(
        transport.at,
        `${what}: a mail to the event's own user has no counterpart, herald's mail goes to fixed addresses; event.user["email"] is in what a webhook gets`,
      );
      return [];
    }
    if (recipient.kind === 'unknown') {
      findings.lost(
        transport.at,
        `${what}: the members of the group ${JSON.stringify(recipient.group)} are not in these files; write their addresses into "to"`,
      );
      return [`${slug(recipient.group)}${placeholderDomain}`];
    }
    if (recipient.email === undefined) {
      findings.note(
        recipient.at,
        `user ${JSON.stringify(recipient.username)} has no address: authentik sends no mail, and neither does herald`,
      );
      return [];
    }
    if (!recipient.active) {
      findings.note(
        recipient.at,
        `user ${JSON.stringify(recipient.username)} is inactive; authentik sends the mail all the same, and so does herald`,
      );
    }
    return [recipient.email];
  });
  const distinct = [...new Set(addresses)];
  if (distinct.length > recipientsMax) {
    findings.lost(
      transport.at,
      `${what}: only the first ${recipientsMax} of ${distinct.length} recipients are carried over; use a mailing list`,
    );
  }
  return distinct.slice(0, recipientsMax);
}

/** A group's name as the first part of an address. */
function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 60) || 'group'
  );
}
