import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/core/json.ts';
import { pythonRepr } from '../../src/render/python-repr.ts';

describe('a value as Python writes it', () => {
  for (const [value, expected] of [
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    [0, '0'],
    [-7, '-7'],
    [52.52, '52.52'],
    [-0, '-0.0'],
    [0.0001, '0.0001'],
    [0.00001234, '1.234e-05'],
    [1.5e300, '1.5e+300'],
    ['', "''"],
    ['ada', "'ada'"],
    ["it's", '"it\'s"'],
    ['say "no"', `'say "no"'`],
    [`it's "no"`, `'it\\'s "no"'`],
    ['a\\b\n\r\t\u0000\u007f', "'a\\\\b\\n\\r\\t\\x00\\x7f'"],
    ['Zoë 日本 🙂', "'Zoë 日本 🙂'"],
    ['\u00a0\u00ad\u202e\ud800 \u{e0001}', "'\\xa0\\xad\\u202e\\ud800 \\U000e0001'"],
    [[], '[]'],
    [{}, '{}'],
    [[1, 'a', [null]], "[1, 'a', [None]]"],
    [
      { auth_method: 'password', auth_method_args: { known_device: true }, "it's": 1 },
      `{'auth_method': 'password', 'auth_method_args': {'known_device': True}, "it's": 1}`,
    ],
  ] as readonly (readonly [Json, string])[]) {
    test(expected, () => {
      assert.equal(pythonRepr(value), expected);
    });
  }

  test('deeper than sixty-four levels ends', () => {
    let deep: Json = 1;
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    assert.match(pythonRepr(deep), /^\[{64}\.\.\.\]{64}$/);
  });

  test('a key named __proto__ is a key', () => {
    assert.equal(pythonRepr(JSON.parse('{"__proto__": {"a": 1}}') as Json), "{'__proto__': {'a': 1}}");
  });
});
