import { isObject } from '../../../src/core/json.ts';
import { isWebAddress, jsonObject, type Reply, type StandIn } from './http.ts';

// A workflow of the template "Send webhook alerts to a channel": the request trigger of Logic Apps answers 202 at once; what
// Teams makes of the card shows later. Card: adaptivecards.io, schema 1.4. Size: Teams counts the card as it stores it.

const storedBytesMax = 28 * 1024;

/** A workflow whose address ends in this `sig`. `posted` has the cards that Teams would show. */
export function teamsStandIn(sig: string, posted: object[] = []): StandIn {
  return ({ method, path, headers, body }) => {
    const { searchParams, pathname } = new URL(path, 'http://workflow');
    if (!/\/triggers\/\w+\/paths\/invoke$/.test(pathname)) return error(404, 'WorkflowNotFound', 'not found');
    if (!searchParams.has('sig'))
      return error(401, 'DirectApiAuthorizationRequired', 'The request must be authenticated');
    if (searchParams.get('sig') !== sig)
      return error(401, 'AuthorizationFailed', 'The authentication credentials are not valid');
    if (method !== 'POST') return error(401, 'AuthorizationFailed', 'another method');
    if (headers['content-type']?.startsWith('application/json') !== true)
      return error(400, 'InvalidRequestContent', 'type');
    const [problem, card] = cardOf(body);
    // The trigger itself says nothing about the card; a test wants to know at once.
    if (problem !== undefined) return error(400, 'ActionFailed', problem);
    posted.push(card);
    return { status: 202 };
  };
}

function cardOf(body: Buffer): readonly [string | undefined, object] {
  const message = jsonObject(body);
  const [attachment, ...others]: readonly unknown[] =
    message?.['type'] === 'message' && Array.isArray(message['attachments']) ? message['attachments'] : [];
  if (!isObject(attachment) || others.length > 0) return ['not a message with one attachment', {}];
  const { contentType, content } = attachment;
  if (contentType !== 'application/vnd.microsoft.card.adaptive' || !isObject(content)) return ['no card', {}];
  const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(content)));
  if (bytes > storedBytesMax) return [`MessageSizeExceeded: ${bytes} bytes`, {}];
  if (content['type'] !== 'AdaptiveCard' || content['version'] !== '1.4') return ['not an AdaptiveCard of 1.4', {}];
  if (!isBody(content['body'])) return ['an unknown element', {}];
  const actions: unknown = content['actions'] ?? [];
  const fine = Array.isArray(actions) && actions.length <= 6 && actions.every(isAction);
  return [fine ? undefined : 'actions', content];
}

const styles: readonly unknown[] = ['default', 'emphasis', 'good', 'attention', 'warning', 'accent'];

/** A card with one unknown element is not shown at all. */
function isBody(body: unknown): boolean {
  return Array.isArray(body) && body.length > 0 && body.every(isElement);
}

function isElement(element: unknown): boolean {
  if (!isObject(element)) return false;
  if (element['type'] === 'Container') return styles.includes(element['style']) && isBody(element['items']);
  return element['type'] === 'RichTextBlock' && isInlines(element['inlines']);
}

function isInlines(inlines: unknown): boolean {
  return (
    Array.isArray(inlines) &&
    inlines.length > 0 &&
    inlines.every((run) => isObject(run) && run['type'] === 'TextRun' && typeof run['text'] === 'string')
  );
}

function isAction(action: unknown): boolean {
  return isObject(action) && action['type'] === 'Action.OpenUrl' && isWebAddress(action['url']);
}

function error(status: number, code: string, message: string): Reply {
  return { status, body: JSON.stringify({ error: { code, message } }) };
}
