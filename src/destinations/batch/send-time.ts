/** Which times a service takes, seen from now. */
export interface TimeWindow {
  readonly pastMsMax: number;
  readonly futureMsMax: number;
}

/** The event's time where the service takes it, else the present: an event is never lost for the sake of its time, which is in its text too. */
export function sendTimeMs(atMs: number, nowMs: number, { pastMsMax, futureMsMax }: TimeWindow): number {
  const ms = Math.trunc(atMs);
  return ms >= Math.max(0, nowMs - pastMsMax) && ms <= nowMs + futureMsMax ? ms : nowMs;
}
