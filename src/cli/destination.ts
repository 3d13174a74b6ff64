import type { Command } from 'commander';
import type { Config, DestinationConfig } from '../config/config.ts';
import { didYouMean } from '../core/suggest.ts';

/** The destination of that name; a name that there is none of is wrong usage, and the names that there are get listed. */
export function destinationNamed(name: string, config: Config, command: Command): DestinationConfig {
  const found = config.destinations.get(name);
  if (found !== undefined) return found;
  const names = [...config.destinations.keys()];
  const known = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
  return command.error(
    `error: no destination ${JSON.stringify(name)} in ${config.file}${didYouMean(name, names)}; ${known}`,
  );
}
