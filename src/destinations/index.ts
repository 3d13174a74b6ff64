import { datadog } from './datadog/datadog.ts';
import type { DestinationKind } from './destination.ts';
import { discord } from './discord.ts';
import { elasticsearch } from './elasticsearch/elasticsearch.ts';
import { local } from './local.ts';
import { loki } from './loki/loki.ts';
import { ntfy } from './ntfy.ts';
import { otlp } from './otlp/otlp.ts';
import { pagerduty } from './pagerduty.ts';
import { sentinel } from './sentinel/sentinel.ts';
import { slack } from './slack.ts';
import { smtp } from './smtp.ts';
import { splunkHec } from './splunk/splunk-hec.ts';
import { stdout } from './stdout.ts';
import { syslog } from './syslog/syslog.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

/** Every kind of destination. Configuration, documentation and contract tests are derived from this list. */
export const destinations: readonly DestinationKind[] = [
  webhook,
  slack,
  discord,
  teams,
  pagerduty,
  ntfy,
  smtp,
  splunkHec,
  elasticsearch,
  loki,
  datadog,
  sentinel,
  otlp,
  syslog,
  local,
  stdout,
];
