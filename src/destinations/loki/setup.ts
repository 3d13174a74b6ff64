import type { SetupBlock } from '../destination.ts';
import type { EntryOptions } from './entry.ts';

/** Which labels there are, what Loki must allow, and what to ask. */
export function setup({
  labels,
  event_labels: from,
  structured_metadata: metadata,
}: EntryOptions): readonly SetupBlock[] {
  const fixed = Object.entries({ job: 'authentik', service_name: 'authentik', ...labels });
  const rows = [
    ...fixed.map(([name, value]) => `| \`${name}\` | \`${value}\` |`),
    ...from.map((name) => `| \`${name}\` | ${valuesOf[name]} |`),
  ];
  return [
    { title: 'Labels', language: 'markdown', text: ['| label | values |', '|---|---|', ...rows].join('\n') },
    {
      title: 'Limits',
      language: 'yaml',
      file: 'loki.yaml',
      text: [
        'limits_config:',
        `  allow_structured_metadata: ${String(metadata)}`,
        '  # How long an outage may last without dead letters.',
        '  reject_old_samples_max_age: 168h',
        'ingester:',
        '  # Half of it is how far an entry may be behind the newest of its stream.',
        '  max_chunk_age: 2h',
      ].join('\n'),
    },
    {
      title: 'Look',
      language: 'text',
      text: metadata
        ? '{job="authentik", action="login_failed"} | client_ip="203.0.113.7" | json'
        : '{job="authentik", action="login_failed"} |= "203.0.113.7" | json',
    },
  ];
}

const valuesOf = {
  action: "authentik's actions, `custom`, `other`",
  severity: '`notice`, `warning`, `alert`',
  rule: 'names of rules',
} as const;
