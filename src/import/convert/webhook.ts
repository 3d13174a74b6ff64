import { compileTemplate } from '../../expression/template.ts';
import { textVariables } from '../../expression/environment.ts';
import { isNothing } from '../blueprint/resolved.ts';
import type { Findings } from '../findings.ts';
import { models, type BlueprintObject, type Objects } from '../objects.ts';
import type { Person } from '../python/scope.ts';
import { Unportable } from '../python/syntax.ts';
import type { Value } from '../python/value.ts';
import { nameOf, unresolvedLabel } from './labels.ts';
import { headersOf, programOf, templateOf, type Template } from './mapping.ts';
import { translate } from './program.ts';
import type { Recipient } from './recipients.ts';

type Options = { readonly [name: string]: Template };

/** Body and headers of a webhook for one recipient. Without a mapping the body is authentik's own, which names the recipient. */
export function webhookOptions(
  transport: BlueprintObject,
  recipient: Recipient,
  objects: Objects,
  findings: Findings,
): Options {
  const person = recipient.kind === 'member' ? recipient : undefined;
  const named = {
    ...(person?.email !== undefined && { email: person.email }),
    ...(person?.username !== undefined && { username: person.username }),
  };
  const bodyField = isNothing(transport.fields.get('webhook_mapping_body'))
    ? 'webhook_mapping'
    : 'webhook_mapping_body';
  const hasBody = !isNothing(transport.fields.get(bodyField));
  if (!hasBody && recipient.kind === 'event user') {
    findings.note(
      transport.at,
      `transport ${JSON.stringify(nameOf(transport))}: herald names nobody as the recipient (user_email) where authentik names the event's user`,
    );
  }
  const body = mapped(transport, bodyField, person, objects, findings);
  const headers = mapped(transport, 'webhook_mapping_headers', person, objects, findings);
  return {
    ...(headers !== undefined && headerOptions(transport, headers, findings)),
    ...(body !== undefined && bodyOptions(transport, body, findings)),
    ...(!hasBody && Object.keys(named).length > 0 && { recipient: named }),
  };
}

function mapped(
  transport: BlueprintObject,
  field: string,
  person: Person | undefined,
  objects: Objects,
  findings: Findings,
): Value | undefined {
  const reference = transport.fields.get(field);
  const target = objects.target(reference);
  if (target.kind === 'none') return undefined;
  const what = `${field} of transport ${JSON.stringify(nameOf(transport))} not carried over`;
  if (target.kind === 'unknown') {
    findings.lost(target.reference.at, `${what}: ${unresolvedLabel(target.reference)} is not in these files`);
    return undefined;
  }
  const program = target.object.model === models.mapping ? programOf(target.object) : undefined;
  if (program === undefined) {
    findings.lost(reference?.at ?? transport.at, `${what}: it has no text`);
    return undefined;
  }
  const value = translate(program, 'mapping', person, findings);
  if (value !== undefined && value.sure.size > 0) {
    findings.note(
      program.at,
      `mapping ${JSON.stringify(program.name)}: where a key is missing authentik sends nothing; herald sends null`,
    );
  }
  return value;
}

function bodyOptions(transport: BlueprintObject, value: Value, findings: Findings): Options {
  const body = bodyOf(value);
  const compiled = compileTemplate(body.template, textVariables);
  if (compiled.ok && body.problem === undefined) return { body: body.template };
  findings.lost(
    transport.at,
    `the body of transport ${JSON.stringify(nameOf(transport))} not carried over: ${body.problem ?? (compiled.ok ? '' : (compiled.problems[0]?.message ?? ''))}`,
  );
  return {};
}

function bodyOf(value: Value): { readonly template: Template; readonly problem?: string } {
  try {
    return { template: templateOf(value) };
  } catch (error) {
    // Leaving out what is false makes it longer.
    if (!(error instanceof Unportable)) throw error;
    return { template: null, problem: error.message };
  }
}

function headerOptions(transport: BlueprintObject, value: Value, findings: Findings): Options {
  const name = JSON.stringify(nameOf(transport));
  const headers = headersOf(value);
  const compiled = headers === undefined ? undefined : compileTemplate(headers, textVariables);
  if (headers !== undefined && compiled?.ok === true) {
    const secret = Object.keys(headers).some((header) => /auth|key|token|secret/i.test(header));
    if (secret)
      findings.note(
        transport.at,
        `transport ${name}: its headers hold a secret, which stands in clear text in the configuration; put it into \${file:…} or \${env:…}`,
      );
    return { headers };
  }
  findings.lost(
    transport.at,
    `the headers of transport ${name} not carried over: the mapping must return a dictionary that is written out`,
  );
  return {};
}
