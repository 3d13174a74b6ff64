import type { ServerResponse } from 'node:http';

/** What goes wrong with one request. `cutAfter`: the connection breaks after so many bytes of the body; `endAfter`: the body ends. */
export type Fault =
  | { readonly status: number; readonly message: string; readonly headers?: { readonly [name: string]: string } }
  | { readonly cutAfter: number }
  | { readonly endAfter: number }
  | 'reset'
  | 'hang';

/** The API server's own form of a No. */
export function sendStatus(response: ServerResponse, code: number, message: string, headers = {}): void {
  const reason = reasons.get(code) ?? 'InternalError';
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(status));
}

const reasons: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [410, 'Expired'],
  [429, 'TooManyRequests'],
]);

/** A body that is written as fast as it is read, and that a fault may break or end early. */
export interface Body {
  /** Resolves to false when the body is over: nothing more needs to be written. */
  write(bytes: Buffer): Promise<boolean>;
  end(): void;
  readonly closed: Promise<void>;
  readonly isOpen: boolean;
}

/** Begins a 200 answer. Bytes go out in pieces of at most `pieceBytes`, so that lines are torn. */
export function startBody(
  response: ServerResponse,
  type: string,
  pieceBytes: number,
  fault?: Fault,
  onCut = (): void => undefined,
): Body {
  const closed = new Promise<void>((resolve) => void response.once('close', resolve));
  let isOpen = true;
  void closed.then(() => (isOpen = false));
  const limit = typeof fault === 'object' && 'cutAfter' in fault ? fault.cutAfter : Number.POSITIVE_INFINITY;
  const end = typeof fault === 'object' && 'endAfter' in fault ? fault.endAfter : Number.POSITIVE_INFINITY;
  let left = Math.min(limit, end);
  response.writeHead(200, { 'content-type': type });
  response.flushHeaders();
  const body: Body = {
    closed,
    get isOpen() {
      return isOpen && !response.writableEnded;
    },
    async write(bytes) {
      for (let from = 0; from < bytes.length && body.isOpen; from += pieceBytes) {
        const piece = bytes.subarray(from, Math.min(from + pieceBytes, bytes.length)).subarray(0, left);
        left -= piece.length;
        const isFull = !response.write(piece);
        if (left <= 0) {
          if (end <= limit) response.end();
          else onCut();
          isOpen = false;
        } else if (isFull) await Promise.race([closed, new Promise((resolve) => void response.once('drain', resolve))]);
      }
      return body.isOpen;
    },
    end: () => void response.end(),
  };
  return body;
}
