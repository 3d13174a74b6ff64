/** A class of OCSF with its activities in OCSF's own words; 0 and 99 are `Unknown` and `Other` everywhere. */
interface OcsfClass {
  readonly name: string;
  readonly category: number;
  readonly activities: { readonly [id: number]: string };
  /** The class has the attributes `src_endpoint` and `http_request`. */
  readonly request: boolean;
}

/** The classes of OCSF 1.8.0 that authentik's events map to. */
export const ocsfClasses = {
  0: { name: 'Base Event', category: 0, request: false, activities: {} },
  1006: { name: 'Scheduled Job Activity', category: 1, request: false, activities: { 6: 'Start' } },
  2004: { name: 'Detection Finding', category: 2, request: false, activities: { 1: 'Create' } },
  3001: {
    name: 'Account Change',
    category: 3,
    request: true,
    activities: {
      1: 'Create',
      2: 'Enable',
      3: 'Password Change',
      4: 'Password Reset',
      5: 'Disable',
      6: 'Delete',
      10: 'MFA Factor Enable',
      11: 'MFA Factor Disable',
    },
  },
  3002: {
    name: 'Authentication',
    category: 3,
    request: true,
    activities: { 1: 'Logon', 2: 'Logoff', 4: 'Service Ticket Request', 6: 'Preauth', 7: 'Account Switch' },
  },
  3003: { name: 'Authorize Session', category: 3, request: true, activities: { 1: 'Assign Privileges' } },
  3004: {
    name: 'Entity Management',
    category: 3,
    request: true,
    activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 6: 'Enroll' },
  },
  3005: {
    name: 'User Access Management',
    category: 3,
    request: true,
    activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
  },
  3006: {
    name: 'Group Management',
    category: 3,
    request: true,
    activities: { 3: 'Add User', 4: 'Remove User', 5: 'Delete', 6: 'Create' },
  },
  4009: { name: 'Email Activity', category: 4, request: false, activities: { 1: 'Send' } },
  6001: { name: 'Web Resources Activity', category: 6, request: true, activities: { 7: 'Export' } },
  6008: { name: 'Application Error', category: 6, request: false, activities: { 1: 'General Error' } },
} as const satisfies { readonly [uid: number]: OcsfClass };
export type ClassUid = keyof typeof ocsfClasses;

export const ocsfCategories: { readonly [uid: number]: string } = {
  0: 'Uncategorized',
  1: 'System Activity',
  2: 'Findings',
  3: 'Identity & Access Management',
  4: 'Network Activity',
  6: 'Application Activity',
};

/** The class by its number, in the general type. */
export function ocsfClass(uid: ClassUid): OcsfClass {
  return ocsfClasses[uid];
}
