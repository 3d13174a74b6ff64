/** JSON with everything beyond printable ASCII as escapes: the same value, and no byte that a receiver could take amiss. */
export function asciiJson(json: string): string {
  // What is below U+0020 is escaped in any JSON.
  return plain.test(json) ? json : json.replaceAll(beyond, escape);
}

const plain = /^[\x20-\x7e]*$/;
const beyond = /[^\x20-\x7e]/g;

/** One UTF-16 unit at a time, as JSON has it. */
function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
