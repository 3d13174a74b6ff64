import { encryptedVariable } from '../records.ts';

// The tests of the journal once more, with every journal encrypted: it must make no difference to anybody.
process.env[encryptedVariable] = '1';
for (const name of ['append', 'delivery', 'rule-log', 'corrupt', 'model', 'crash']) await import(`../${name}.test.ts`);
