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

// Each kind waits for services that are silent; several at once, because the waiting costs nothing. The tests of one share its service.
describe('every kind', { concurrency: 5 }, () => {
  for (const kind of [...destinations, toy]) {
    describe(kind.type, { concurrency: 1 }, () => {
      contract(kind);
      limits(kind);
      network(kind);
    });
  }
});
