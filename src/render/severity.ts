import { severities, type Severity } from '../core/delivery.ts';
import { unreachable } from '../core/errors.ts';

/** 0xRRGGBB: blue, amber, red; readable on light and dark grounds. */
export function severityColour(severity: Severity): number {
  switch (severity) {
    case 'notice':
      return 0x3b82c4;
    case 'warning':
      return 0xe0a100;
    case 'alert':
      return 0xd1242f;
    default:
      return unreachable(severity);
  }
}

/** `#3b82c4`. */
export function hexColour(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

/** The gravest of some severities; `notice` for none. */
export function gravest(of: readonly Severity[]): Severity {
  return severities.findLast((severity) => of.includes(severity)) ?? 'notice';
}
