// From what was seen on the way to findings.
import type { ChangedPath, Finding } from '../../src/plugin-api.ts';
import { howItEnded, type Ran } from './database.ts';
import type { NewMigration } from './files.ts';
import type { manifest } from './manifest.ts';
import { differenceWords, type RowDifference, rowDifferences } from './row-diff.ts';
import { changeLine, type SchemaChange, schemaChanges } from './schema-diff.ts';
import type { Stairway } from './stairway.ts';
import type { DatabaseState } from './state.ts';

export type MigrationFinding = Finding<keyof (typeof manifest)['findings'] & string>;

export interface Judging {
  readonly way: Stairway;
  readonly added: readonly NewMigration[];
  readonly leave: readonly string[];
  readonly up: string;
  readonly down: string;
  readonly allowDataLoss: string | undefined;
}

/** With one new migration a finding can point to its file. */
function place(added: readonly NewMigration[], half: 'up' | 'down'): Pick<MigrationFinding, 'location'> {
  const [only, ...others] = added;
  return only === undefined || others.length > 0 ? {} : { location: { file: only[half] } };
}

export const appliedChanged = (touched: readonly ChangedPath[]): readonly MigrationFinding[] =>
  touched.map(({ path, status }) => ({
    code: 'migration/applied-changed',
    severity: 'error',
    subject: path,
    message: `The migration ${path} is in base already and was ${status}; databases that have applied it will never see this.`,
    location: { file: path },
    hint: 'Put it back as it was and write a new migration.',
  }));

export const noDown = (
  o: Pick<Judging, 'added'> & { readonly why: string; readonly hint: string; readonly evidence?: string },
): MigrationFinding => ({
  code: 'migration/no-down',
  severity: 'error',
  subject: 'down',
  message: `There is no way back: ${o.why}.`,
  hint: o.hint,
  ...place(o.added, 'down'),
  ...(o.evidence === undefined ? {} : { evidence: o.evidence }),
});

export const upFailed = (
  o: Pick<Judging, 'added' | 'up'> & { readonly ran: Ran; readonly onlyExtreme: boolean },
): MigrationFinding => ({
  code: o.onlyExtreme ? 'migration/up-extreme' : 'migration/up-failed',
  severity: o.onlyExtreme ? 'warning' : 'error',
  subject: 'up',
  message: o.onlyExtreme
    ? `\`${o.up}\` ended with ${howItEnded(o.ran)} on the largest and smallest values that the schema allows; it works on everyday values.`
    : `\`${o.up}\` ended with ${howItEnded(o.ran)} on a database in the state of base, with its seed and canary rows; 0 was expected.`,
  hint: o.onlyExtreme
    ? 'Make it work on such rows, or constrain the column first.'
    : 'It must work on a database that holds data: NULLs, long and Unicode text, rows that reference each other.',
  evidence: o.ran.evidence,
  repro: o.up,
  ...place(o.added, 'up'),
});

export function sameState(a: DatabaseState, b: DatabaseState, leave: readonly string[]): boolean {
  const options = { leave, tolerateVolatile: true };
  return (
    schemaChanges(a.catalogue, b.catalogue).length === 0 &&
    rowDifferences(a, b, options).length === 0 &&
    rowDifferences(b, a, options).length === 0
  );
}

/** Findings of a way on which the first up worked. */
export function judgeWay(o: Judging): readonly MigrationFinding[] {
  const { way, added, leave } = o;
  if (way.upped === undefined) return [];
  const findings: MigrationFinding[] = [];
  if (added.length > 0 && sameState(way.before, way.upped, leave)) {
    findings.push({
      code: 'migration/no-effect',
      severity: 'error',
      subject: 'up',
      message: `\`${o.up}\` succeeded and changed neither the schema nor a row, although ${names(added)} ${added.length === 1 ? 'is' : 'are'} new.`,
      hint: 'Is the file where the migration tool looks, and named as it expects? If it only changes rows, seed a row that it changes.',
      evidence: way.up.evidence,
      ...place(added, 'up'),
    });
    return findings;
  }
  findings.push(...upLosses(o, way.upped));
  const failed = way.downs.find(({ ok }) => !ok);
  if (failed !== undefined) {
    findings.push({
      code: 'migration/down-failed',
      severity: 'error',
      subject: 'down',
      message: `\`${o.down}\` ended with ${howItEnded(failed)} after ${way.downs.length - 1} of the new migrations were taken back; 0 was expected.`,
      hint: 'Run up and then down on a database that holds data.',
      evidence: failed.evidence,
      repro: `${o.up} && ${o.down}`,
      ...place(added, 'down'),
    });
  }
  if (way.downed !== undefined) findings.push(...judgeDown(o, { upped: way.upped, downed: way.downed }));
  return findings;
}

const names = (added: readonly NewMigration[]): string => added.map(({ name }) => name).join(', ');
const subjectOf = (difference: RowDifference): string =>
  `${difference.table}${difference.column === undefined ? '' : `.${difference.column}`} ${difference.kind}`;

/**
 * What up itself took away. Dropping a table or column can be the purpose, and where down brings its values back they were not lost but
 * moved; losing rows of a table that stays cannot be one.
 */
