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
