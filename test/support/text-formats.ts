import assert from 'node:assert/strict';

/** A record of CEF or LEEF as its receiver understands it. */
export interface TextRecord {
  readonly header: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

/** As a receiver reads it: seven bars that are not escaped, then keys before equals signs that are not. Throws where it is no CEF. */
export function parseCef(text: string): TextRecord {
  const parts = /^((?:(?:[^|\\]|\\[\\|])*\|){7})(.*)$/s.exec(text);
  assert.ok(parts !== null, text);
  const header = [...(parts[1] ?? '').matchAll(/((?:[^|\\]|\\[\\|])*)\|/g)].map(([, part]) =>
    (part ?? '').replaceAll(/\\([\\|])/g, '$1'),
  );
  const fields = new Map<string, string>();
  const extension = ` ${parts[2] ?? ''}`;
  let matched = 0;
  for (const match of extension.matchAll(/ ([^ =\\]+)=((?:[^=\\]|\\[\\=n])*?)(?=(?: [^ =\\]+=)|$)/gs)) {
    const [whole, key = '', value = ''] = match;
    assert.equal(match.index, matched, `a gap before ${key}: ${text}`);
    matched += whole.length;
    assert.ok(!fields.has(key), `${key} twice: ${text}`);
    fields.set(
      key,
      value.replaceAll(/\\([\\=n])/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    );
  }
  assert.equal(matched, extension.length, text);
  return { header, fields };
}

/** As a receiver reads it: six fields between bars, then pairs between carets. Throws where it is no LEEF. */
export function parseLeef(text: string): TextRecord {
  const parts = text.split('|');
  const header = parts.slice(0, 6);
  assert.equal(header[5], '^');
  const fields = new Map<string, string>();
  for (const pair of parts.slice(6).join('|').split('^')) {
    const at = pair.indexOf('=');
    assert.ok(at > 0, pair);
    assert.ok(!fields.has(pair.slice(0, at)), pair);
    fields.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return { header, fields };
}
