// RENAME, DROP, SET SCHEMA.
import type { AlterObjectSchemaStmt, DropStmt, RenameStmt } from 'libpg-query';
import type { Table } from '../../model.ts';
import { plain } from '../../part-names.ts';
import { dropIndex, dropTable, renameColumn, renameTable, renameType } from '../../upkeep.ts';
import { listedName, qualified, relationName } from './names.ts';
import { type Step, tableOf } from './step.ts';

const inSchemaOf = (name: string, to: string): string =>
  name.includes('.') ? `${name.slice(0, name.lastIndexOf('.'))}.${to}` : to;

export function rename(step: Step, statement: RenameStmt) {
  const { model } = step;
  const [from, to] = [statement.subname ?? '', statement.newname ?? ''];
  const relation = statement.relation === undefined ? '' : relationName(model, statement.relation);
  switch (statement.renameType) {
    case 'OBJECT_COLUMN': {
      if (model.views.has(relation)) return step.does(`renames column ${relation}.${from} to ${to}`);
      const table = tableOf(step, relation, { missingOk: statement.missing_ok });
      if (table === undefined) return;
      renameColumn(model, table, { from, to });
      return step.does(`renames column ${relation}.${from} to ${to}`);
    }
    case 'OBJECT_TABLE': {
      const table = tableOf(step, relation, { missingOk: statement.missing_ok });
      if (table === undefined) return;
      renameTable(model, table, inSchemaOf(relation, to));
      return step.does(`renames table ${relation} to ${to}`);
    }
    case 'OBJECT_TABCONSTRAINT': {
      const table = tableOf(step, relation, { missingOk: statement.missing_ok });
      if (table === undefined) return;
      model.tables.set(relation, renamedKeys(table, from, to));
      return step.does(`renames constraint ${from} of ${relation} to ${to}`);
    }
    case 'OBJECT_INDEX': {
      for (const table of model.tables.values()) model.tables.set(table.name, renamedKeys(table, plain(relation), to));
      return step.does(`renames index ${relation} to ${to}`);
    }
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW': {
      const view = model.views.get(relation);
      if (view === undefined) return step.unknown(`no migration before this one makes the view ${relation}`);
      model.views.delete(relation);
      model.views.set(inSchemaOf(relation, to), { ...view, name: inSchemaOf(relation, to) });
      return step.does(`renames view ${relation} to ${to}`);
    }
    case 'OBJECT_TYPE': {
      const name = listedName(model, statement.object);
      renameType(model, name, inSchemaOf(name, to));
      return step.does(`renames type ${name} to ${to}`);
    }
    case 'OBJECT_SCHEMA':
      return step.unknown('renaming a schema is not in the map');
    default:
      return step.does(`renames ${kindOf(statement.renameType)} to ${to}`);
  }
}

const kindOf = (type: string | undefined): string =>
  (type ?? '')
    .replace(/^OBJECT_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');

/** Constraints and indexes share names: a key is renamed under either. */
function renamedKeys(table: Table, from: string, to: string): Table {
  const all = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
    items.map((one) => (one.name === from ? { ...one, name: to } : one));
  return {
    ...table,
    primaryKey: table.primaryKey?.name === from ? { ...table.primaryKey, name: to } : table.primaryKey,
    uniques: all(table.uniques),
    foreignKeys: all(table.foreignKeys),
    checks: all(table.checks),
    indexes: all(table.indexes),
  };
}

export function drop(step: Step, statement: DropStmt) {
  const { model } = step;
  for (const object of statement.objects ?? []) {
    const name = listedName(model, object);
    const missing = (what: string): void => {
      if (statement.missing_ok !== true) step.unknown(`no migration before this one makes the ${what} ${name}`);
    };
    const kind = kindOf(statement.removeType);
    switch (statement.removeType) {
      case 'OBJECT_TABLE':
        if (!model.tables.has(name)) missing(kind);
        else {
          dropTable(model, name);
          step.does(`drops table ${name}`);
        }
        break;
      case 'OBJECT_INDEX':
        if (dropIndex(model, plain(name))) step.does(`drops index ${name}`);
        else missing(kind);
        break;
      case 'OBJECT_VIEW':
      case 'OBJECT_MATVIEW':
        if (model.views.delete(name)) step.does(`drops view ${name}`);
        else missing('view');
        break;
      case 'OBJECT_TYPE':
        if (model.enums.delete(name)) step.does(`drops type ${name}`);
        else step.does(`drops type ${name}`);
        break;
      case 'OBJECT_SCHEMA': {
        const schema = plain(name);
        const inside = (full: string): boolean => (schema === 'public' ? !full.includes('.') : full.startsWith(`${schema}.`));
        for (const table of [...model.tables.keys()].filter(inside)) dropTable(model, table);
        for (const view of [...model.views.keys()].filter(inside)) model.views.delete(view);
        for (const type of [...model.enums.keys()].filter(inside)) model.enums.delete(type);
        step.does(`drops schema ${schema}`);
        break;
      }
      default:
        step.does(`drops ${kind} ${name}`.trim());
    }
  }
}

export function moveToSchema(step: Step, statement: AlterObjectSchemaStmt) {
  const schema = statement.newschema ?? '';
  if (statement.objectType !== 'OBJECT_TABLE' || statement.relation === undefined)
    return step.unknown('SET SCHEMA of anything but a table is not in the map');
  const name = relationName(step.model, statement.relation);
  const table = tableOf(step, name, { missingOk: statement.missing_ok });
  if (table === undefined) return;
  renameTable(step.model, table, qualified(step.model, [schema, plain(name)]));
  step.does(`moves table ${name} to schema ${schema}`);
}
