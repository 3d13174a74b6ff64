import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cardText } from '../../src/render/card-text.ts';
import { cut, cutTo, fit, list } from '../../src/render/cut.ts';
import { defang } from '../../src/render/defang.ts';
import { discordLink, discordText } from '../../src/render/discord-text.ts';
import { headerText } from '../../src/render/header.ts';
import { htmlLink, htmlText } from '../../src/render/html.ts';
import { plainText } from '../../src/render/plain.ts';
import { slackLink, slackMrkdwn, slackPlain } from '../../src/render/slack-text.ts';
import { terminalText } from '../../src/render/terminal.ts';
import { visible } from '../../src/render/visible.ts';
import { character } from '../support/character.ts';

const runs = { numRuns: 300, seed: 20260115 };

/** What an attacker types: pieces that mean something to a chat, a terminal or a mail, in any order. */
const words =
  '<!channel> <!here|x> <@U012AB> <#C012> @everyone @here <@&42> </cmd:1> <t:1:R> :smile: https://evil.example/x http://1.2.3.4 ' +
  '<https://evil.example|ok> [ok](https://evil.example) www.evil.example javascript:alert(1) mailto:x@evil.example ' +
  'evil.example/login é.evil.com/x ..evil.com/x 例え.jp/x evil.рф/x x.xn--p1ai/x evil。com/x evil.com#x \\\\evil.com\\share //evil.com/x skype:x magnet:?x http:evil.com https://u:p@evil.com/x * _ ~ ` ``` || > >>> # \\ <script> " \' & &lt; </a> a - 1. ä 王 👩‍💻';
const controls =
  '\ufe0f,\u2065,\ufff0,\ufdd0,\u{1d159},\n,\r\n,\u2028,\u0085,\t,\0,\u001b[31m,\u009b2J,\u001b]0;t\u0007,\u202e,\u2066,\u200b,\ufeff,\ud800,\udc00,\u{e0041},e\u0301, ';
const pieces = [...words.split(' '), ...controls.split(',')];
const hostile = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: character, maxLength: 4 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

const hidden =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- it is what must not be there
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2065-\u2069\u200b\ufeff\ufff0-\ufff8\ufdd0\u{1d159}\u{e0000}-\u{e007f}]|[a-z][\ufe0e\ufe0f]/u;
/** With a scheme, or a host that something follows which belongs to an address. */
const clickable =
  /\b(?:https?|ftp|skype|magnet|javascript|mailto|file):\S|\bwww\.|[\p{L}\p{N}]\.(?:com|example|jp|рф|xn--p1ai)[/?:#]\S|\\\\[a-z]+\./iu;
const escapers = {
  visible,
  plainText,
  terminalText,
  headerText,
  htmlText,
  slackMrkdwn,
  slackPlain,
  discordText,
  cardText,
};

describe('every escaper', () => {
  for (const [name, escape] of Object.entries(escapers)) {
    test(`${name}: one line, nothing hidden, well-formed`, () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const out = escape(text);
          assert.doesNotMatch(out, hidden);
          assert.ok(out.isWellFormed());
        }),
        runs,
      );
    });
  }

  for (const [name, escape] of Object.entries({
    plainText,
    terminalText,
    headerText,
    htmlText,
    slackMrkdwn,
    slackPlain,
    discordText,
    cardText,
  })) {
    test(`${name}: no address to click`, () => {
      fc.assert(
        fc.property(hostile, (text) => assert.doesNotMatch(escape(text), clickable)),
        runs,
      );
    });
  }
});

