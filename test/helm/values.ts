/** Ways to install the chart that are rendered, compared with what they rendered before, and checked. */
export const valueSets: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['sidecar-api', { secret: { values: { token: 'aaaaaaaa' } } }],
  ['sidecar-hostpath', { logs: 'hostPath', secret: { values: { token: 'aaaaaaaa' } } }],
  ['sidecar-file', { logs: 'file', secret: { values: { token: 'aaaaaaaa' } } }],
  [
    'sidecar-watched',
    {
      existingSecret: 'herald-secrets',
      metrics: {
        podMonitor: { enabled: true, labels: { release: 'prometheus' } },
        prometheusRule: {
          enabled: true,
          labels: { release: 'prometheus' },
          silence: '3d',
          alertLabels: { team: 'iam' },
        },
      },
      networkPolicy: {
        enabled: true,
        ingress: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      },
      commonLabels: { team: 'iam' },
    },
  ],
  [
    'sidecar-own-sources',
    {
      existingSecret: 'herald-secrets',
      rbac: { create: false },
      serviceAccount: { create: false, name: 'authentik-server' },
      config: {
        instance: 'auth-1',
        sources: [{ type: 'file', paths: ['/logs/*.log'] }],
        server: { listen: '127.0.0.1:9999' },
      },
    },
  ],
  ['sidecar-other-namespace', { existingSecret: 's', authentik: { namespace: 'sso', serviceAccounts: [] } }],
  ['deployment', { mode: 'deployment', secret: { values: { token: 'aaaaaaaa' } } }],
  [
    'deployment-chat',
    {
      mode: 'deployment',
      image: {
        repository: 'registry.example.com/herald',
        digest: `sha256:${'0'.repeat(64)}`,
        pullSecrets: [{ name: 'r' }],
      },
      secret: { values: { token: 'aaaaaaaa', 'slack-url': 'https://hooks.slack.com/services/T/B/x' } },
      config: {
        authentik_url: 'https://auth.example.com',
        rules: [{ name: 'failed logins', policies: [{ action: 'login_failed' }], destinations: ['security-chat'] }],
        destinations: { 'security-chat': { type: 'slack', url: '${file:/run/secrets/herald/slack-url}' } },
      },
    },
  ],
  [
    'deployment-everything',
    {
      mode: 'deployment',
      existingSecret: 'herald-secrets',
      fullnameOverride: 'audit',
      restartOnConfigChange: true,
      terminationGracePeriodSeconds: 90,
      persistence: { size: '5Gi', storageClass: 'fast', annotations: { backup: 'yes' } },
      networkPolicy: {
        enabled: true,
        egressPorts: [443],
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 8088, protocol: 'TCP' }] }],
      },
      metrics: { dashboard: { enabled: true, annotations: { grafana_folder: 'authentik' } } },
      service: { port: 9999, annotations: { a: 'b' } },
      podAnnotations: { a: 'b' },
      podLabels: { c: 'd' },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'high',
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' }],
      extraVolumes: [{ name: 'geo', configMap: { name: 'geo' } }],
      extraVolumeMounts: [{ name: 'geo', mountPath: '/geo' }],
    },
  ],
  ['deployment-existing-claim', { mode: 'deployment', existingSecret: 's', persistence: { existingClaim: 'journal' } }],
  ['deployment-without-volume', { mode: 'deployment', existingSecret: 's', persistence: { enabled: false } }],
  [
    'deployment-openshift',
    {
      mode: 'deployment',
      existingSecret: 's',
      podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null },
      authentik: { namespace: 'sso' },
    },
  ],
  [
    'deployment-bare',
    {
      mode: 'deployment',
      existingSecret: 's',
      service: { enabled: false },
      podDisruptionBudget: { enabled: false },
      tests: { sendTest: false },
    },
  ],
]);