function upLosses(o: Judging, upped: DatabaseState): readonly MigrationFinding[] {
  const options = { leave: o.leave, tolerateVolatile: false };
  const { before, downed } = o.way;
  const moved = downed !== undefined && rowDifferences(before, downed, options).every(({ kind }) => kind === 'rows-new');
  return rowDifferences(before, upped, options)
    .filter(({ kind }) => kind !== 'rows-new' && !(moved && (kind === 'column-gone' || kind === 'table-gone')))
    .map((difference) => ({
      code: 'migration/up-loses-data',
      severity: difference.kind === 'rows-gone' && o.allowDataLoss === undefined ? 'error' : 'warning',
      subject: subjectOf(difference),
      message: `After up the table ${difference.table} ${differenceWords(difference)}.${allowed(o)}`,
      hint: 'Keep the rows; move their values before what held them goes.',
      ...place(o.added, 'up'),
    }));
}

const allowed = (o: Judging): string => (o.allowDataLoss === undefined ? '' : ` Allowed: ${o.allowDataLoss}`);

function judgeDown(
  o: Judging,
  states: { readonly upped: DatabaseState; readonly downed: DatabaseState },
): readonly MigrationFinding[] {
  const { way, added, leave } = o;
  const { upped, downed } = states;
  if (sameState(upped, downed, leave)) {
    const hint = 'Write the statements that take back what up does.';
    return [
      noDown({ added, why: `\`${o.down}\` succeeded and changed nothing`, hint, evidence: way.downs.at(-1)?.evidence ?? '' }),
    ];
  }
  const schema = schemaChanges(way.before.catalogue, downed.catalogue);
  const rows = rowDifferences(way.before, downed, { leave, tolerateVolatile: false });
  return [
    ...schema.map((change) => downSchema(o, change)),
    ...rows.map((difference) => downRows(o, difference)),
    ...secondUp(o, { upped, schemaDiffers: schema.length > 0, rowsDiffer: rows.length > 0 }),
  ];
}

const downSchema = (o: Judging, change: SchemaChange): MigrationFinding => ({
  code: 'migration/down-schema',
  severity: 'error',
  subject: `${change.kind} ${change.name}`,
  message: `After down the schema is not what it was before up: ${changeLine(change)}.`,
  hint:
    change.before === undefined
      ? `Let down drop the ${change.kind} ${change.name}.`
      : `Let down bring back the ${change.kind} ${change.name} as it was.`,
  evidence: `before up: ${change.before ?? '(not there)'}\nafter down: ${change.after ?? '(not there)'}`,
  repro: `${o.up} && ${o.down}`,
  ...place(o.added, 'down'),
});

function downRows(o: Judging, difference: RowDifference): MigrationFinding {
  const leaves = difference.kind === 'rows-new';
  return {
    code: leaves ? 'migration/down-leaves-data' : 'migration/down-loses-data',
    severity: leaves || o.allowDataLoss !== undefined ? 'warning' : 'error',
    subject: subjectOf(difference),
    message: `After down the table ${difference.table} ${differenceWords(difference)}; it must hold what it held before up.${leaves ? '' : allowed(o)}`,
    hint: leaves
      ? 'Let down remove the rows that up adds.'
      : 'Keep the old values until down can no longer be wanted: rename or copy in place of drop, and let down copy them back.',
    repro: `${o.up} && ${o.down}`,
    ...place(o.added, 'down'),
  };
}

/** A second up on a database that down left different is different for that reason, which is reported already. */
function secondUp(
  o: Judging,
  before: { readonly upped: DatabaseState; readonly schemaDiffers: boolean; readonly rowsDiffer: boolean },
): readonly MigrationFinding[] {
  const { way, added, leave } = o;
  if (way.again === undefined) return [];
  const about = { severity: 'error', repro: `${o.up} && ${o.down} && ${o.up}`, ...place(added, 'down') } as const;
  if (!way.again.ok || way.uppedAgain === undefined) {
    const message = `The second \`${o.up}\`, after down, ended with ${howItEnded(way.again)}; the first one worked.`;
    const hint = 'Down leaves something behind that up runs into, or takes back more than up made.';
    return [{ code: 'migration/up-again', subject: 'up', message, hint, evidence: way.again.evidence, ...about }];
  }
  const schema = before.schemaDiffers ? [] : schemaChanges(before.upped.catalogue, way.uppedAgain.catalogue);
  const rows = before.rowsDiffer ? [] : rowDifferences(before.upped, way.uppedAgain, { leave, tolerateVolatile: true });
  const hint = 'Up must give the same result whenever it runs on the same state.';
  return [
    ...schema.map((change): MigrationFinding => {
      const message = `The second up, after down, gives another schema than the first: ${changeLine(change)}.`;
      return { code: 'migration/up-again', subject: `${change.kind} ${change.name}`, message, hint, ...about };
    }),
    ...rows.map((difference): MigrationFinding => {
      const message = `After the second up the table ${difference.table} ${differenceWords(difference)}, compared with the first up.`;
      return { code: 'migration/up-again', subject: subjectOf(difference), message, hint, ...about };
    }),
  ];
}
