/** Options of every source that reads the lines of a container log. */
export const lineOptions = {
  max_line: {
    type: 'string',
    format: 'size',
    default: '4MiB',
    description: 'Longer lines are counted and skipped to their end.',
  },
  invalid_identifier: {
    type: 'boolean',
    default: false,
    description:
      'Report logins with unknown user names, which authentik only logs, as events with the action `invalid_identifier`.',
  },
} as const;
