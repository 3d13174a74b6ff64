import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { destinations } from '../../src/destinations/index.ts';
import { contract } from '../support/contract/contract.ts';
import { limits } from '../support/contract/limits.ts';
import { network } from '../support/contract/network.ts';
import { toy } from '../support/toy-destination.ts';

test('types are unique', () => {
  assert.equal(new Set(destinations.map(({ type }) => type)).size, destinations.length);
});

for (const kind of [...destinations, toy]) {
  describe(kind.type, () => {
    contract(kind);
    limits(kind);
    network(kind);
  });
}
