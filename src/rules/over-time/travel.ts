import type { SafeEvent } from '../../core/event.ts';
import type { Scope } from '../../expression/expression.ts';
import { isoMillis } from '../../render/formats/time.ts';
import { city } from '../../render/place.ts';
import type { Condition, Observed } from './condition.ts';
import { byFacts, common } from './draft.ts';
import { recall, type By } from './key.ts';
import { Memory } from './memory.ts';
import { eventTitle, quote } from './title.ts';

export interface TravelOptions {
  readonly by: By;
  readonly speedKmhMax: number;
  /** Shorter distances prove nothing: places of addresses are off by as much. */
  readonly distanceKmMin: number;
}

/** Where somebody was last. */
type Place = readonly [at: number, lat: number, long: number, name: string];

/** Two logins of one person whose places lie further apart than anybody travels in that time. Events without a place do not count. */
export function createTravel({ by, speedKmhMax, distanceKmMin }: TravelOptions): Condition {
  const memory = new Memory<Place>();
  return {
    memory,
    observe,
    state: (scope) => `last in ${recall(memory, by, scope)?.[3] ?? 'no place'}`,
  };

  function observe(scope: Scope, atMs: number): Observed {
    const { event } = scope;
    const here = placeOf(event, atMs);
    const key = here === undefined ? undefined : by.keyOf(scope);
    if (here === undefined || key === undefined) return 'unmet';
    const before = memory.get(key.text);
    // An event that comes late is compared, too, but does not become the place where somebody was last.
    if (before === undefined || before[0] <= atMs) memory.set(key.text, here);
    if (before === undefined) return 'unmet';
    const km = distanceKm(before, here);
    const hours = Math.abs(atMs - before[0]) / 3_600_000;
    if (km < distanceKmMin || km <= speedKmhMax * hours) return 'unmet';
    const [from, to] = before[0] <= atMs ? [before, here] : [here, before];
    return {
      draft: {
        kind: 'travel',
        key: key.text,
        count: 2,
        first: from[0],
        last: to[0],
        facts: {
          by: byFacts(by, key.values),
          from: { place: from[3], at: isoMillis(from[0]) },
          to: { place: to[3], at: isoMillis(to[0]) },
          distance_km: Math.round(km),
          last_event: { id: event.id, ...quote(eventTitle(event)) },
        },
        ...common(by, event),
      },
    };
  }
}

function placeOf(event: SafeEvent, atMs: number): Place | undefined {
  const { lat, long } = event.geo ?? {};
  if (lat === undefined || long === undefined || Math.abs(lat) > 90 || Math.abs(long) > 180) return undefined;
  return [atMs, lat, long, city(event) ?? `${lat}, ${long}`];
}

const earthRadiusKm = 6371;

/** Along the surface, by the haversine formula. */
function distanceKm(a: Place, b: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const dLat = radians(b[1] - a[1]);
  const dLong = radians(b[2] - a[2]);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(dLong / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}
