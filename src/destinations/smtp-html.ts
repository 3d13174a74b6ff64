import { htmlLink, htmlText } from '../render/html.ts';
import type { Message } from '../render/message.ts';
import { hexColour } from '../render/severity.ts';

/** The HTML part, with the same content as the text: light by itself, dark where the reader's program asks for it. */
export function mailHtml(head: Message, items: readonly Message[], footer: string): string {
  const cards = [whole(head), ...items.map(brief)].join(gap);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${htmlText(head.title)}</title>
<style>${darkStyle}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f4">
<div style="display:none;max-height:0;overflow:hidden">${htmlText(head.summary)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#eef1f4">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:620px">
${cards}
<tr><td class="quiet" style="${font};font-size:12px;line-height:18px;color:#66707a;padding:14px 4px 0">${htmlText(footer)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const font = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const gap = '\n<tr><td style="height:8px;line-height:8px;font-size:8px">&nbsp;</td></tr>\n';

/** Inline colours are for the light scheme; programs that know the dark one know style sheets too. */
const darkStyle = `
@media (prefers-color-scheme: dark) {
  .page { background: #14181c !important; }
  .card { background: #1e242a !important; border-top-color: #323a42 !important; border-right-color: #323a42 !important; border-bottom-color: #323a42 !important; }
  .text { color: #e8ecf0 !important; }
  .quiet { color: #98a3ad !important; }
  .line { border-color: #323a42 !important; }
  a { color: #79b8ff !important; }
}
`;

function card(message: Message, content: string): string {
  const colour = hexColour(message.colour);
  return `<tr><td class="card" style="background:#ffffff;border:1px solid #d8dee4;border-left:6px solid ${colour};border-radius:6px;padding:22px 24px">
${content}
</td></tr>`;
}

function whole(message: Message): string {
  const { severity, rule, title, summary, fields, links, time, eventId } = message;
  const rows = [...fields, { name: 'Time', value: utc(time) }, { name: 'Event', value: eventId }];
  return card(
    message,
    [
      `<p class="quiet" style="${font};margin:0 0 6px;font-size:12px;line-height:18px;color:#66707a">${badge(message)} &nbsp;${htmlText(rule)}</p>`,
      `<h1 class="text" style="${font};margin:0 0 8px;font-size:20px;line-height:27px;font-weight:600;color:#1c2329">${htmlText(title)}</h1>`,
      summary === ''
        ? ''
        : `<p class="text" style="${font};margin:0 0 16px;font-size:15px;line-height:23px;color:#1c2329">${htmlText(summary)}</p>`,
      `<table role="presentation" aria-label="Facts, severity ${severity}" width="100%" cellpadding="0" cellspacing="0">`,
      ...rows.map(({ name, value }) => row(name, value)),
      '</table>',
      linkLine(links),
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

function brief(message: Message): string {
  const { title, summary, time, links } = message;
  return card(
    message,
    [
      `<p class="quiet" style="${font};margin:0 0 4px;font-size:12px;line-height:18px;color:#66707a">${badge(message)} &nbsp;${htmlText(utc(time))}</p>`,
      `<p class="text" style="${font};margin:0;font-size:15px;line-height:22px;font-weight:600;color:#1c2329">${htmlText(title)}</p>`,
      summary === ''
        ? ''
        : `<p class="text" style="${font};margin:4px 0 0;font-size:14px;line-height:21px;color:#1c2329">${htmlText(summary)}</p>`,
      linkLine(links.slice(0, 1)),
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

function badge({ severity, colour }: Message): string {
  // Amber is too light a ground for white.
  const ink = severity === 'warning' ? '#1c2329' : '#ffffff';
  return `<span style="display:inline-block;background:${hexColour(colour)};color:${ink};border-radius:3px;padding:0 7px;font-weight:600">${severity}</span>`;
}

function row(name: string, value: string): string {
  const cell = `${font};font-size:14px;line-height:20px;padding:7px 0;border-top:1px solid #e6eaee;vertical-align:top`;
  return `<tr><td class="quiet line" style="${cell};color:#66707a;width:128px;padding-right:14px">${htmlText(name)}</td><td class="text line" style="${cell};color:#1c2329;word-break:break-word">${htmlText(value)}</td></tr>`;
}

function linkLine(links: Message['links']): string {
  if (links.length === 0) return '';
  const shown = links.map(({ label, url }) => htmlLink(url, label).replace('<a ', '<a style="color:#0b62c4" '));
  return `<p style="${font};margin:16px 0 0;font-size:14px;line-height:20px" class="quiet">${shown.join(' &nbsp;&middot;&nbsp; ')}</p>`;
}

/** `2026-01-15T09:03:48Z` as `2026-01-15 09:03:48 UTC`. */
function utc(time: string): string {
  return time.replace('T', ' ').replace('Z', ' UTC');
}
