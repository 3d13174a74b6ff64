import assert from 'node:assert/strict';
import { withViews } from '../../src/core/event.ts';
import { createDecoder } from '../../src/decode/create.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { compileRules } from '../../src/rules/compile.ts';
import { seeded } from '../bench/random.ts';
import { kinds, surroundings } from '../config/kinds.ts';
import { corpusLines } from '../redact/corpus.ts';
import { mutateBytes, mutateStructure } from './mutate.ts';
import { renderAll } from './targets.ts';

/** What a run went through. */
export interface FuzzCounts {
  inputs: number;
  events: number;
  notifications: number;
  outputs: number;
}

const config = `
sources: [{type: pipe}]
rules:
  - {name: all, policies: [{action: "*"}], destinations: [d]}
  - name: wide
    policies: [{expression: 'event.action.startsWith("login") || has(event.context.geo)'}, {app: "authentik.*"}, {client_ip: 10.0.0.0/8}]
    destinations: [d]
  - {name: often, policies: [{action: login_failed}], window: {count: 3, within: 10m, by: [event.client_ip]}, destinations: [d]}
  - {name: grouped, policies: [{action: "model_*"}], group: {wait: 30s, by: [event.user.username]}, destinations: [d]}
destinations: {d: {type: print}}
`;

/**
 * Sends mutated lines of the corpus through decoding, redaction, rules and every renderer until `goOn` says no. Throws with the seed
 * and the number of the input at the first that crashes, shows a planted secret or makes output that is not in its target's grammar.
 */
export function fuzz(seed: number, goOn: (inputs: number) => boolean, first = 0): FuzzCounts {
  const lines = corpusLines();
  const events = lines.filter((line) => line.includes('Created Event'));
  const loaded = loadConfig(config, 'fuzz.yaml', surroundings(), kinds);
  const counts: FuzzCounts = { inputs: 0, events: 0, notifications: 0, outputs: 0 };
  const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'keep', unknownUsernames: 'keep' });
  let { rules } = compileRules(loaded.rules, loaded.silences);
  for (let at = first; goOn(counts.inputs); at++) {
    // Every input has randomness of its own, so that it can be made again without those before it.
    if (at % 1000 === 999) ({ rules } = compileRules(loaded.rules, loaded.silences));
    const random = seeded(Math.imul(seed, 0x9e3779b1) + at);
    const secret = `Zq9fuzz${random.u32().toString(36)}x7zQ`;
    const from = random.below(5) === 0 ? lines : events;
    const line = from[random.below(from.length)] ?? '';
    const whole = random.below(2) === 0 ? mutateStructure(line, secret, random) : undefined;
    const input = whole ?? mutateBytes(line, lines[random.below(lines.length)] ?? '', random);
    try {
      through(input, whole === undefined ? undefined : secret);
    } catch (error) {
      throw new Error(
        `npm run fuzz -- --seed ${seed} --from ${at} --inputs 1\n${input.toString('utf8').slice(0, 4000)}`,
        {
          cause: error,
        },
      );
    }
    counts.inputs++;
  }
  return counts;

  function through(input: Buffer, secret: string | undefined): void {
    const decoder = createDecoder({ origin: { pod: 'authentik-0' }, maxLineBytes: 1024 * 1024, lookalikes: true });
    const decoded = [...decoder.push(Buffer.concat([input, Buffer.from('\n')])).events, ...decoder.end().events];
    for (const raw of decoded) {
      const { event } = redactor.redact(raw);
      assert.equal(redactor.redact(event).event, event, 'redacting twice is redacting once');
      const { notifications, alerts = [] } = rules.evaluate(event, event.at);
      const own = [...alerts, ...rules.due(event.at)].map(({ facts }) => redactor.redact(withViews(facts)).event);
      for (const one of [event, ...own]) {
        for (const [target, text] of renderAll(one)) {
          counts.outputs++;
          assert.ok(
            secret === undefined || !text.includes(secret),
            `the secret is in ${target}: ${text.slice(0, 2000)}`,
          );
        }
      }
      counts.events++;
      counts.notifications += notifications.length + own.length;
    }
  }
}