test('visible names what cannot be seen and keeps what belongs to a word', () => {
  for (const [text, expected] of [
    ['ada', 'ada'],
    ['adm\u202enimda', 'adm‹U+202E›nimda'],
    ['a\nb\r\nc\u2028d', 'a ⏎ b ⏎ c ⏎ d'],
    ['\u001b[31mroot', '‹U+001B›[31mroot'],
    ['a\u200bb\ufeff', 'a‹U+200B›b‹U+FEFF›'],
    ['party👩‍💻', 'party👩‍💻'],
    ['a\u200db', 'a‹U+200D›b'],
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['\ud83c', '\ufffd'],
    ['x\u{e0041}', 'x‹U+E0041›'],
    [`e${'\u0301'.repeat(40)}`, `e${'\u0301'.repeat(6)}`],
    ['王小明 ليلى', '王小明 ليلى'],
    ['\u0430dmin', '‹U+0430›dmin'],
    ['p\u0430ypal admin', 'p‹U+0430›ypal admin'],
    ['\u039fperator', '‹U+039F›perator'],
    ['Ольг\u0061', 'Ольг‹U+0061›'],
    ['Ольга Smith, иван.smith', 'Ольга Smith, иван.smith'],
    ['Łukasz Żółć', 'Łukasz Żółć'],
    ['ad\ufe0fmin ❤\ufe0f 1\ufe0f\u20e3', 'ad‹U+FE0F›min ❤\ufe0f 1\ufe0f\u20e3'],
    ['a\u2065b\ufff0c\ufdd0', 'a‹U+2065›b‹U+FFF0›c‹U+FDD0›'],
    ['\ua4eedmin \u15c5dmin ad\u05d5min', '‹U+A4EE›dmin ‹U+15C5›dmin ad‹U+05D5›min'],
    ['\uff41dmin \u0251dmin \u2170t', '‹U+FF41›dmin ‹U+0251›dmin ‹U+2170›t'],
    ['\u{1d41a}\u{1d41d}', '‹U+1D41A›‹U+1D41D›'],
    ['ad\u0c66min \u1d00dmin', 'ad‹U+0C66›min ‹U+1D00›dmin'],
    ['testทดสอบ Facebookที่ הGoogle عربيGoogle ١٢٣', 'testทดสอบ Facebookที่ הGoogle عربيGoogle ١٢٣'],
    ['ＡＢＣ商事 Aさん Tシャツ 한국어Kim Ɗan 5µm', 'ＡＢＣ商事 Aさん Tシャツ 한국어Kim Ɗan 5µm'],
    ['\u03c1\u0430\u0443\u0440\u0430', '‹U+03C1›\u0430\u0443\u0440\u0430'],
  ] as const) {
    assert.equal(visible(text), expected);
  }
});

test('a word of two scripts takes no longer than it is long', () => {
  // Marks of Hebrew are of its script as well: a pattern that can read one in two ways would try all of them, for ever.
  for (const unit of ['א\u05b0', 'א', 'ع\u064b']) {
    const many = unit.repeat(20_000);
    assert.equal(visible(`a${many}b`), `‹U+0061›${many}‹U+0062›`);
  }
  assert.equal(visible('\u05b0אaא\u05b0'), '\u05b0אaא\u05b0');
  assert.equal(visible('a\u05b0א b\u0301א אa\u0301'), 'a\u05b0א b\u0301א אa\u0301');
});

test('in no word do letters of two scripts that look alike stand beside each other', () => {
  const scripts = [
    ['a', 'e', 'o', 'Ż', 'ss'],
    ['\u0430', '\u0435', 'Ж'],
    ['\u03bf', 'Ω'],
    ['\u0585'],
    ['王', 'ع', '7', '.', ' ', '-', '\u0301'],
  ];
  const letters = fc.array(fc.constantFrom(...scripts.flat()), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters, (text) => {
      for (const [name, escape] of Object.entries(escapers)) {
        const words = escape(text).replaceAll(/‹U\+[0-9A-F]+›/g, ' ');
        assert.doesNotMatch(
          words,
          /\p{Script=Latin}[\p{M}\p{N}]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u,
          name,
        );
        assert.doesNotMatch(
          words,
          /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}][\p{M}\p{N}]*\p{Script=Latin}/u,
          name,
        );
      }
    }),
    { ...runs, numRuns: 2000 },
  );
});

