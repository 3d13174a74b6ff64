import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedLog } from './generate.ts';
import { start } from './measure.ts';
import type { Sink } from './sink.ts';
import { checkedRun, type RunResult } from './throughput.ts';

/** `prefiltered` searches the raw line for the bytes of an event before anything is parsed. */
type Variant = 'plain' | 'prefiltered';

/**
 * The main job as syslog-ng does it: reads the file from its head, parses CRI and JSON, keeps the info-level events and posts
 * them as NDJSON. Each option is the fastest of those tried: reading is what it waits for, so a second sender only takes CPU from it;
 * the window is larger than a fetch, so that reading never waits for the sender; what is sent is the text as it was read, so
 * that nothing is serialised again.
 */
function configuration(variant: Variant, file: string, url: string): string {
  return `@version: 3.38
options {
  threaded(yes); stats-freq(0); use-dns(no); dns-cache(no); keep-hostname(yes); chain-hostnames(no);
  log-msg-size(131072); log-fifo-size(200000);
};
source s_kubelet {
  file("${file}" flags("no-parse", "threaded") follow-freq(0.1) log-fetch-limit(2000) log-iw-size(100000));
};
filter f_bytes { match("Created Event" value("MESSAGE") type(string) flags("substring")); };
parser p_cri {
  csv-parser(columns(".cri.time", ".cri.stream", ".cri.tag", "MESSAGE") delimiters(chars(" ")) quotes("") flags(greedy, drop-invalid));
};
parser p_json { json-parser(prefix(".json.")); };
filter f_event { "\${.json.event}" eq "Created Event" and "\${.json.level}" eq "info" };
destination d_sink {
  http(
    url("${url}") method("POST") headers("Content-Type: application/x-ndjson")
    body("\${MESSAGE}") delimiter("\\n") body-suffix("\\n")
    batch-lines(1000) batch-bytes(1048576) batch-timeout(50) workers(1)
  );
};
log {
  source(s_kubelet); ${variant === 'prefiltered' ? 'filter(f_bytes); ' : ''}parser(p_cri); parser(p_json); filter(f_event);
  destination(d_sink); flags(flow-control);
};
`;
}

/** Reads the whole file once with a fresh state. Split events can't be seen by it: it joins no CRI records. */
export async function runSyslogNg(
  variant: Variant,
  log: GeneratedLog,
  sink: Sink,
  scratch: string,
): Promise<RunResult> {
  const dir = mkdtempSync(join(scratch, 'syslog-ng-'));
  const at = (name: string): string => join(dir, name);
  writeFileSync(at('conf'), configuration(variant, log.file, sink.url));
  const files = ['--persist-file', at('persist'), '--pidfile', at('pid'), '--control', at('ctl')];
  const result = await checkedRun(`syslog-ng ${variant}`, sink, log.events - log.eventsSplit, () =>
    start('syslog-ng', ['--no-caps', '-F', '-f', at('conf'), ...files], at('log')),
  );
  rmSync(dir, { recursive: true });
  return result;
}

/** The installed version; an error that says what to install where there is none. */
export function syslogNgVersion(): string {
  try {
    const text = execFileSync('syslog-ng', ['--version'], { encoding: 'utf8' });
    return /Installer-Version: (\S+)/.exec(text)?.[1] ?? 'unknown';
  } catch (cause) {
    throw new Error('syslog-ng is needed: apt-get install syslog-ng-core syslog-ng-mod-http', { cause });
  }
}
