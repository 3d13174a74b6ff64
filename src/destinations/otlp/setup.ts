import type { SetupBlock } from '../destination.ts';

/** A collector that takes what herald sends. */
export function setup(): readonly SetupBlock[] {
  return [
    {
      title: 'OpenTelemetry Collector',
      language: 'yaml',
      file: 'collector.yaml',
      text: [
        'receivers:',
        '  otlp:',
        '    protocols:',
        '      http:',
        '        endpoint: 0.0.0.0:4318',
        'processors:',
        '  # Makes the body, which is JSON, readable for those who want its parts.',
        '  transform/authentik:',
        '    log_statements:',
        '      - context: log',
        '        conditions:',
        '          - resource.attributes["service.name"] == "authentik"',
        '        statements:',
        '          - set(body, ParseJSON(body))',
        'service:',
        '  pipelines:',
        '    logs:',
        '      receivers: [otlp]',
        '      processors: [transform/authentik]',
        '      # Add your exporters.',
        '      exporters: [debug]',
        'exporters:',
        '  debug: {}',
      ].join('\n'),
    },
  ];
}
