import type { JsonFormat } from '../../render/formats/format.ts';
import type { SetupBlock } from '../destination.ts';

interface Options {
  readonly format: JsonFormat;
  readonly index?: string;
  readonly sourcetype?: string;
  readonly ack: boolean;
}

/** `authentik:event` for herald's own form, `authentik:ecs` and so on for the others, because their fields differ. */
export function sourcetypeOf(format: JsonFormat): string {
  return format === 'herald' ? 'authentik:event' : `authentik:${format}`;
}

/** What Splunk needs: the token, how to read the events, and what makes them part of the Common Information Model. */
export function setup({ format, index = 'authentik', sourcetype, ack }: Options): readonly SetupBlock[] {
  const name = sourcetype ?? sourcetypeOf(format);
  return [
    {
      title: 'Token',
      language: 'markdown',
      text: [
        'Settings > Data inputs > HTTP Event Collector > New token, then:',
        '',
        `- allowed indexes: \`${index}\`, and the same as the default index`,
        `- indexer acknowledgement: ${ack ? 'on, because `ack: true` waits for it' : 'off (or set `ack: true`)'}`,
        '- Global settings > All tokens: enabled',
      ].join('\n'),
    },
    { title: 'How events are read', language: 'ini', file: 'props.conf', text: propsOf(name, format) },
    ...(format === 'herald' ? cimBlocks(name) : []),
    {
      title: 'Look',
      language: 'text',
      text: `index=${index} sourcetype=${name} | dedup ${keyFields[format]} | table ${format === 'herald' ? '_time signature action user src' : '_time _raw'}`,
    },
  ];
}

/** Where each format has the key by which a delivery that came twice is known. */
const keyFields = { herald: 'key', ecs: 'event.id', ocsf: 'metadata.uid', authentik: 'pk' } as const;

function propsOf(name: string, format: JsonFormat): string {
  const own = format === 'herald' ? cimFields : [];
  return [`[${name}]`, 'SHOULD_LINEMERGE = false', 'TRUNCATE = 0', 'KV_MODE = json', ...own].join('\n');
}

/** Fields of the Common Information Model: Authentication and Change. */
const cimFields = [
  'FIELDALIAS-authentik_src = client_ip AS src',
  "EVAL-user = coalesce('user.username', 'context.username')",
  "EVAL-user_id = 'user.pk'",
  'EVAL-app = "authentik"',
  'EVAL-vendor_product = "goauthentik authentik"',
  "EVAL-http_user_agent = 'http.user_agent'",
  'EVAL-signature = action',
  'EVAL-action = case(action="login", "success", action="login_failed", "failure", action="model_created", "created", action="model_updated", "modified", action="model_deleted", "deleted", true(), action)',
];

function cimBlocks(name: string): readonly SetupBlock[] {
  return [
    {
      title: 'Kinds of events',
      language: 'ini',
      file: 'eventtypes.conf',
      text: [
        '[authentik_authentication]',
        `search = sourcetype="${name}" signature IN ("login", "login_failed", "logout", "impersonation_started", "impersonation_ended")`,
        '',
        '[authentik_change]',
        `search = sourcetype="${name}" signature IN ("model_created", "model_updated", "model_deleted", "user_write", "password_set", "secret_rotate")`,
      ].join('\n'),
    },
    {
      title: 'Tags',
      language: 'ini',
      file: 'tags.conf',
      text: [
        '[eventtype=authentik_authentication]',
        'authentication = enabled',
        '',
        '[eventtype=authentik_change]',
        'change = enabled',
      ].join('\n'),
    },
  ];
}
