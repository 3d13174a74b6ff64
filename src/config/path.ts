/** A place in the configuration: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** The path as people write it: `destinations.siem.url`, `rules[2].name`, `destinations["on call"].to`. */
export function formatPath(path: Path): string {
  let out = '';
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${JSON.stringify(step)}]`;
  }
  return out;
}

/** One text per path, for maps. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}
