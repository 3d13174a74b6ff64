import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defang } from '../../src/render/defang.ts';
import { named } from '../../src/render/person.ts';
import { shortAgent } from '../../src/render/agent.ts';
import { renderMessage } from '../../src/render/message.ts';
import { visible } from '../../src/render/visible.ts';
import { safeEvent } from '../support/events.ts';

/** Letters, marks, joiners and signs that patterns know in two ways, or might. */
const pieces =
  'a|Z|0|.|-|_|@|"|\'|\\|/|:|//|#|=|%41|(|[|<| |\n|,|;|^|$|*|~|`|+|א|\u05b0|ع|\u064b|\u0301|а|日|ｱ|Ａ|\u200d|\u200c|👨|\ufe0f|🇦|\u202e|ﬁ|İ|𝐚|٣|ท|\ud800|क|\u094d|\u200b|www.|xn--|http|ms-|::|Mozilla/|Version/1;'.split(
    '|',
  );
const some = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => parts.join(''));

// A pattern that can read a piece in two ways tries 2 to the power of their number: this test would never end.
test('no name that repeats itself keeps anything busy', () => {
  fc.assert(
    fc.property(some(2), some(4), some(2), (before, unit, behind) => {
      const name = before + unit.repeat(60) + behind;
      const user = { username: name, email: name };
      const message = renderMessage(safeEvent({ user, context: { message: name, username: name } }), {
        rule: 'r',
        severity: 'alert',
        authentikUrl: undefined,
      });
      for (const text of [visible(name), defang(name), named(name), shortAgent(name), message.title])
        assert.equal(typeof text, 'string');
    }),
    {
      seed: 8,
      numRuns: 3000,
      examples: [
        ['a', 'א\u05b0', 'Z'],
        ['a', '\ufe0f', ' '],
      ],
    },
  );
});

test('a name that begins brackets without end takes no longer than it is long', () => {
  // Each ` (expires=` was read to the end of the name: this took minutes.
  const unit = ' (expires=';
  const titleOf = (name: string): string => {
    const token = { app: 'authentik_core', model_name: 'token', pk: '1', name };
    return renderMessage(safeEvent({ action: 'secret_rotate', context: { token } }), { rule: 'r', severity: 'notice' })
      .title;
  };
  assert.match(titleOf(unit.repeat(100_000)), /^Token /);
  assert.equal(titleOf('reports (expires=2026-01-15 09:00:00+00:00)'), 'Token “reports” was rotated');
});
