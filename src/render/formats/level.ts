import type { Severity } from '../../core/delivery.ts';

/** A severity on the scale from 0 to 10 that CEF, LEEF and ECS share: low, medium, high. */
export const scaleOf: { readonly [severity in Severity]: number } = { notice: 3, warning: 6, alert: 8 };

/** Rules of these severities are detections; `notice` is what forwards everything. */
export function isDetection(severity: Severity): boolean {
  return severity !== 'notice';
}
