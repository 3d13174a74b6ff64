import type { Members } from './compact.ts';
import type { ClassUid } from './ocsf-captions.ts';

/** What an event is in OCSF: its class, what was done, and the attributes that only this class has. */
export interface Activity {
  readonly classUid: ClassUid;
  readonly activity: number;
  /** The activity in words where OCSF has none (99). */
  readonly name?: string;
  readonly status?: 'success' | 'failure';
  readonly fields?: Members;
}
