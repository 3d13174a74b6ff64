import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';
import { createChanges } from './changes.ts';
import { listen } from './listen.ts';

/** One mail as it was handed over. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly message: string;
}

/**
 * What a command is answered with instead of the usual: a reply, or `hang` or `reset`. `GREETING` and `MESSAGE`
 * (the end of the data) count as commands; `RCPT` may have one answer per recipient.
 */
export type SmtpScript = { readonly [command: string]: string | readonly string[] | undefined };

/** A small mail server on 127.0.0.1 that answers by its script. */
export interface SmtpReceiver {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Commands as they came, with their arguments. */
  readonly commands: readonly string[];
  script(script: SmtpScript): void;
  connections(): number;
  accepted(): number;
  /** Resolves when a command that starts like this has come. */
  received(command: string): Promise<void>;
  /** Cuts all connections. */
  disconnect(): void;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a receiver; with a certificate it offers STARTTLS, or speaks TLS from the start when `implicit`. */
export async function startSmtpReceiver(
  tls?: ServerCertificate & { readonly implicit?: boolean },
): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let script: SmtpScript = {};
  let accepted = 0;
  const { change, until } = createChanges();
  const disconnect = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      change();
    });
    const session = new Session(() => script, commands, mails, change, tls);
    session.start(tls?.implicit === true ? secure(socket, tls) : socket);
  });
  const port = await listen(server);
  return {
    port,
    mails,
    commands,
    script: (next) => {
      script = next;
    },
    connections: () => sockets.size,
    accepted: () => accepted,
    received: (command) => until(() => commands.some((line) => line.startsWith(command))),
    idle: () => until(() => sockets.size === 0),
    disconnect,
    async close() {
      disconnect();
      server.close();
      await once(server, 'close');
    },
  };
}

function secure(socket: Socket, { key, cert }: ServerCertificate): TLSSocket {
  const wrapped = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
  wrapped.on('error', () => socket.destroy());
  return wrapped;
}

const usual: { readonly [command: string]: string } = {
  GREETING: '220 receiver ESMTP',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  MESSAGE: '250 2.0.0 queued',
  RSET: '250 ok',
  NOOP: '250 ok',
  QUIT: '221 bye',
  STARTTLS: '220 ready',
};

class Session {
  readonly #script: () => SmtpScript;
  readonly #commands: string[];
  readonly #mails: ReceivedMail[];
  readonly #change: () => void;
  readonly #tls: ServerCertificate | undefined;
  #buffer = '';
  #data = false;
  #secured = false;
  #from = '';
  #to: string[] = [];
  #rcpts = 0;

  constructor(
    script: () => SmtpScript,
    commands: string[],
    mails: ReceivedMail[],
    change: () => void,
    tls: (ServerCertificate & { readonly implicit?: boolean }) | undefined,
  ) {
    this.#script = script;
    this.#commands = commands;
    this.#mails = mails;
    this.#change = change;
    this.#tls = tls?.implicit === true ? undefined : tls;
  }

  start(socket: Socket): void {
    this.#listen(socket);
    this.#answer(socket, 'GREETING');
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1');
      this.#read(socket);
    });
  }

  #read(socket: Socket): void {
    for (;;) {
      const end = this.#buffer.indexOf(this.#data ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + (this.#data ? 5 : 2));
      if (this.#data) this.#message(socket, text);
      else this.#command(socket, text);
    }
  }

  #message(socket: Socket, text: string): void {
    this.#data = false;
    const reply = this.#answer(socket, 'MESSAGE');
    if (reply.startsWith('2')) {
      const message = text.replaceAll(/^\.\./gm, '.');
      this.#mails.push({ from: this.#from, to: this.#to, message });
    }
    this.#change();
  }

  #command(socket: Socket, line: string): void {
    this.#commands.push(line);
    const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
    if (verb === 'EHLO') {
      const extensions = [...(this.#tls !== undefined && !this.#secured ? ['STARTTLS'] : []), 'AUTH PLAIN LOGIN'];
      const lines = ['receiver', ...extensions, 'SIZE 10000000'];
      const greeting = lines.map((text, at) => `250${at === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n');
      this.#answer(socket, 'EHLO', greeting);
      return this.#change();
    }
    const unknown = verb === 'STARTTLS' && this.#tls === undefined;
    const reply = this.#answer(socket, verb, unknown ? '502 what?' : usual[verb]);
    if (verb === 'MAIL') [this.#from, this.#to, this.#rcpts] = [addressOf(line), [], 0];
    if (verb === 'RCPT' && reply.startsWith('2')) this.#to.push(addressOf(line));
    if (verb === 'DATA' && reply.startsWith('3')) this.#data = true;
    if (verb === 'QUIT') socket.end();
    if (verb === 'STARTTLS' && reply.startsWith('2') && this.#tls !== undefined) {
      socket.removeAllListeners('data');
      this.#secured = true;
      this.#listen(secure(socket, this.#tls));
    }
    this.#change();
  }

  /** Sends the scripted reply or the usual one, and returns it. */
  #answer(socket: Socket, command: string, otherwise = usual[command] ?? '502 what?'): string {
    const scripted = this.#script()[command];
    const reply = (typeof scripted === 'object' ? scripted[this.#rcpts++] : scripted) ?? otherwise;
    if (reply === 'reset') socket.resetAndDestroy();
    else if (reply !== 'hang') socket.write(`${reply}\r\n`, 'latin1');
    return reply;
  }
}

function addressOf(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}
