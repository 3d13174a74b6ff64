import type { Container, PodSpec, SecurityContext } from './pod.ts';

/**
 * What of a pod the *restricted* Pod Security Standard refuses, in words; nothing when it is admitted. The controls are those of
 * Kubernetes' page "Pod Security Standards", baseline and restricted, for Linux.
 */
export function restrictedViolations(pod: PodSpec): readonly string[] {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => pod[name] === true),
    ...(pod.volumes ?? []).flatMap(volumeViolations),
    ...contextViolations('pod', pod.securityContext ?? {}),
    ...containers.flatMap((container) => containerViolations(container, pod.securityContext ?? {})),
  ];
}

const volumeSources: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function volumeViolations(volume: { readonly name: string }): readonly string[] {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  return sources.filter((source) => !volumeSources.has(source)).map((source) => `volume ${volume.name}: ${source}`);
}

function containerViolations(container: Container, pod: SecurityContext): readonly string[] {
  const own = container.securityContext ?? {};
  const { add = [], drop = [] } = own.capabilities ?? {};
  const hostPorts = (container.ports ?? []).filter(({ hostPort }) => hostPort !== undefined);
  const findings: readonly (readonly [boolean, string])[] = [
    [own.privileged === true, 'privileged'],
    [own.allowPrivilegeEscalation !== false, 'allowPrivilegeEscalation is not false'],
    [!drop.includes('ALL'), 'capabilities.drop lacks ALL'],
    [add.some((name) => name !== 'NET_BIND_SERVICE'), 'capabilities.add'],
    [(own.runAsNonRoot ?? pod.runAsNonRoot) !== true, 'runAsNonRoot is not true'],
    [seccomp(own.seccompProfile ?? pod.seccompProfile), 'seccompProfile'],
    [hostPorts.length > 0, 'hostPort'],
    [(own.procMount ?? 'Default') !== 'Default', 'procMount'],
  ];
  const found = findings.flatMap(([violated, what]) => (violated ? [`${container.name}: ${what}`] : []));
  return [...found, ...contextViolations(container.name, own)];
}

function seccomp(profile: SecurityContext['seccompProfile']): boolean {
  return profile?.type !== 'RuntimeDefault' && profile?.type !== 'Localhost';
}

/** What pod and container both can say. */
function contextViolations(name: string, context: SecurityContext): readonly string[] {
  const { seLinuxOptions: label = {}, runAsUser, runAsNonRoot, sysctls = [] } = context;
  const types = new Set([undefined, '', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
  const findings: readonly (readonly [boolean, string])[] = [
    [runAsUser === 0, 'runAsUser 0'],
    [runAsNonRoot === false, 'runAsNonRoot is false'],
    [!types.has(label.type) || label.user !== undefined || label.role !== undefined, 'seLinuxOptions'],
    [sysctls.length > 0, 'sysctls'],
  ];
  return findings.flatMap(([violated, what]) => (violated ? [`${name}: ${what}`] : []));
}
