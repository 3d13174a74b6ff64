import { isDigit, stops, until } from './characters.ts';
import { isMasked, skipMark } from './kinds.ts';
import type { Spans } from './spans.ts';

const authorityEnd = stops('/?#"\'<>` \t\r\n\\');
const passwordOrHost = stops('@"\'<>` \t\r\n\\');
const segmentEnd = stops('/?#&"\'<>` \t\r\n\\,;)');
const pathEnd = stops('?#"\'<>` \t\r\n\\,;)');
const slashInPasswordMax = 64;
const tokenAsUserMin = 20;
const schemeLengthMax = 16;

/** The password of `scheme://user:password@host`; `at` is the scheme's colon. Gives where to go on. */
export function userInfo(text: string, at: number, found: Spans): number {
  const start = skipMark(text, at + 3);
  const end = until(text, start, authorityEnd);
  let colon = -1;
  let atSign = -1;
  let digit = false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 58 && colon < 0) colon = i;
    else if (code === 64) atSign = i;
    else if (isDigit(code)) digit = true;
  }
  if (colon < 0) {
    // A token in the user's place: https://<token>@host
    return digit && atSign - start >= tokenAsUserMin ? cut(text, start, atSign, found) : start;
  }
  if (atSign > colon) return cut(text, colon + 1, atSign, found);
  // A password with a slash, `u:pa/ss@host`, but not a port: `host:8080/users/@me`, nor `[::1]:80`.
  if (end === colon + 1 || text.charCodeAt(start) === 91 || isNumber(text, colon + 1, end)) return start;
  const far = until(text, end, passwordOrHost, end + slashInPasswordMax);
  return text.charCodeAt(far) === 64 && far < end + slashInPasswordMax ? cut(text, colon + 1, far, found) : start;
}

function isNumber(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

function cut(text: string, start: number, end: number, found: Spans): number {
  if (!isMasked(text, start, end)) found.add(start, end, 'url');
  return end;
}

const slackWorkflow = /^T[A-Z0-9]{6,14}\/(?:A[A-Z0-9]{6,14}\/)?\d{10,20}\//;

/**
 * The secret behind a path's word: authentik's recovery links, webhooks of Slack, Discord, Teams, Mattermost and those who
 * copy their form. `at` is the slash behind the word. Gives where to go on, `at` when there is none.
 */
export function secretPath(text: string, start: number, at: number, found: Spans): number {
  const from = at + 1;
  switch (text.slice(start, at)) {
    case 'use-token':
      return cutSegment(text, from, found);
    case 'webhooks': {
      const id = until(text, from, segmentEnd);
      return id > from && isNumber(text, from, id) && text[id] === '/' ? cutSegment(text, id + 1, found) : at;
    }
    case 'services': {
      const team = until(text, from, segmentEnd);
      const hook = until(text, team + 1, segmentEnd);
      const named = text[from] === 'T' && text[team] === '/' && text[team + 1] === 'B' && text[hook] === '/';
      return named ? cutSegment(text, hook + 1, found) : at;
    }
    case 'workflows':
    case 'triggers': {
      const [ids] = slackWorkflow.exec(text.slice(from, from + 60)) ?? [];
      return ids === undefined ? at : cutSegment(text, from + ids.length, found);
    }
    case 'hooks':
      return until(text, from, segmentEnd) - from >= 16 ? cut(text, from, until(text, from, pathEnd), found) : at;
    case 'webhookb2':
      return cut(text, from, until(text, from, pathEnd), found);
    default:
      return at;
  }
}

function cutSegment(text: string, start: number, found: Spans): number {
  return cut(text, start, until(text, start, segmentEnd), found);
}

/** Where the part of a URL begins that a link's name makes secret: behind its host. Undefined for what is no URL. */
export function afterHost(text: string, start = 0): number | undefined {
  // A window, because each of a source's many literals asks.
  const scheme = text.slice(start, start + schemeLengthMax + 3).indexOf('://');
  if (scheme < 0) return undefined;
  const slash = text.indexOf('/', start + scheme + 3);
  return slash < 0 ? undefined : slash + 1;
}
