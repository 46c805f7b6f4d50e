// Applies statements to the model, in order.
import type { AlterEnumStmt, CreateTableAsStmt, Node, VariableSetStmt, ViewStmt } from 'libpg-query';
import type { Model, Unclear } from '../../model.ts';
import { alterTable } from './alter.ts';
import { createIndex, createTable } from './create.ts';
import { stringsIn, visit } from './expression.ts';
import { qualified, relationName } from './names.ts';
import { opaque, others } from './others.ts';
import { drop, moveToSchema, rename } from './rename-drop.ts';
import type { Statement } from './sql.ts';
import type { Step } from './step.ts';

export interface Applied {
  readonly does: readonly string[];
  readonly notUnderstood: readonly Unclear[];
}

export function applyAll(model: Model, file: string, statements: readonly Statement[]): Applied {
  const does: string[] = [];
  const notUnderstood: Unclear[] = [];
  for (const statement of statements) {
    apply({
      ...statement,
      model,
      file,
      does: (what) => void does.push(what),
      unknown: (why) => void notUnderstood.push({ file, line: statement.line, what: statement.excerpt, why }),
    });
  }
  return { does, notUnderstood };
}

function apply(step: Step) {
  const { node, model } = step;
  if ('CreateStmt' in node) return createTable(step, node.CreateStmt);
  if ('AlterTableStmt' in node) return alterTable(step, node.AlterTableStmt);
  if ('IndexStmt' in node) return createIndex(step, node.IndexStmt);
  if ('RenameStmt' in node) return rename(step, node.RenameStmt);
  if ('DropStmt' in node) return drop(step, node.DropStmt);
  if ('AlterObjectSchemaStmt' in node) return moveToSchema(step, node.AlterObjectSchemaStmt);
  if ('ViewStmt' in node) return createView(step, node.ViewStmt);
  if ('CreateTableAsStmt' in node) return createFromQuery(step, node.CreateTableAsStmt);
  if ('VariableSetStmt' in node) return setVariable(step, node.VariableSetStmt);
  if ('AlterEnumStmt' in node) return alterEnum(step, node.AlterEnumStmt);
  if ('CreateEnumStmt' in node) {
    const name = qualified(model, stringsIn(node.CreateEnumStmt.typeName));
    model.enums.set(name, stringsIn(node.CreateEnumStmt.vals));
    return step.does(`creates enum ${name}`);
  }
  const kind = Object.keys(node)[0] ?? '';
  const known = others[kind];
  if (known === undefined) step.unknown(opaque[kind] ?? `statements of the kind ${kind} are not in the map`);
  else if (known !== '') step.does(`${known}${touched(step, node, kind)}`);
}

/** Of statements that change rows: the table. */
function touched(step: Step, node: Node, kind: string): string {
  const body = (
    node as unknown as Readonly<Record<string, { readonly relation?: Parameters<typeof relationName>[1] } | undefined>>
  )[kind];
  const words: Readonly<Record<string, string>> = {
    UpdateStmt: 'of',
    DeleteStmt: 'of',
    InsertStmt: 'into',
    MergeStmt: 'into',
    CreateTrigStmt: 'on',
  };
  const word = words[kind];
  return word === undefined || body?.relation === undefined ? '' : ` ${word} ${relationName(step.model, body.relation)}`;
}

function readsOf(model: Model, query: unknown): readonly string[] {
  const names = new Set<string>();
  const own = new Set<string>();
  visit(query, (kind, body) => {
    if (kind === 'RangeVar') names.add(relationName(model, body));
    if (kind === 'CommonTableExpr' && typeof body.ctename === 'string') own.add(body.ctename);
  });
  return [...names].filter((name) => !own.has(name)).sort();
}

function createView(step: Step, statement: ViewStmt) {
  if (statement.view === undefined) return;
  const name = relationName(step.model, statement.view);
  step.model.views.set(name, { name, materialized: false, reads: readsOf(step.model, statement.query) });
  step.does(`creates view ${name}`);
}

function createFromQuery(step: Step, statement: CreateTableAsStmt) {
  const relation = statement.into?.rel;
  if (relation === undefined) return;
  const name = relationName(step.model, relation);
  if (statement.objtype === 'OBJECT_MATVIEW') {
    step.model.views.set(name, { name, materialized: true, reads: readsOf(step.model, statement.query) });
    return step.does(`creates materialized view ${name}`);
  }
  step.unknown(`the columns of ${name} follow from a query; the table is not in the map`);
}

function setVariable(step: Step, statement: VariableSetStmt) {
  if (statement.name !== 'search_path') return;
  const first = statement.args?.[0];
  const schema = first !== undefined && 'A_Const' in first ? first.A_Const.sval?.sval : undefined;
  step.model.searchPath = schema === undefined || schema === '' || schema.includes('$') ? 'public' : schema;
}

function alterEnum(step: Step, statement: AlterEnumStmt) {
  const name = qualified(step.model, stringsIn(statement.typeName));
  const values = step.model.enums.get(name);
  if (values === undefined) return step.unknown(`no migration before this one makes the enum ${name}`);
  const { oldVal, newVal = '', newValNeighbor } = statement;
  if (oldVal !== undefined && oldVal !== '') {
    step.model.enums.set(
      name,
      values.map((value) => (value === oldVal ? newVal : value)),
    );
    return step.does(`renames value ${oldVal} of enum ${name} to ${newVal}`);
  }
  if (values.includes(newVal)) return;
  const at = newValNeighbor ? values.indexOf(newValNeighbor) + (statement.newValIsAfter === true ? 1 : 0) : values.length;
  step.model.enums.set(name, [...values.slice(0, at), newVal, ...values.slice(at)]);
  step.does(`adds value ${newVal} to enum ${name}`);
}
