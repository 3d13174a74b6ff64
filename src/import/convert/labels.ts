import { canonical, describeFind, textOf, type Resolved } from '../blueprint/resolved.ts';
import type { BlueprintObject, Objects } from '../objects.ts';

/** The name of an object, for people. */
export function nameOf({ fields, model }: BlueprintObject): string {
  return textOf(fields.get('name')) ?? textOf(fields.get('username')) ?? `unnamed ${model}`;
}

/** What a reference is to, for people: a name where there is one. */
export function labelOf(reference: Resolved | undefined, objects: Objects): string {
  const target = objects.target(reference);
  if (target.kind === 'object') return nameOf(target.object);
  if (target.kind === 'none') return 'nobody';
  if (target.reference.kind !== 'find') return canonical(target.reference);
  return textOf(target.reference.fields.get('name')) ?? describeFind(target.reference);
}

/** `authentik_core.group "authentik Admins"`: a reference that no blueprint resolves. */
export function unresolvedLabel(reference: Resolved): string {
  return reference.kind === 'find' ? describeFind(reference) : `the object with the key ${canonical(reference)}`;
}
