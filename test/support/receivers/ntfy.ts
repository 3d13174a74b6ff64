import { isObject } from '../../../src/core/json.ts';
import { isWebAddress, jsonObject, type ReceivedRequest, type Reply, type StandIn } from './http.ts';

// ntfy: docs.ntfy.sh/publish, "Publish as JSON", and the error codes of its server. As strict as old servers, which read no
// more than 4,096 bytes of the request.

const bodyBytesMax = 4096;

export interface NtfyAccess {
  readonly topic: string;
  /** The whole value of the header that admits; undefined where everybody may write. */
  readonly authorization?: string;
}

/** ntfy with one topic. `shown` has the notifications by the id that replaces them, as phones show them. */
export function ntfyStandIn(access: NtfyAccess, shown = new Map<string, object>()): StandIn {
  return (request) => {
    if (request.path !== '/') return error(404, 40401, 'page not found');
    if (request.method !== 'POST' && request.method !== 'PUT') return error(404, 40401, 'page not found');
    if (access.authorization !== undefined && request.headers['authorization'] !== access.authorization) {
      return request.headers['authorization'] === undefined
        ? error(403, 40301, 'forbidden')
        : error(401, 40101, 'unauthorized');
    }
    if (request.body.length > bodyBytesMax) return error(413, 41303, 'JSON body too large');
    return publish(request, access, shown);
  };
}

function publish({ body }: ReceivedRequest, { topic }: NtfyAccess, shown: Map<string, object>): Reply {
  const message = jsonObject(body);
  if (message === undefined) return error(400, 40024, 'invalid request: request body must be valid JSON');
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(String(message['topic'])))
    return error(400, 40009, 'invalid request: topic invalid');
  if (message['topic'] !== topic) return error(403, 40301, 'forbidden');
  const { priority = 3, tags = [], click, actions = [], sequence_id: id = 'none' } = message;
  if (![1, 2, 3, 4, 5].includes(Number(priority))) return error(400, 40007, 'invalid priority parameter');
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string')) return error(400, 40024, 'tags');
  if (click !== undefined && !isWebAddress(click)) return error(400, 40024, 'click');
  if (!Array.isArray(actions) || actions.length > 3 || !actions.every(isAction)) {
    return error(400, 40018, 'invalid request: actions invalid');
  }
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(String(id))) return error(400, 40049, 'invalid request: sequence ID invalid');
  shown.set(String(id), message);
  return { status: 200, body: JSON.stringify({ id: 'hwQ2YpKdmg', time: 1768467828, event: 'message', topic }) };
}

function isAction(action: unknown): boolean {
  if (!isObject(action)) return false;
  const { action: kind, label, url } = action;
  return kind === 'view' && typeof label === 'string' && label !== '' && isWebAddress(url);
}

function error(http: number, code: number, text: string): Reply {
  return { status: http, body: JSON.stringify({ code, http, error: text }) };
}
