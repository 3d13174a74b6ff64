import { terminalJson } from '../render/terminal.ts';

/**
 * What a destination writes to standard output, which may be a terminal. Formats for people and for lines have nothing that steers one;
 * in JSON it is escaped.
 */
export function writeEvents(text: string): Promise<void> {
  return writeOut(terminalJson(text));
}

/** A value as JSON on one line, which may be shown on a terminal. */
export function jsonLine(value: unknown): string {
  return `${terminalJson(JSON.stringify(value))}\n`;
}

/** Writes to standard output; resolves when it is taken. */
export function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

/** Standard output is a terminal whose user has not asked for plain text (no-color.org). */
export function showsColours(): boolean {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}
