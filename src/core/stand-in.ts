/** What stands for a value that a destination must not see at all. */
export const hiddenMark = '[hidden]';

/** A pseudonym: what it is, four digits of its key, 64 bits of its value. */
export const pseudonymForm = /^(user|mail|ip|net|value)-([0-9a-f]{4})-([0-9a-f]{16})$/;

/** True for what stands in the place of a name or an address in what a destination sees: authentik knows nothing by it. */
export function isStandIn(text: string): boolean {
  return text === hiddenMark || pseudonymForm.test(text) || /^[0-9a-f.:]+\/\d+$/.test(text);
}
