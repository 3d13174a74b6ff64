/** A name that the configuration takes and that is not taken yet; it is then. Rules have 100 characters for it. */
export function uniqueName(wanted: string, taken: Set<string>, lengthMax = 100): string {
  const plain = wanted.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim() || 'unnamed';
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` (${number})`;
    const name =
      Array.from(plain)
        .slice(0, lengthMax - suffix.length)
        .join('') + suffix;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
