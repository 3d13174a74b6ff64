import { actionClass } from '../../core/action.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { OptionProblem } from '../destination.ts';

/** Labels that depend on the event; their values are closed sets, or names from the configuration. */
export const eventLabels = ['action', 'severity', 'rule'] as const;
export type EventLabel = (typeof eventLabels)[number];

type Labels = { readonly [name: string]: string };

const fixed: Labels = { job: 'authentik', service_name: 'authentik' };
/** Loki's limit, `max_label_names_per_series`. */
const labelsMax = 15;

/** The labels of a delivery's stream as JSON, the same text for the same stream. */
export function streamWriter(labels: Labels, from: readonly EventLabel[]): (delivery: Delivery) => string {
  const common = JSON.stringify({ ...fixed, ...labels }).slice(0, -1);
  const chosen = eventLabels.filter((name) => from.includes(name));
  return (delivery) =>
    `${common}${chosen.map((name) => `,"${name}":${JSON.stringify(valueOf(name, delivery))}`).join('')}}`;
}

/** What is wrong with the labels of the configuration. */
export function labelProblems(labels: Labels, from: readonly EventLabel[]): readonly OptionProblem[] {
  const names = Object.keys(labels);
  const count = new Set([...Object.keys(fixed), ...names, ...from]).size;
  return [
    ...names.flatMap((name) => {
      const path = ['labels', name];
      if (!/^[A-Za-z_]\w*$/.test(name)) return [{ path, message: 'a label has letters, digits and `_`' }];
      if (name.startsWith('__')) return [{ path, message: 'Loki keeps names that begin with `__` to itself' }];
      return from.some((one) => one === name) ? [{ path, message: 'is in `event_labels` too' }] : [];
    }),
    ...(count > labelsMax ? [{ path: ['labels'], message: `${count} labels, Loki takes ${labelsMax}` }] : []),
  ];
}

function valueOf(name: EventLabel, { event, severity, rule }: Delivery): string {
  if (name === 'severity') return severity;
  if (name === 'rule') return rule;
  const kind = actionClass(event.action);
  return kind === 'known' ? event.action : kind === 'custom' ? 'custom' : 'other';
}
