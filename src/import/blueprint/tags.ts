/** The tags of authentik's blueprints and what they may stand before. */
export const tagForms = {
  '!KeyOf': 'text',
  '!Find': 'list',
  '!FindObject': 'list',
  '!Context': 'text or list',
  '!Env': 'text or list',
  '!File': 'text or list',
  '!Format': 'list',
  '!If': 'list',
  '!Condition': 'list',
  '!Enumerate': 'list',
  '!Index': 'text',
  '!Value': 'text',
  '!AtIndex': 'list',
  '!ParseJSON': 'text',
} as const;

export type TagName = keyof typeof tagForms;

export function isTagName(tag: string): tag is TagName {
  return Object.hasOwn(tagForms, tag);
}
