import assert from 'node:assert/strict';
import type { SafeEvent } from '../../src/core/event.ts';
import { discordPayload } from '../../src/destinations/discord-embed.ts';
import { eventText } from '../../src/destinations/format.ts';
import { heraldPieces } from '../../src/destinations/herald-json.ts';
import { createItem, writeItem } from '../../src/destinations/item.ts';
import { ntfyBody } from '../../src/destinations/ntfy-message.ts';
import { pagerDutyEvent } from '../../src/destinations/pagerduty-event.ts';
import { slackPayload } from '../../src/destinations/slack-blocks.ts';
import { mailHtml } from '../../src/destinations/smtp-html.ts';
import { mailText } from '../../src/destinations/smtp-text.ts';
import { prettyMessage } from '../../src/destinations/stdout-pretty.ts';
import { messageItem } from '../../src/destinations/syslog/message.ts';
import { teamsPayload } from '../../src/destinations/teams-card.ts';
import { formats, isTextFormat } from '../../src/render/formats/format.ts';
import { repairJson } from '../../src/render/formats/json-text.ts';
import { headerText } from '../../src/render/header.ts';
import { renderMessage } from '../../src/render/message.ts';
import type { Leased } from '../../src/journal/journal.ts';
import { leased } from '../support/leased.ts';
import { parseCef, parseLeef } from '../support/text-formats.ts';

const authentikUrl = 'https://auth.example.com';
const context = { instance: 'herald-0', authentikUrl };

/** Renders an event for every target and checks the grammar of each. Gives all that was written, by target. */
export function renderAll(event: SafeEvent): ReadonlyMap<string, string> {
  const json = repairJson(JSON.stringify(event));
  const delivery: Leased = { ...leased(1), event, bytes: Buffer.from(json), key: `${event.id}.00c0ffee` };
  const message = renderMessage(event, { rule: delivery.rule, severity: 'alert', authentikUrl });
  const out = new Map<string, string>();
  const object = (name: string, text: string): void => {
    assert.doesNotMatch(text, /[\n\r]/, `${name} is one line`);
    assert.ok(text.isWellFormed(), `${name} is well-formed`);
    JSON.parse(text);
    // Most have none, and to look for what may stand before one takes longer than all else here.
    if (text.includes('\\ud'))
      assert.doesNotMatch(text, /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/, `${name} has no half character`);
    out.set(name, text);
  };
  for (const format of formats) {
    const text = eventText(format, delivery, context);
    if (!isTextFormat(format)) object(format, text);
    else out.set(format, text);
    if (format === 'cef') assert.equal(parseCef(text).header.length, 7);
    if (format === 'leef') assert.equal(parseLeef(text).header.length, 6);
    out.set(`syslog ${format}`, syslog(delivery, format));
  }
  object(
    'herald bytes',
    writeItem(createItem(heraldPieces(delivery)))
      .toString()
      .trimEnd(),
  );
  object('slack', checkedSlack(JSON.stringify(slackPayload(message, undefined))));
  const discord = discordPayload(message, undefined);
  assert.deepEqual(discord.allowed_mentions, { parse: [] });
  object('discord', JSON.stringify(discord));
  object('teams', JSON.stringify(teamsPayload(message)));
  object('ntfy', ntfyBody(message, [delivery], 'topic'));
  object('pagerduty', JSON.stringify(pagerDutyEvent(message, [delivery], { dedup: 'event', authentikUrl })));
  out.set('html', checkedHtml(mailHtml(message, [message], 'herald')));
  out.set('mail', checkedLines(mailText(message, [message], 'herald')));
  out.set('terminal', checkedLines(prettyMessage(message, false)));
  const subject = headerText(message.title);
  assert.doesNotMatch(subject, unseen);
  out.set('subject', subject);
  return out;
}

// eslint-disable-next-line no-control-regex -- it is what must not be there
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff]|\p{Cs}/u;

const options = {
  facility: 'authpriv',
  appName: 'authentik',
  hostname: undefined,
  structuredData: true,
  bom: true,
  framing: 'octet_counting',
} as const;
const rfc5424 =
  /^<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} ((?:\[[!-<>-\\^-~]{1,32}(?: [!-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])+|-) (?:\ufeff)?(.*)$/s;

function syslog(delivery: Leased, format: (typeof formats)[number]): string {
  const { pieces } = messageItem(delivery, { ...options, format }, context);
  const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  const blank = bytes.indexOf(32);
  const record = bytes.subarray(blank + 1);
  assert.equal(
    Number(bytes.subarray(0, blank).toString('latin1')),
    record.length,
    'the frame has the length that it says',
  );
  const text = record.toString('utf8');
  const [, data = '', body = ''] = rfc5424.exec(text) ?? assert.fail(`no RFC 5424: ${text.slice(0, 500)}`);
  assert.equal((data.match(/(?<!\\)(?:\\\\)*\[authentik@/g) ?? []).length, 1);
  assert.doesNotMatch(body, /[\n\r\0]/);
  return text;
}

/** The angle brackets of mrkdwn are our own links, and nothing else. */
function checkedSlack(json: string): string {
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      const rest = value
        .replaceAll(/<https:\/\/auth\.example\.com\/[^<>|]*\|[^<>|]*>/g, '')
        .replaceAll(/<!date\^\d+\^[^<>]*>/g, '');
      assert.doesNotMatch(rest, /[<>]/, value);
      assert.doesNotMatch(value, /(?<![\w.])@(?:here|channel|everyone)\b/i);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(JSON.parse(json));
  return json;
}

const tags = new Set('html head meta title style body div table tr td p h1 span a'.split(' '));

function checkedHtml(html: string): string {
  const body = html.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '');
  const rest = body.replaceAll(/<\/?([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>/g, (_, tag: string, attributes: string) => {
    assert.ok(tags.has(tag), tag);
    for (const [, name = '', value = ''] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
      assert.doesNotMatch(name, /^on|^src/);
      if (name === 'href') assert.ok(value.startsWith(`${authentikUrl}/`), value);
    }
    return '';
  });
  assert.doesNotMatch(rest, /[<>]/, 'only our own tags');
  return checkedLines(html);
}

/** Lines of our own making; in each nothing hidden. */
function checkedLines(text: string): string {
  assert.doesNotMatch(text.replaceAll('\n', ' '), unseen);
  return text;
}
