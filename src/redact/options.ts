import { RE2JS } from 're2js';
import type { Infer, ObjectSchema } from '../core/schema.ts';
import { pseudonymizeSchema } from './view/options.ts';

/** The `redact` section of the configuration. */
export const redactSchema = {
  type: 'object',
  description: 'What is taken out of events in addition to what authentik itself masks and to the built-in detectors.',
  properties: {
    keys: {
      type: 'array',
      items: { type: 'string', minLength: 2, maxLength: 64 },
      default: [],
      description:
        'Names whose values are secret, added to the built-in ones. Found anywhere in a key, on every level, ignoring case.',
    },
    patterns: {
      type: 'array',
      items: { type: 'string', format: 're2', minLength: 1, maxLength: 1000 },
      default: [],
      description: 'Linear-time regular expressions (RE2) whose matches are taken out of every text.',
    },
    email_bodies: {
      type: 'string',
      enum: ['drop', 'keep'],
      default: 'drop',
      description:
        'Bodies of sent mails hold recovery links and one-time codes. `keep` still takes out what the detectors find.',
    },
    pseudonymize: pseudonymizeSchema,
    unknown_usernames: {
      type: 'string',
      enum: ['drop', 'keep'],
      default: 'drop',
      description:
        'Names of failed logins that no user has are often passwords typed into the wrong field. `keep` shows them as they were typed.',
    },
  },
} as const satisfies ObjectSchema;

/** The section as loaded. */
export type RedactConfig = Infer<typeof redactSchema>;

/** An example of the section, in the words of the configuration file. */
export const redactExample = {
  keys: ['employee_number'],
  patterns: ['\\bEMP-\\d{6}\\b'],
  email_bodies: 'drop',
};

export interface RedactOptions {
  /** Added to the built-in names; substrings ignoring case, on every level. */
  readonly keys: readonly string[];
  /** Linear-time regular expressions (RE2) whose matches go. */
  readonly patterns: readonly string[];
  readonly emailBodies: 'drop' | 'keep';
  /** Names of failed logins that no user has. Default: drop. */
  readonly unknownUsernames?: 'drop' | 'keep';
}

/** The options that a loaded `redact` section means. */
export function redactOptions(config: RedactConfig): RedactOptions {
  return {
    keys: config.keys,
    patterns: config.patterns,
    emailBodies: config.email_bodies,
    unknownUsernames: config.unknown_usernames,
  };
}

/** What is wrong with the options that a schema cannot see; `path` is relative to the section. */
export function checkRedactOptions(
  options: Pick<RedactOptions, 'patterns'>,
): readonly { readonly path: (string | number)[]; readonly message: string }[] {
  return options.patterns.flatMap((pattern, i) => {
    const compiled = compilePattern(pattern);
    return typeof compiled === 'string' ? [{ path: ['patterns', i], message: compiled }] : [];
  });
}

/** The compiled pattern, or in words why there is none. */
export function compilePattern(pattern: string): RE2JS | string {
  try {
    const compiled = RE2JS.compile(pattern);
    return compiled.matcher('').find() ? 'the pattern matches the empty text, so it would match everywhere' : compiled;
  } catch (error) {
    return `not a linear-time regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}
