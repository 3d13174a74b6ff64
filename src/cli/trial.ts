import type { Config } from '../config/config.ts';
import type { SafeEvent } from '../core/event.ts';
import { renderMessage } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import type { Suppression } from '../rules/loop.ts';
import type { RuleExplanation } from '../rules/explain-rule.ts';
import type { Explanation, Held } from '../rules/rules.ts';

/** What would become of one event. */
export interface Trial {
  readonly event: SafeEvent;
  /** Rules that tell about this event, and whom. */
  readonly sends: readonly { readonly rule: string; readonly destinations: readonly string[] }[];
  /** Rules whose policies pass and which hold it back or only count it. */
  readonly held?: readonly Held[];
  readonly suppressed?: Suppression;
  readonly rules: readonly RuleExplanation[];
}

export function trialOf(
  event: SafeEvent,
  { rules, suppressed }: Explanation,
  sends: Trial['sends'],
  held: readonly Held[],
): Trial {
  return {
    event,
    sends: sends.map(({ rule, destinations }) => ({ rule, destinations })),
    ...(held.length > 0 && { held }),
    ...(suppressed !== undefined && { suppressed }),
    rules,
  };
}

export function eventText({ event, sends, held = [], suppressed, rules }: Trial, config: Config): string {
  const message = renderMessage(event, { rule: '', severity: 'notice', authentikUrl: config.authentikUrl });
  const lines = [
    `${message.time} ${terminalText(event.action)}: ${terminalText(message.title)}`,
    `  ${terminalText(message.summary)}`,
  ];
  if (suppressed !== undefined)
    lines.push(
      `  nothing is sent: ${suppressed === 'policy_loop' ? 'a rule would trigger itself' : "herald's own delivery caused it"}`,
    );
  for (const { rule, destinations } of sends) lines.push(`  + ${rule} -> ${destinations.join(', ')}`);
  for (const explained of rules) {
    if (!sends.some(({ rule }) => rule === explained.rule)) lines.push(...whyNot(explained, held));
  }
  return `${lines.join('\n')}\n`;
}

function whyNot({ rule, fires, reason, policies }: RuleExplanation, held: readonly Held[]): readonly string[] {
  const by = held.find((one) => one.rule === rule)?.reason;
  if (by !== undefined) return [`  ~ ${rule}: held back (${by})`];
  if (fires) return [`  ~ ${rule}: counted; ${terminalText(reason)}`];
  const why = policies.filter(({ passes }) => !passes).map((policy) => `      ${terminalText(policy.reason)}`);
  return [`  - ${rule}: ${terminalText(reason)}`, ...why];
}
