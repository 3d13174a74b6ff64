import { destinations } from '../../src/destinations/index.ts';
import { startService } from '../support/receivers/service.ts';

// A process of its own for the far end of one kind, so that it takes no time from the destination that is measured.

const kind = destinations.find(({ type }) => type === process.argv[2]);
const service = kind && (await startService(kind));
if (service === undefined) throw new Error(`no service for ${process.argv[2]}`);
process.send?.(service.options);
process.once('disconnect', () => process.exit());
