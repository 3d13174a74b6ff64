import fc from 'fast-check';

// Left out, because CEL differs and Python programs of authentik do not do it: booleans as numbers (True == 1, True + 1).
const constants = ['"ada"', '""', 'None', 'True', 'False', '7', '2.5', '[]', '{}', '["ada", 7]', '{"k": "v"}'];
const reads = [
  'event.action',
  'event.client_ip',
  'event.user',
  'event.user["username"]',
  'event.user.get("email")',
  'event.user.get("username", "")',
  'event.context["a"]',
  'event.context.get("a")',
  'event.context.get("a", "ada")',
  'event.context["a"]["k"]',
  'event.context.get("a", {}).get("k")',
  'event.context.get("a").get("k", 7)',
  'event.context.get("geo", {}).get("country")',
  'event.context.get("geo", {}).get("country", "ada")',
  'event.context.get("geo").get("country")',
  '(event.context.get("geo") or {}).get("country")',
  'event.context["geo"]["country"]',
];

const { value, condition } = fc.letrec<{ value: string; condition: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...reads, ...constants),
    fc.constantFrom(...reads),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `(${a} or ${b})`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `(${a} and ${b})`),
    fc.tuple(tie('value'), tie('condition'), tie('value')).map(([a, test, b]) => `(${a} if ${test} else ${b})`),
    tie('condition').map((test) => `(${test})`),
  ),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('value'),
    fc
      .tuple(tie('value'), fc.constantFrom('==', '!='), tie('value'))
      .map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc
      .tuple(tie('value'), fc.constantFrom('in', 'not in'), tie('value'), tie('value'))
      .map(([a, operator, b, c]) => `${a} ${operator} [${b}, ${c}]`),
    fc
      .tuple(fc.constantFrom('"a"', '"k"', 'event.action'), fc.constantFrom('in', 'not in'), tie('value'))
      .map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc.tuple(tie('value'), fc.constantFrom('is None', 'is not None')).map(([a, test]) => `${a} ${test}`),
    tie('condition').map((test) => `not (${test})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    fc
      .tuple(
        fc.constantFrom(...reads),
        fc.constantFrom('startswith("a")', 'endswith("n")', 'lower() == "ada"', 'split("d")[1] == "a"'),
      )
      .map(([a, call]) => `${a}.${call}`),
    fc.constantFrom(...reads).map((a) => `regex_match(${a}, "^[a-d]+$")`),
    fc.constantFrom(...reads).map((a) => `len(${a}) > 3`),
    fc
      .tuple(fc.constantFrom(...reads), fc.constantFrom(...reads))
      .map(([a, b]) => `any(x == ${a} for x in [${b}, "ada"])`),
  ),
}));

const program = fc
  .tuple(value, condition, value, condition, condition, fc.nat(5))
  .map(([first, test, second, other, last, shape]) =>
    [
      'event = request.context["event"]',
      ...(shape > 3 ? [`unused = ${first}`] : []),
      ...(shape > 1 ? [`if ${test}:`, `    return ${second}`] : []),
      ...(shape === 1
        ? [
            `if ${test}:`,
            `    x = ${second}`,
            'else:',
            `    x = ${first}`,
            `if x == "ada" or ${other}:`,
            '    return x',
          ]
        : []),
      ...(shape === 5 ? [`elif ${other}:`, `    ak_message(${first})`] : []),
      `return ${last}`,
    ].join('\n'),
  );

/** Random expression policies, the same ones in every run. */
export const randomPolicies: readonly string[] = fc.sample(program, { seed: 20_260_115, numRuns: 400 });
