import type { Family } from '../core/family.ts';
import { get, type JsonObject } from '../core/json.ts';

/** Loggers whose lines are all of one family. */
export const loggerFamilies: ReadonlyMap<string, Family> = new Map([
  ['authentik.root.celery', 'worker'],
  ['authentik.tasks.middleware', 'worker'],
  ['authentik.worker', 'worker'],
  ['django_dramatiq_postgres.scheduler', 'worker'],
  ['bootstrap', 'boot'],
  ['__main__', 'boot'],
  ['authentik.lib.config', 'boot'],
  ['authentik.root.settings', 'boot'],
]);

/** Logger of the HTTP and websocket access lines. */
export const accessLogger = 'authentik.asgi';

/** Logger and text of the identification stage's look-alike. */
export const flowLogger = 'authentik.flows.stage';
export const lookalikeEvent = 'invalid_login';

/** The family of a parsed line that is no event. `compact`: it was written without blanks. */
export function familyOf(line: JsonObject, compact: boolean): Family {
  const logger = get(line, 'logger');
  if (typeof logger !== 'string') {
    if (typeof get(line, 'target') === 'string') return 'rust';
    return compact ? 'go' : pythonFamily(line, '');
  }
  if (isLookalike(line)) return 'lookalike';
  if (logger === accessLogger) return isAccess(line) ? 'access' : 'python';
  // Only Go writes JSON without blanks and names a logger.
  return loggerFamilies.get(logger) ?? (compact && logger !== flowLogger ? 'go' : pythonFamily(line, logger));
}

/** The identification stage's `invalid_login`: written in the form of an event, and none. */
export function isLookalike(line: JsonObject): boolean {
  return get(line, 'logger') === flowLogger && get(line, 'event') === lookalikeEvent;
}

/** An HTTP request has a method, a websocket a remote: the keys that the bytes of most such lines are told by. */
function isAccess(line: JsonObject): boolean {
  return Object.hasOwn(line, 'method') || Object.hasOwn(line, 'remote');
}

/** structlog lines carry a pid, stdlib loggers' do not; while the apps are loaded `app_name` is bound. */
function pythonFamily(line: JsonObject, logger: string): Family {
  if (Object.hasOwn(line, 'app_name') && logger.startsWith('authentik.')) return 'boot';
  return Object.hasOwn(line, 'pid') || logger.startsWith('authentik.') ? 'python' : 'foreign';
}
