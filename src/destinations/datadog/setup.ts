import type { SetupBlock } from '../destination.ts';

/** What to set in Datadog, where nothing is needed for logs to arrive. */
export function setup({ service }: { readonly service: string }): readonly SetupBlock[] {
  return [
    {
      title: 'API key',
      language: 'markdown',
      text: 'Organization Settings > API Keys > New Key. An API key can write logs; herald needs no application key.',
    },
    {
      title: 'Facets and pipeline',
      language: 'markdown',
      text: [
        'Logs > Configuration > Pipelines > New pipeline, then:',
        '',
        `- filter: \`source:authentik service:${service}\``,
        '- status remapper: `status`; date remapper: `timestamp`; both are the defaults of the preprocessing for JSON logs',
        '- facets: `@evt.name`, `@evt.outcome`, `@usr.name`, `@network.client.ip`, `@rule`',
      ].join('\n'),
    },
    {
      title: 'Look',
      language: 'text',
      text: `source:authentik service:${service} @evt.name:login_failed`,
    },
  ];
}
