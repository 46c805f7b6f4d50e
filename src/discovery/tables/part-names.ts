// Names that PostgreSQL gives to what has none: ChooseIndexName and ChooseConstraintName in src/backend/commands/indexcmds.c and
// pg_constraint.c, both over makeObjectName.
import type { Model, Table } from './model.ts';

export const plain = (name: string): string => name.split('.').at(-1) ?? name;

const longest = 63;
/** The longer of the two parts is cut until all fits. */
function objectName(table: string, columns: string, label: string): string {
  let [first, second] = [table, columns];
  const rest = label.length + 1 + (second === '' ? 0 : 1);
  while (first.length + second.length + rest > longest) {
    if (first.length > second.length) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return [first, ...(second === '' ? [] : [second]), label].join('_');
}

function takenNames(model: Model): ReadonlySet<string> {
  const names = new Set<string>();
  for (const table of model.tables.values()) for (const name of namesOf(table)) names.add(name);
  return names;
}
export function namesOf(table: Table): readonly string[] {
  return [
    ...(table.primaryKey === null ? [] : [table.primaryKey]),
    ...table.uniques,
    ...table.foreignKeys,
    ...table.checks,
    ...table.indexes,
  ].map(({ name }) => name);
}

export function freeName(o: {
  readonly model: Model;
  readonly table: Table;
  readonly columns: readonly string[];
  readonly label: string;
}): string {
  const taken = new Set([...takenNames(o.model), ...namesOf(o.table)]);
  for (let n = 0; ; n++) {
    const name = objectName(plain(o.table.name), o.columns.join('_'), n === 0 ? o.label : `${o.label}${n}`);
    if (!taken.has(name)) return name;
  }
}