test('defang keeps addresses readable and names as they are', () => {
  for (const [text, expected] of [
    ['see https://evil.example/a.b?c', 'see hxxps://evil[.]example/a.b?c'],
    ['HTTP://evil.example', 'HXXP://evil[.]example'],
    ['ssh://host.example', 'ssh[:]//host[.]example'],
    ['www.evil.example', 'www[.]evil[.]example'],
    ['metadata:x', 'metadata:x'],
    ['HtTp://e.example', 'HtTp[:]//e[.]example'],
    ['evil.example/login', 'evil[.]example/login'],
    ['ada.lovelace', 'ada.lovelace'],
    ['ada@example.com', 'ada@example.com'],
    ['203.0.113.7', '203.0.113.7'],
    ['/api/v3/core/users/', '/api/v3/core/users/'],
    ['2001:db8::1', '2001:db8::1'],
    ['mailto:a@b.example', 'mailto[:]a@b.example'],
    ['https://u:p@evil.example/x', 'hxxps://u:p@evil[.]example/x'],
    ['HtTpS://u:p@evil.example/x', 'HtTpS[:]//u:p@evil[.]example/x'],
    ['http:/evil.example/x, http:evil.example', 'http[:]/evil[.]example/x, http[:]evil.example'],
    ['é.evil.example/x', 'é[.]evil[.]example/x'],
    ['[x](https://a.example)@xhttps://b.example/', '[x](hxxps://a[.]example)@xhttps[:]//b[.]example/'],
    ['..evil.example/x', '..evil[.]example/x'],
    ['例え.jp/x evil.рф/x x.xn--p1ai/x', '例え[.]jp/x evil[.]рф/x x[.]xn--p1ai/x'],
    ['evil。example/x evil.example#x', 'evil[.]example/x evil[.]example#x'],
    ['a@evil.example/x', 'a@evil[.]example/x'],
    ['1.2.3.4:80/x 1.2.3.4/a', '1[.]2[.]3[.]4:80/x 1[.]2[.]3[.]4/a'],
    ['evil.example/ evil\u2024example/x', 'evil[.]example/ evil[.]example/x'],
    ['//evil.example/x \\\\evil.example\\share', '//evil[.]example/x \\\\evil[.]example\\share'],
    ['skype:evil magnet:?xt', 'skype[:]evil magnet[:]?xt'],
    ['C:\\Users data: 5 ada@example.com: no', 'C:\\Users data: 5 ada@example.com: no'],
    ['203.0.113.0/24 Chrome/120.0.6099.71 1.2.3/x', '203.0.113.0/24 Chrome/120.0.6099.71 1.2.3/x'],
  ] as const) {
    assert.equal(defang(text), expected);
  }
});

describe('Slack', () => {
  test('no mention, no link, no format can be made', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = slackMrkdwn(text);
        assert.doesNotMatch(out, /[<>]/);
        assert.doesNotMatch(out, /&(?!amp;|lt;|gt;)/);
        assert.doesNotMatch(out, /(?<![\w.])@(?:here|channel|everyone)\b/i);
        // A format needs an opening mark that no word character precedes and a closing one that none follows.
        assert.doesNotMatch(out, /(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|`/);
        assert.doesNotMatch(out, /^(?:&gt;)/);
        assert.doesNotMatch(slackPlain(text), /[<>]/);
      }),
      runs,
    );
  });

  test('names stay as they can be copied', () => {
    assert.equal(slackMrkdwn('svc_reports@example.com'), 'svc_reports@example.com');
    assert.equal(slackMrkdwn('*bold* <!channel>'), '∗bold∗ &lt;!channel&gt;');
    assert.equal(slackMrkdwn('> quoted'), '› quoted');
    assert.equal(slackMrkdwn(':skull: :日本: 12:30'), '∶skull: ∶日本: 12:30');
  });

  test('our own link cannot be broken out of', () => {
    assert.equal(slackLink('https://a.example/?a=1&b=|>', 'Log'), '<https://a.example/?a=1&amp;b=%7C%3E|Log>');
  });
});

describe('Discord', () => {
  test('every character with a meaning is escaped', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const bare = discordText(text).replaceAll(/\\[^A-Za-z0-9\s]/g, ' ');
        assert.doesNotMatch(bare, /[\\*_~`|<>[\]()#@]/);
        assert.doesNotMatch(bare, /:[\w+-]+:/);
        assert.doesNotMatch(discordText(text), /^\s*(?:[-+]|\d+\.\s)/);
      }),
      runs,
    );
  });

  test('what it looks like', () => {
    assert.equal(discordText('svc_reports @everyone'), 'svc\\_reports \\@everyone');
    assert.equal(discordText('1. [x](https://e.example)'), '1\\. \\[x\\]\\(hxxps://e\\[.\\]example\\)');
    assert.equal(discordLink('https://a.example/(x)', 'Event log'), '[Event log](https://a.example/%28x%29)');
  });
});

