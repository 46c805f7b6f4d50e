// CREATE TABLE and CREATE INDEX.
import type { ColumnDef, Constraint, CreateStmt, IndexStmt } from 'libpg-query';
import { emptyTable, plainColumn, type Table } from '../../model.ts';
import { freeName, plain } from '../../part-names.ts';
import { constrain } from './constraint.ts';
import { columnsOf, startOf } from './expression.ts';
import { relationName } from './names.ts';
import { type Step, tableOf } from './step.ts';
import { typeOf } from './type-name.ts';

const constraintsOf = (column: ColumnDef): readonly Constraint[] =>
  (column.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));

/** Adds a column, without the constraints that may point to other columns. */
function withColumn(step: Step, table: Table, column: ColumnDef): Table {
  const name = column.colname ?? '';
  const { type, serial } = typeOf(step.model, column.typeName);
  const made = {
    ...plainColumn(name, type, { file: step.file, line: step.line }),
    nullable: !serial,
    default: serial ? `nextval('${plain(table.name)}_${name}_seq')` : null,
    enum: step.model.enums.has(type) ? type : null,
  };
  return { ...table, columns: [...table.columns, made] };
}

export function addColumn(step: Step, table: Table, column: ColumnDef): Table {
  const added = withColumn(step, table, column);
  return byKind(constraintsOf(column)).reduce(
    (made, constraint) => constrain(step, made, { constraint, column: column.colname ?? '' }),
    added,
  );
}

/** Keys before what points to them. */
const byKind = (constraints: readonly Constraint[]): readonly Constraint[] => [
  ...constraints.filter(({ contype }) => contype !== 'CONSTR_FOREIGN'),
  ...constraints.filter(({ contype }) => contype === 'CONSTR_FOREIGN'),
];

export function createTable(step: Step, statement: CreateStmt): void {
  if (statement.relation === undefined) return;
  const name = relationName(step.model, statement.relation);
  if (step.model.tables.has(name)) {
    if (statement.if_not_exists !== true) step.unknown(`the table ${name} exists already`);
    return;
  }
  let table: Table = emptyTable(name, { file: step.file, line: step.line });
  for (const node of statement.inhRelations ?? []) {
    if (!('RangeVar' in node)) continue;
    const parent = tableOf(step, relationName(step.model, node.RangeVar));
    if (parent === undefined) continue;
    const partition = statement.partbound !== undefined;
    // A partition has its parent's constraints too, under names of its own that nobody writes.
    table = {
      ...table,
      columns: parent.columns,
      ...(partition ? { partitionOf: parent.name, primaryKey: parent.primaryKey } : {}),
    };
  }
  const later: { readonly constraint: Constraint; readonly column?: string }[] = [];
  for (const node of statement.tableElts ?? []) {
    if ('ColumnDef' in node) {
      const column = node.ColumnDef;
      table = withColumn(step, table, column);
      later.push(...constraintsOf(column).map((constraint) => ({ constraint, column: column.colname ?? '' })));
    } else if ('Constraint' in node) later.push({ constraint: node.Constraint });
    else if ('TableLikeClause' in node && node.TableLikeClause.relation !== undefined) {
      const like = tableOf(step, relationName(step.model, node.TableLikeClause.relation));
      table = {
        ...table,
        columns: [...table.columns, ...(like?.columns ?? []).map((one) => ({ ...one, default: null, generated: null }))],
      };
      step.unknown('of LIKE the columns are in the map, and not what INCLUDING adds');
    } else step.unknown('a part of CREATE TABLE is not in the map');
  }
  const foreign = ({ constraint }: { readonly constraint: Constraint }) => constraint.contype === 'CONSTR_FOREIGN';
  for (const one of [...later.filter((o) => !foreign(o)), ...later.filter(foreign)]) table = constrain(step, table, one);
  if (statement.ofTypename !== undefined) step.unknown('the columns of a table OF a type are not in the map');
  step.model.tables.set(name, table);
  const count = table.columns.length;
  step.does(`creates table ${name} (${count} ${count === 1 ? 'column' : 'columns'})`);
}

export function createIndex(step: Step, statement: IndexStmt): void {
  const table = statement.relation === undefined ? undefined : tableOf(step, relationName(step.model, statement.relation));
  if (table === undefined) return;
  const { sql } = step;
  const parts = sql.parts(sql.indexAt(statement.relation?.location ?? 0));
  const elements = (statement.indexParams ?? []).flatMap((node) => ('IndexElem' in node ? [node.IndexElem] : []));
  const labels = elements.map(({ name, expr }) => name || functionName(expr));
  const name = statement.idxname || freeName({ model: step.model, table, columns: labels, label: 'idx' });
  if (table.indexes.some((one) => one.name === name)) {
    if (statement.if_not_exists !== true) step.unknown(`the index ${name} exists already`);
    return;
  }
  const from = startOf(statement.whereClause);
  const columns = [
    ...elements.flatMap((one) => (one.name ? [one.name] : [])),
    ...columnsOf([elements.map(({ expr }) => expr), statement.whereClause]),
  ];
  const index = {
    name,
    parts: elements.map((one, n) => parts[n] || one.name || 'expression'),
    columns: [...new Set(columns)],
    unique: statement.unique === true,
    method: statement.accessMethod || 'btree',
    where: from === undefined ? null : whereText(step, from),
  };
  step.model.tables.set(table.name, { ...table, indexes: [...table.indexes, index] });
  step.does(`creates ${index.unique ? 'unique ' : ''}index ${name} on ${table.name} (${index.parts.join(', ')})`);
}

function functionName(expression: unknown): string {
  const call = expression as
    | { readonly FuncCall?: { readonly funcname?: readonly { readonly String?: { readonly sval?: string } }[] } }
    | undefined;
  return call?.FuncCall?.funcname?.at(-1)?.String?.sval ?? 'expr';
}

function whereText(step: Step, start: number): string {
  let at = step.sql.indexAt(start);
  while (at > 0 && step.sql.tokens[at - 1]?.text.toLowerCase() !== 'where') at--;
  return step.sql.clause(at);
}
