import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { makeCertificates, type Certificates } from '../receivers/certificates.ts';
import { waitFor, waitUntil } from '../source.ts';
import { dovecotConfig, mailServerLogin, postfixMain, postfixMaster } from './config.ts';

/** A real mail server: postfix with dovecot behind its AUTH, everything below one temporary directory, on 127.0.0.1 only. */
export interface MailServer {
  /** STARTTLS is demanded here, TLS spoken from the start there; both want a login to send anywhere. */
  readonly submissionPort: number;
  readonly smtpsPort: number;
  readonly certificates: Certificates;
  /** Mails in the box of `<name>@example.com`; resolves when there are this many. */
  mails(name: string, count: number): Promise<readonly Buffer[]>;
  log(): string;
  stop(): Promise<void>;
}

const binaries = ['/usr/sbin/postfix', '/usr/lib/postfix/sbin/master', '/usr/sbin/dovecot', '/usr/bin/openssl'];

/** Why there can be no mail server on this machine; undefined when there can. */
export function mailServerMissing(): string | undefined {
  const missing = binaries.filter((path) => !existsSync(path));
  if (missing.length > 0) return `${missing.join(', ')} missing: apt-get install postfix dovecot-core openssl`;
  return process.getuid?.() === 0 ? undefined : 'postfix starts as root only';
}

/** Starts both servers and waits until they answer. They end with this process whatever happens. */
export async function startMailServer(): Promise<MailServer> {
  const directory = mkdtempSync(join(tmpdir(), 'herald-mail-'));
  const certificates = makeCertificates();
  const [submissionPort, smtpsPort] = [await freePort(), await freePort()];
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    for (const path of [directory, certificates.directory]) rmSync(path, { recursive: true, force: true });
  };
  const log = (): string => {
    const files = ['postfix.log', 'dovecot.log', 'master.out', 'dovecot.out'].map((name) => join(directory, name));
    return files.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')).join('');
  };
  try {
    writeConfig(directory, certificates, submissionPort, smtpsPort);
    const dovecot = start(directory, '/usr/sbin/dovecot', ['-F', '-c', join(directory, 'dovecot.conf')]);
    daemons.push(dovecot);
    // The check makes the directories of the queue. `postfix start-fg` would put the master into a session of its own.
    const check = ['/usr/sbin/postfix', '-c', join(directory, 'etc'), 'check'];
    execFileSync('sh', ['-c', 'umask 022; exec "$@"', 'sh', ...check], { stdio: ['ignore', 'ignore', 'pipe'] });
    const postfix = start(directory, '/usr/lib/postfix/sbin/master', ['-c', join(directory, 'etc'), '-d']);
    daemons.push(postfix);
    await until(() => existsSync(join(directory, 'auth.sock')), dovecot, log);
    for (const port of [submissionPort, smtpsPort]) await until(() => answers(port), postfix, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    submissionPort,
    smtpsPort,
    certificates,
    mails: (name, count) => readMails(directory, name, count),
    log,
    stop,
  };
}

function writeConfig(directory: string, { server }: Certificates, submissionPort: number, smtpsPort: number): void {
  chmodSync(directory, 0o755);
  // Both have processes of other users, who read here whatever the umask is.
  for (const name of ['etc', 'queue', 'data', 'mail', 'run']) {
    mkdirSync(join(directory, name));
    chmodSync(join(directory, name), 0o755);
  }
  execFileSync('chown', ['postfix', join(directory, 'data')]);
  execFileSync('chown', ['nobody:nogroup', join(directory, 'mail')]);
  writeFileSync(join(directory, 'server.pem'), server.key + server.cert, { mode: 0o600 });
  writeFileSync(join(directory, 'users'), `${mailServerLogin.username}:{PLAIN}${mailServerLogin.password}\n`);
  chmodSync(join(directory, 'users'), 0o644);
  writeFileSync(join(directory, 'dovecot.conf'), dovecotConfig(directory));
  writeFileSync(join(directory, 'etc', 'main.cf'), postfixMain(directory));
  writeFileSync(join(directory, 'etc', 'master.cf'), postfixMaster(submissionPort, smtpsPort));
  for (const name of ['main.cf', 'master.cf']) chmodSync(join(directory, 'etc', name), 0o644);
}

interface Daemon {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** In a process group of its own: postfix ends by signalling its whole group. */
function start(directory: string, command: string, args: readonly string[]): Daemon {
  const out = join(directory, `${command.split('/').at(-1)}.out`);
  const child = spawn('sh', ['-c', 'umask 022; out=$1; shift; exec "$@" >"$out" 2>&1', 'sh', out, command, ...args], {
    detached: true,
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, signal);
  };
  const onExit = (): void => kill('SIGKILL');
  process.on('exit', onExit);
  return {
    child,
    async stop() {
      kill('SIGTERM');
      await exited;
      process.off('exit', onExit);
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>, { child }: Daemon, log: () => string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`the mail server ended at once:\n${log()}`);
    return condition();
  };
  await waitUntil(isThere, () => `the mail server:\n${log()}`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function readMails(directory: string, name: string, count: number): Promise<readonly Buffer[]> {
  const box = join(directory, 'mail', name, 'new');
  const files = (): readonly string[] => (existsSync(box) ? readdirSync(box) : []);
  await waitFor(() => files().length >= count, `${count} mails for ${name}`);
  return files()
    .toSorted()
    .map((file) => readFileSync(join(box, file)));
}
