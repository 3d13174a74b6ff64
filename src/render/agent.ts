import { cut } from './cut.ts';

const agentCharsMax = 60;
/** Longer than what browsers send; who sends more must not have each word compared with all that follow. */
const lookedAtCharsMax = 1000;

/** The first that matches names the program; most claim to be others too, so the order counts. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:HeadlessChrome)\/(\d+)/, 'headless Chrome'],
  [/\b(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A user agent in a few words: `Firefox 121 on Windows`; else its first product, `curl/8.5.0`; at most 60 units. */
export function shortAgent(whole: string): string {
  const agent = whole.slice(0, lookedAtCharsMax);
  if (!agent.startsWith('Mozilla/')) return cut(agent.split(' ', 1)[0] ?? '', agentCharsMax);
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  for (const [pattern, name] of programs) {
    const version = pattern.exec(agent)?.[1];
    if (version !== undefined) return system === undefined ? `${name} ${version}` : `${name} ${version} on ${system}`;
  }
  return cut(agent, agentCharsMax);
}
