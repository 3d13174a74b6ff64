import type { SetupBlock } from '../destination.ts';
import { columns } from './columns.ts';

/** The table, the data collection rule with its transformation, and who may write. */
export function setup({ stream }: { readonly stream: string }): readonly SetupBlock[] {
  const table = stream.replace(/^(?:Custom|Microsoft)-/, '');
  const own = columns.map(({ name, type }) => ({ name, type }));
  return [
    {
      title: 'Table',
      language: 'sh',
      text: [
        'az monitor log-analytics workspace table create \\',
        `  --resource-group RESOURCE_GROUP --workspace-name WORKSPACE --name ${table} \\`,
        `  --columns ${own.map(({ name, type }) => `${name}=${type}`).join(' ')}`,
      ].join('\n'),
    },
    {
      title: 'Data collection rule',
      language: 'json',
      file: 'dcr.json',
      text: JSON.stringify(ruleOf(stream, table, own), null, 2),
    },
    {
      title: 'Rule and right to write',
      language: 'sh',
      text: [
        'az monitor data-collection rule create --resource-group RESOURCE_GROUP --name authentik-herald --location LOCATION --rule-file dcr.json',
        '# immutableId and logsIngestion of the answer are `dcr_id` and `url`.',
        'az role assignment create --role "Monitoring Metrics Publisher" \\',
        '  --assignee CLIENT_ID --scope "$(az monitor data-collection rule show --resource-group RESOURCE_GROUP --name authentik-herald --query id --output tsv)"',
        '# It takes up to half an hour until the right is there; herald waits.',
      ].join('\n'),
    },
    {
      title: 'Look',
      language: 'text',
      text: `${table} | summarize arg_max(TimeGenerated, *) by DeliveryKey | where Action == "login_failed" | summarize count() by SrcIpAddr`,
    },
  ];
}

function ruleOf(
  stream: string,
  table: string,
  own: readonly { readonly name: string; readonly type: string }[],
): object {
  return {
    kind: 'Direct',
    properties: {
      streamDeclarations: { [stream]: { columns: own } },
      destinations: {
        logAnalytics: [
          {
            name: 'workspace',
            workspaceResourceId:
              '/subscriptions/SUBSCRIPTION/resourceGroups/RESOURCE_GROUP/providers/Microsoft.OperationalInsights/workspaces/WORKSPACE',
          },
        ],
      },
      dataFlows: [
        { streams: [stream], destinations: ['workspace'], transformKql: 'source', outputStream: `Custom-${table}` },
      ],
    },
  };
}
