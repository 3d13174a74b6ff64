import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatJson, formatText, jsonFormats, textFormats } from '../../../src/render/formats/format.ts';
import { jsonText } from '../../../src/render/formats/json-text.ts';
import { goldenInputs } from '../../support/format-inputs.ts';

// `UPDATE_GOLDEN=1 node --test test/render/formats/golden.test.ts` writes the files anew: read the difference as a SIEM's parser.

const folder = join(import.meta.dirname, '../../fixtures/formats');

for (const format of jsonFormats) {
  test(`${format}: every action as it was`, () => {
    // Written without lone surrogates, so that the files are what a receiver gets.
    const documents = goldenInputs().map(([name, input]): [string, unknown] => [
      name,
      JSON.parse(jsonText(formatJson(format, input))),
    ]);
    check(`${format}.json`, `${JSON.stringify(Object.fromEntries(documents), null, 2)}\n`);
  });
}

for (const format of textFormats) {
  test(`${format}: every action as it was`, () => {
    const lines = goldenInputs().map(([name, input]) => `# ${name}\n${formatText(format, input)}\n`);
    check(`${format}.txt`, lines.join(''));
  });
}

function check(name: string, text: string): void {
  const path = join(folder, name);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}
