import { kinds } from '../build.ts';
import { commentedDestination, commentedSource } from '../config/example.ts';
import type { CliCommand } from './command.ts';

/** `herald example`: a configuration that runs as it is, with every other component ready to be switched on. */
export const example: CliCommand = {
  register(program) {
    program
      .command('example')
      .description('print a configuration to start from')
      .action(() => {
        process.stdout.write(exampleText());
      });
  },
};

/** `config.example.yaml` as it is published. */
export function exampleText(): string {
  const sources = kinds.sources.filter(({ type }) => type !== 'file');
  const destinations = kinds.destinations.filter(({ type }) => !['stdout', 'local'].includes(type));
  return [
    head,
    ...sources.map((kind) => commentedSource(kind)),
    rules,
    ...destinations.map((kind) => commentedDestination(kind)),
    tail,
  ].join('\n');
}

const head = `\
# yaml-language-server: $schema=./config.schema.json
##
## A configuration of herald that runs as it is: herald run -c config.example.yaml
## Check your own with: herald check -c config.yaml
##
## Lines with "##" explain. Lines with "#" are switched off: delete "# " in front of every line of a block to switch it on.
## \${env:NAME} and \${file:/path} may stand in every text; keep secrets there. Every key: docs/configuration.md.

## Names this copy of herald in ids, logs and payloads. Default: the host name.
# instance: \${env:POD_NAME}

## Makes links to the user, the application and the event in messages.
# authentik_url: https://auth.example.com

## Where authentik's container output is read from. At least one.
sources:
  - type: file
    name: server
    ## In Kubernetes: /var/log/pods/authentik_*/*/*.log; Docker: /var/lib/docker/containers/*/*-json.log
    paths: [examples/authentik.log]
    ## Only where nothing was read before: "end" (the default) skips what is already there.
    start_at: beginning
`;

const rules = `\
## Secrets are taken out of every event before anything else sees it; this adds to the built-in names and patterns.
# redact:
#   keys: [employee_number]
#   patterns: ['\\bEMP-\\d{6}\\b']

## Where events and what is not delivered yet are kept. Only one herald can use a folder at a time.
journal:
  path: ./herald-data
  retention: days=1
  max_size: 256MiB
  when_full: block

## Which events go where. A matcher fits when all of its fields do; a rule fires when any of its policies does
## (mode: all → when all of them do).
rules:
  - name: failed logins
    severity: warning
    policies:
      - action: login_failed
      - action: suspicious_request
    destinations: [terminal, inbox]

  - name: errors
    severity: alert
    policies:
      - action: [configuration_error, policy_exception, property_mapping_exception]
      - action: [system_exception, system_task_exception]
    destinations: [terminal, inbox]

  - name: admin changes
    policies:
      - action: 'model_*'
      - action: [user_write, secret_rotate, impersonation_started, impersonation_ended]
    destinations: [terminal]

  ## An expression (CEL) sees the whole event and yields true or false.
  # - name: logins from outside
  #   mode: all
  #   policies:
  #     - action: login
  #     - expression: '!cidr("10.0.0.0/8").containsIP(event.client_ip)'
  #   destinations: [inbox]

  - name: everything
    policies: [{action: '*'}]
    destinations: [inbox]

destinations:
  ## The terminal that herald runs in.
  terminal:
    type: stdout

  ## herald's own list of notifications.
  inbox:
    type: local

  ## Every destination also takes these; the values are the defaults:
  ##   timeout: 10s                        longest time for one attempt
  ##   retry: {base: 1s, max: 5m}          waits between attempts; max_age: 24h gives up older deliveries
  ##   batch: {items: …, bytes: …, wait: …}  how many go out at once, where the type can
  ##   tls: {ca: /path/ca.pem, cert: /path/cert.pem, key: /path/key.pem}
  ##   proxy: http://proxy.example.com:3128
`;

const tail = `\
## GET /livez, /readyz and /metrics. Anything but loopback needs a token; "off" switches it off.
server:
  listen: 127.0.0.1:9380
  ## What clients send as "Authorization: Bearer …".
  # token: \${env:HERALD_TOKEN}

## herald's own log, on standard error.
log:
  level: info
`;
