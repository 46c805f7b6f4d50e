// Constraints of tables and columns.
import type { Constraint } from 'libpg-query';
import type { Column, ForeignKey, Key, Table } from '../../model.ts';
import { freeName, plain } from '../../part-names.ts';
import { columnsOf, stringsIn } from './expression.ts';
import { relationName } from './names.ts';
import type { Step } from './step.ts';

const actions: Readonly<Record<string, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

/** `column`: whose definition the constraint is part of. */
export function constrain(step: Step, table: Table, o: { readonly constraint: Constraint; readonly column?: string }): Table {
  const { constraint, column } = o;
  const own = column === undefined ? undefined : [column];
  const named = (columns: readonly string[], label: string) =>
    constraint.conname || freeName({ model: step.model, table, columns, label });
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY': {
      const key = keyOf(step, table, { constraint, own, name: () => named([], 'pkey') });
      const columns = table.columns.map((one) => (key.columns.includes(one.name) ? { ...one, nullable: false } : one));
      return withoutIndex({ ...table, primaryKey: key, columns }, constraint);
    }
    case 'CONSTR_UNIQUE': {
      const key = keyOf(step, table, { constraint, own, name: (columns) => named(columns, 'key') });
      return withoutIndex({ ...table, uniques: [...table.uniques, key] }, constraint);
    }
    case 'CONSTR_FOREIGN':
      return { ...table, foreignKeys: [...table.foreignKeys, foreignKeyOf(step, table, { constraint, own, named })] };
    case 'CONSTR_CHECK': {
      const columns = columnsOf(constraint.raw_expr);
      const name = named(columns.length === 1 ? columns : own !== undefined && columns.length === 0 ? own : [], 'check');
      const [expression = ''] = step.sql.parts(step.sql.indexAt(constraint.location ?? 0));
      return { ...table, checks: [...table.checks, { name, columns, expression }] };
    }
    case 'CONSTR_EXCLUSION':
      step.unknown('exclusion constraints are not in the map');
      return table;
    case 'CONSTR_NOTNULL': {
      const columns = own ?? stringsIn(constraint.keys);
      return { ...table, columns: table.columns.map((one) => (columns.includes(one.name) ? { ...one, nullable: false } : one)) };
    }
    default:
      return column === undefined
        ? table
        : { ...table, columns: table.columns.map((one) => (one.name === column ? shaped(step, one, constraint) : one)) };
  }
}

/** A column with its default, its identity or the expression that it is computed from. */
function shaped(step: Step, column: Column, constraint: Constraint): Column {
  const at = step.sql.indexAt(constraint.location ?? 0);
  switch (constraint.contype) {
    case 'CONSTR_DEFAULT':
      return { ...column, default: step.sql.clause(skipName(step, at) + 1, nextConstraint(step, at)) };
    case 'CONSTR_IDENTITY':
      return {
        ...column,
        nullable: false,
        generated: `${constraint.generated_when === 'd' ? 'by default' : 'always'} as identity`,
      };
    case 'CONSTR_GENERATED':
      return { ...column, generated: step.sql.parts(at)[0] ?? '' };
    default:
      return column;
  }
}
/** `CONSTRAINT name` may stand before any constraint of a column. */
const skipName = (step: Step, at: number): number => (/^constraint$/i.test(step.sql.tokens[at]?.text ?? '') ? at + 2 : at);

/** Where the next constraint of the same column begins: a reserved word outside parentheses that no default can hold. */
function nextConstraint(step: Step, at: number): number {
  let depth = 0;
  const words = /^(not|null|check|unique|primary|references|constraint|generated|collate|deferrable|initially)$/i;
  const first = skipName(step, at) + 1;
  for (let n = first; n < step.sql.tokens.length; n++) {
    const token = step.sql.tokens[n];
    if (token === undefined) break;
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (depth < 0) break;
    if (n > first && depth === 0 && words.test(token.text) && token.tokenName !== 'SCONST') return token.start;
  }
  return Number.POSITIVE_INFINITY;
}

function keyOf(
  step: Step,
  table: Table,
  o: {
    readonly constraint: Constraint;
    readonly own: readonly string[] | undefined;
    readonly name: (columns: readonly string[]) => string;
  },
): Key {
  const index = table.indexes.find(({ name }) => name === o.constraint.indexname);
  if (o.constraint.indexname && index === undefined)
    step.unknown(`no migration before this one makes the index ${o.constraint.indexname}`);
  const columns = index?.columns ?? o.own ?? stringsIn(o.constraint.keys);
  return { name: o.constraint.conname || index?.name || o.name(columns), columns };
}
/** `USING INDEX` turns an index into a constraint. */
const withoutIndex = (table: Table, { indexname }: Constraint): Table =>
  indexname ? { ...table, indexes: table.indexes.filter(({ name }) => name !== indexname) } : table;

function foreignKeyOf(
  step: Step,
  table: Table,
  o: {
    readonly constraint: Constraint;
    readonly own: readonly string[] | undefined;
    readonly named: (columns: readonly string[], label: string) => string;
  },
): ForeignKey {
  const { constraint } = o;
  const columns = o.own ?? stringsIn(constraint.fk_attrs);
  const target = constraint.pktable === undefined ? '' : relationName(step.model, constraint.pktable);
  const pointedTo = target === table.name ? table : step.model.tables.get(target);
  if (pointedTo === undefined)
    step.unknown(`no migration before this one makes the table ${target} that ${plain(table.name)} refers to`);
  const written = stringsIn(constraint.pk_attrs);
  return {
    name: o.named(columns, 'fkey'),
    columns,
    table: target,
    references: written.length > 0 ? written : (pointedTo?.primaryKey?.columns ?? []),
    onDelete: actions[constraint.fk_del_action ?? 'a'] ?? 'no action',
    onUpdate: actions[constraint.fk_upd_action ?? 'a'] ?? 'no action',
  };
}
