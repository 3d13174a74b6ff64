import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { PolicyDraft } from './convert/bindings.ts';
import type { RuleDraft } from './convert/rules.ts';
import type { Template } from './convert/mapping.ts';
import type { DestinationDraft } from './convert/draft.ts';

const head = `yaml-language-server: $schema=./config.schema.json

Made by "herald import" from authentik's blueprints. Check it with "herald check", try it with "herald try".
Lines of authentik's log are read from standard input (docker logs -f … | herald run -c …); docs/configuration.md has other sources.`;

/** The configuration as YAML text, with the origin of every rule and destination as a comment above it. */
export function writeConfig(rules: readonly RuleDraft[], destinations: readonly DestinationDraft[]): string {
  const document = new Document({ sources: [{ type: 'stdin' }] });
  document.commentBefore = comment(head);
  document.add(pair('rules', sequence(rules.map(ruleNode)), true));
  const map = new YAMLMap();
  for (const { name, options, comments } of destinations) {
    const key = new Scalar(name);
    key.commentBefore = comment(comments.join('\n'));
    key.spaceBefore = map.items.length > 0;
    map.add(new Pair(key, node(options)));
  }
  document.add(pair('destinations', map, true));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function ruleNode(rule: RuleDraft, index: number): Node {
  const map = new YAMLMap();
  map.add(pair('name', node(rule.name)));
  if (!rule.enabled) map.add(pair('enabled', node(false)));
  map.add(pair('severity', node(rule.severity)));
  map.add(pair('policies', sequence(rule.policies.map(policyNode))));
  map.add(pair('destinations', node(rule.destinations)));
  if (rule.policyUuids.length > 0) map.add(pair('policy_uuids', node(rule.policyUuids)));
  map.commentBefore = comment(rule.comments.join('\n'));
  map.spaceBefore = index > 0;
  return map;
}

function policyNode({ comments, fields, negate, failureResult, enabled }: PolicyDraft): Node {
  const map = new YAMLMap();
  for (const [name, value] of Object.entries(fields)) map.add(pair(name, node(value)));
  if (negate) map.add(pair('negate', node(true)));
  if (failureResult) map.add(pair('failure_result', node(true)));
  if (!enabled) map.add(pair('enabled', node(false)));
  map.commentBefore = comment(comments.join('\n'));
  return map;
}

function sequence(items: readonly Node[]): Node {
  const list = new YAMLSeq();
  list.items = [...items];
  list.flow = items.length === 0;
  return list;
}

function node(value: Template): Node {
  if (typeof value === 'string') return textNode(value);
  if (value === null || typeof value !== 'object') return new Scalar(value);
  if (isList(value)) return sequence(value.map(node));
  const map = new YAMLMap();
  for (const [key, item] of Object.entries(value)) map.add(pair(key, node(item)));
  map.flow = map.items.length === 0;
  return map;
}

function isList(value: object): value is readonly Template[] {
  return Array.isArray(value);
}

/** The configuration fills in `\${env:…}` and `\${file:…}` everywhere: what looks like one here is meant as it stands. */
function textNode(text: string): Node {
  return new Scalar(text.replaceAll(/\$\{(?=env:|file:)/g, () => '$${'));
}

function pair(key: string, value: Node, spaced = false): Pair {
  const name = new Scalar(key);
  name.spaceBefore = spaced;
  return new Pair(name, value);
}

/** Comments hold names from the blueprint: no line of theirs may end the comment. */
function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')}`))
    .join('\n');
}