test('HTML: no markup and no attribute can be made', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(htmlText(text), /[<>"']/);
      assert.doesNotMatch(htmlText(text), /&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
    runs,
  );
  assert.equal(htmlLink('https://a.example/?a&b"', '<b>'), '<a href="https://a.example/?a&amp;b&quot;">&lt;b&gt;</a>');
});

test('a header is one line of at most 200 units', () => {
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 600 }), (text) => {
      const out = headerText(text);
      assert.ok(out.length <= 200);
      assert.doesNotMatch(out, hidden);
    }),
    runs,
  );
  assert.equal(headerText('x\r\nBcc: all@example.com'), 'x ⏎ Bcc: all@example.com');
});

describe('cutting', () => {
  test('never tears a character', () => {
    assert.equal(cut('abcdef', 6), 'abcdef');
    assert.equal(cut('abcdefg', 6), 'abcde…');
    assert.equal(cut('👩‍💻👩‍💻👩‍💻', 8), '👩‍💻…');
    assert.equal(cut('👩‍💻👩‍💻', 4), '…');
    assert.equal(cut(`e${'\u0301'.repeat(500)}`, 10).length, 10);
    const heap = `e${'\u0301'.repeat(50)}`;
    assert.equal(cut(`${heap}👩‍💻`, 54), `${heap}…`);
  });

  test('stays within the limit and stays well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const out = cut(text, max);
        assert.ok(out.length <= max);
        assert.ok(out.isWellFormed() || !text.isWellFormed());
      }),
      runs,
    );
  });

  test('cutTo holds a limit of bytes and wastes no room', () => {
    const bytes = (text: string): number => Buffer.byteLength(text);
    fc.assert(
      fc.property(hostile, fc.nat(40), (text, max) => {
        assert.ok(bytes(cutTo(text, max, bytes)) <= max);
        assert.ok(bytes(text) > max || cutTo(text, max, bytes) === text);
      }),
      runs,
    );
    assert.equal(cutTo('王王王王', 9, bytes), '王王…');
  });

  test('fit holds the limit after escaping and tears no escape', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 8, max: 60 }), (text, max) => {
        for (const escape of Object.values(escapers)) assert.ok(fit(text, max, escape).length <= max);
        assert.doesNotMatch(fit(text, max, slackMrkdwn), /&(?!amp;|lt;|gt;)/);
        assert.doesNotMatch(fit(text, max, discordText).replaceAll(/\\[^A-Za-z0-9\s]/g, ''), /\\/);
      }),
      runs,
    );
    assert.equal(fit('<<<<', 11, htmlText), '&lt;&lt;…');
  });

  test('list says how many are missing', () => {
    assert.equal(list(['a', 'b'], 10), 'a, b');
    assert.equal(list(['aaaa', 'bbbb', 'cccc', 'dddd'], 20), 'aaaa, bbbb, +2 more');
    assert.equal(list([], 10), '');
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }), (items) => {
        assert.ok(list(items, 60).length <= 60);
      }),
      runs,
    );
  });
});
