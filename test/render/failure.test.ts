import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownActions } from '../../src/core/action.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { failureLine } from '../../src/render/failure.ts';
import { renderMessage } from '../../src/render/message.ts';
import { safeEvent } from '../support/events.ts';

test('the first of the exceptions is one line', () => {
  const exception = [{ exc_type: 'ldap3.core.LDAPBindError', exc_value: 'refused\nat once' }];
  assert.equal(failureLine(safeEvent({ context: { exception } })), 'LDAPBindError: refused');
  assert.equal(failureLine(safeEvent({ context: { exception: [{ exc_type: 'KeyError' }] } })), 'KeyError');
  assert.equal(failureLine(safeEvent({ context: { exception: [{}] } })), undefined);
});

test('an exception that lost its parts is none, whatever the action', () => {
  for (const exception of [[null], [{}], [{ type: 1, value: ['a'] }], [{ type: { a: 1 } }], ['KeyError'], []]) {
    for (const action of knownActions) {
      const event = fromStored(JSON.stringify({ ...safeEvent({ action, context: { exception } }), exception }));
      const { title } = renderMessage(event, { rule: 'r', severity: 'alert' });
      assert.doesNotMatch(title, /undefined|null|\[object/);
      assert.equal(failureLine(event), undefined);
    }
  }
});
