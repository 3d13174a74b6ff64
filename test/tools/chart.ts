import { isMap, parseDocument, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';

/** One value of the chart: where it stands, what values.yaml says about it, and its default. */
interface Value {
  readonly path: readonly string[];
  readonly description: string;
  /** What `# @schema` adds to what follows from the default. */
  readonly schema: { readonly [key: string]: unknown };
  readonly preset: unknown;
  /** The values below a mapping that is not described itself; undefined for one that is taken as a whole. */
  readonly inner: readonly Value[] | undefined;
}

/** `helm/values.schema.json`: follows from values.yaml, with the schema of the configuration at `config`. */
export function chartSchema(valuesText: string, configSchema: object): string {
  // What the chart fills in is not required of the user.
  const { definitions, properties } = configSchema as { definitions: object; properties: object };
  const config = { type: 'object', additionalProperties: false, properties };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the herald chart',
    ...objectOf(valuesOf(valuesText), config),
    definitions,
  };
  return `${JSON.stringify(schema, forHelm, 2)}\n`;
}

/** Draft 7 as helm wants it: its messages name all branches of a `oneOf`, and its patterns are Go's. */
function forHelm(key: string, value: unknown): unknown {
  if (key === 'pattern' && typeof value === 'string') return patternForGo(value);
  return isChoice(value) ? chosenByType(value) : value;
}

interface Choice {
  readonly oneOf: readonly { readonly properties: { readonly type: { readonly const: string } } }[];
}

function isChoice(value: unknown): value is Choice {
  return typeof value === 'object' && value !== null && 'oneOf' in value;
}

/** The same choice with one branch that is looked at: that of the `type`. */
function chosenByType({ oneOf, ...rest }: Choice): object {
  const types = oneOf.map(({ properties }) => properties.type.const);
  return {
    ...rest,
    properties: { type: { enum: types } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema.
    allOf: oneOf.map((branch, at) => ({ if: { properties: { type: { const: types[at] } } }, then: branch })),
  };
}

/** Go writes a character by its number in another way. */
function patternForGo(pattern: string): string {
  return pattern.replaceAll(/\\u([0-9a-fA-F]{4})/g, String.raw`\x{$1}`);
}

/** The table of every value for helm/README.md. */
export function chartTable(valuesText: string): string {
  const rows = leaves(valuesOf(valuesText)).map(
    ({ path, preset, description }) => `| \`${path.join('.')}\` | ${presetText(preset)} | ${cell(description)} |`,
  );
  return ['| value | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function valuesOf(text: string): readonly Value[] {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error('values.yaml is not a mapping');
  return itemsOf(document.contents, []);
}

function itemsOf(map: YAMLMap, above: readonly string[]): readonly Value[] {
  return map.items.map((item, at) => {
    const { key, value } = item as Pair<Scalar<string>, Node | null>;
    const path = [...above, key.value];
    // The parser gives what stands above the first key to the mapping.
    const comment = key.commentBefore ?? (at === 0 ? map.commentBefore : undefined) ?? '';
    const { description, schema } = remarks(comment, path);
    const inner = isMap(value) && description === '' ? itemsOf(value, path) : undefined;
    if (inner === undefined && description === '') throw new Error(`values.yaml: ${path.join('.')} is not described`);
    return { path, description, schema, preset: (value?.toJSON() ?? null) as unknown, inner };
  });
}

function remarks(comment: string, path: readonly string[]): Pick<Value, 'description' | 'schema'> {
  const lines = comment.split('\n').map((line) => line.trim());
  const schema = lines.find((line) => line.startsWith('@schema '))?.slice('@schema '.length);
  const from = lines.findLastIndex((line) => line.startsWith('-- '));
  const text = from < 0 ? [] : lines.slice(from).filter((line) => !line.startsWith('@schema '));
  try {
    return {
      description: text.join(' ').slice('-- '.length).trim(),
      schema: schema === undefined ? {} : (JSON.parse(schema) as { [key: string]: unknown }),
    };
  } catch (error) {
    throw new Error(`values.yaml: @schema of ${path.join('.')}`, { cause: error });
  }
}

function objectOf(values: readonly Value[], config: object): { [key: string]: unknown } {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(values.map((value) => [value.path.at(-1), schemaOf(value, config)])),
      // Helm gives it to every chart that another one includes.
      ...(values.some(({ path }) => path.length === 1) && { global: { type: 'object' } }),
    },
  };
}

function schemaOf(value: Value, config: object): object {
  const described = value.description === '' ? {} : { description: value.description };
  if (value.path.join('.') === 'config') return { ...described, ...config };
  if (value.inner !== undefined) return { ...described, ...objectOf(value.inner, config) };
  return { ...described, ...typeOf(value.preset), ...value.schema };
}

function typeOf(preset: unknown): object {
  if (Array.isArray(preset)) return { type: 'array' };
  if (Number.isInteger(preset)) return { type: 'integer' };
  return preset === null ? {} : { type: typeof preset };
}

function leaves(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (value.inner === undefined ? [value] : leaves(value.inner)));
}

function presetText(preset: unknown): string {
  const text = JSON.stringify(preset) ?? '';
  return text.length > 90 ? 'see values.yaml' : `\`${text.replaceAll('|', String.raw`\|`)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;');
}
