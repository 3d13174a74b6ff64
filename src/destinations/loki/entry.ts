import type { Delivery } from '../../core/delivery.ts';
import { cut } from '../../render/cut.ts';
import { compact } from '../../render/formats/compact.ts';
import type { Format } from '../../render/formats/format.ts';
import { jsonText } from '../../render/formats/json-text.ts';
import { clientAddress, rolesOf } from '../../render/formats/subject.ts';
import { createItem, joinItems, type Item } from '../item.ts';
import { sendTimeMs } from '../batch/send-time.ts';
import type { DestinationDeps } from '../destination.ts';
import { eventText, eventTimeMs } from '../format.ts';
import { streamWriter, type EventLabel } from './labels.ts';

/** One line of a stream. */
export interface Entry extends Item {
  /** The labels as JSON. */
  readonly stream: string;
  readonly atMs: number;
}

export interface EntryOptions {
  readonly labels: { readonly [name: string]: string };
  readonly event_labels: readonly EventLabel[];
  readonly structured_metadata: boolean;
  readonly format: Format;
}

/** Loki's `creation_grace_period`. How old an entry may be is for Loki to say: it may well take it. */
const window = { pastMsMax: Infinity, futureMsMax: 600_000 };

/** Writes `["<nanoseconds>","<line>",{metadata}]`. */
export function entryWriter(options: EntryOptions, deps: DestinationDeps): (delivery: Delivery) => Entry {
  const { labels, event_labels: from, structured_metadata: metadata, format } = options;
  const streamOf = streamWriter(labels, from);
  return (delivery) => {
    const atMs = sendTimeMs(eventTimeMs(delivery), deps.clock.now(), window);
    const line = JSON.stringify(eventText(format, delivery, deps));
    const item = createItem([`["${atMs}000000",${line}${metadata ? `,${metadataOf(delivery)}` : ''}]`]);
    return { ...item, stream: streamOf(delivery), atMs };
  };
}

/** What to look for without parsing lines: flat texts. */
function metadataOf({ event, key }: Delivery): string {
  const { actor, target } = rolesOf(event);
  return jsonText(
    compact({
      event_id: event.id,
      delivery_key: key,
      action: short(event.action),
      user: short(actor?.name),
      user_id: short(actor?.id),
      target_user: short(target?.name),
      client_ip: clientAddress(event),
      application: short(event.application?.name),
      request_id: short(event.request_id),
    }) ?? {},
  );
}

/** All of an entry's metadata together may have 64 KB. */
function short(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : cut(text, 1024);
}

/** Streams with their entries in the order of time, which spares Loki the sorting. */
export function pushBody(entries: readonly Entry[]): Item {
  const streams = Map.groupBy(entries, ({ stream }) => stream);
  const bodies = [...streams].map(([stream, own]) => {
    const ordered = own.toSorted((a, b) => a.atMs - b.atMs);
    return joinItems(ordered, `{"stream":${stream},"values":[`, ',', ']}');
  });
  return joinItems(bodies, '{"streams":[', ',', ']}');
}
