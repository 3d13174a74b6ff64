/**
 * What a line is. Every line read is counted under exactly one of these:
 * `event` and `lookalike` (authentik's "Created Event" and what resembles it), the other writers of the container log,
 * `plain` (no JSON), `unparsable` (broken JSON or a broken wrapper record), `oversized` (longer than `max_line`, skipped).
 */
export const families = [
  'event',
  'lookalike',
  'python',
  'access',
  'worker',
  'foreign',
  'boot',
  'go',
  'rust',
  'plain',
  'unparsable',
  'oversized',
] as const;

export type Family = (typeof families)[number];

/** Lines per family; a family that is missing counts none. */
export type FamilyCounts = { [F in Family]?: number };

/** Adds `more` into `total`. */
export function addCounts(total: FamilyCounts, more: FamilyCounts): void {
  for (const family of families) {
    const n = more[family];
    if (n !== undefined) total[family] = (total[family] ?? 0) + n;
  }
}
