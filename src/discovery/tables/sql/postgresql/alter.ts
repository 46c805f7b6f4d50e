// ALTER TABLE.
import type { AlterTableCmd, AlterTableStmt } from 'libpg-query';
import type { Column, Table } from '../../model.ts';
import { dropColumn, dropConstraint, relationsTo } from '../../upkeep.ts';
import { constrain } from './constraint.ts';
import { addColumn } from './create.ts';
import { startOf } from './expression.ts';
import { relationName } from './names.ts';
import { type Step, tableOf } from './step.ts';
import { typeOf } from './type-name.ts';

/** What leaves the map as it is: owners, storage, statistics, triggers, row security, validation. */
const noEffect =
  /^AT_(ChangeOwner|Set(Options|Statistics|Storage|Compression|RelOptions|Logged|UnLogged|TableSpace|AccessMethod)|Reset(Options|RelOptions)|ReplaceRelOptions|Enable|Disable|Force|NoForce|ValidateConstraint|AlterConstraint|ClusterOn|DropCluster|ReplicaIdentity|SetIdentity)/;

export function alterTable(step: Step, statement: AlterTableStmt) {
  if (statement.relation === undefined) return;
  if (statement.objtype !== 'OBJECT_TABLE') {
    if (statement.objtype === 'OBJECT_VIEW' || statement.objtype === 'OBJECT_MATVIEW')
      step.does(`alters view ${statement.relation.relname}`);
    else if (statement.objtype === 'OBJECT_INDEX' || statement.objtype === 'OBJECT_SEQUENCE')
      step.does('alters an index or a sequence');
    else step.unknown('ALTER of this kind of object is not in the map');
    return;
  }
  const name = relationName(step.model, statement.relation);
  let table = tableOf(step, name, { missingOk: statement.missing_ok });
  if (table === undefined) return;
  for (const node of statement.cmds ?? []) {
    if (!('AlterTableCmd' in node)) continue;
    table = altered(step, table, node.AlterTableCmd);
    step.model.tables.set(name, table);
  }
}

function altered(step: Step, table: Table, command: AlterTableCmd): Table {
  const name = command.name ?? '';
  const missing = !table.columns.some((one) => one.name === name);
  const column = (change: (column: Column) => Column, what: string): Table => {
    if (missing) step.unknown(`no migration before this one makes the column ${table.name}.${name}`);
    else step.does(what);
    return { ...table, columns: table.columns.map((one) => (one.name === name ? change(one) : one)) };
  };
  const definition = command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef : undefined;
  switch (command.subtype) {
    case 'AT_AddColumn': {
      if (definition === undefined) return table;
      if (table.columns.some((one) => one.name === definition.colname)) {
        if (command.missing_ok !== true) step.unknown(`the column ${table.name}.${definition.colname} exists already`);
        return table;
      }
      const wider = addColumn(step, table, definition);
      const added = wider.columns.at(-1);
      step.does(`adds column ${table.name}.${added?.name} ${added?.type}${added?.nullable === false ? ' not null' : ''}`);
      return wider;
    }
    case 'AT_DropColumn': {
      if (missing) {
        if (command.missing_ok !== true) step.unknown(`no migration before this one makes the column ${table.name}.${name}`);
        return table;
      }
      step.does(`drops column ${table.name}.${name}`);
      return dropColumn(step.model, table, name);
    }
    case 'AT_ColumnDefault': {
      const start = startOf(command.def);
      const text = start === undefined ? null : step.sql.clause(defaultToken(step, start) + 1);
      return column(
        (one) => ({ ...one, default: text }),
        `${text === null ? 'drops' : 'sets'} the default of ${table.name}.${name}`,
      );
    }
    case 'AT_SetNotNull':
      return column((one) => ({ ...one, nullable: false }), `makes ${table.name}.${name} not null`);
    case 'AT_DropNotNull':
      return column((one) => ({ ...one, nullable: true }), `makes ${table.name}.${name} nullable`);
    case 'AT_AlterColumnType': {
      const { type } = typeOf(step.model, definition?.typeName);
      return column((one) => ({ ...one, type }), `changes the type of ${table.name}.${name} to ${type}`);
    }
    case 'AT_AddIdentity': {
      const generated = step.excerpt.match(/by\s+default\s+as\s+identity/i) ? 'by default as identity' : 'always as identity';
      return column((one) => ({ ...one, generated }), `makes ${table.name}.${name} an identity column`);
    }
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      return column((one) => ({ ...one, generated: null }), `makes ${table.name}.${name} a plain column`);
    case 'AT_AddConstraint': {
      if (command.def === undefined || !('Constraint' in command.def)) return table;
      const constrained = constrain(step, table, { constraint: command.def.Constraint });
      step.does(`adds ${describe(table, constrained)}`);
      return constrained;
    }
    case 'AT_DropConstraint': {
      const without = dropConstraint(table, name);
      if (without === undefined) {
        if (command.missing_ok !== true)
          step.unknown(`no migration before this one makes the constraint ${name} of ${table.name}`);
        return table;
      }
      step.does(`drops constraint ${name} of ${table.name}`);
      return without;
    }
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
      return partition(step, table, command);
    default:
      if (noEffect.test(command.subtype ?? '')) step.does(`alters table ${table.name} (${words(command.subtype ?? '')})`);
      else step.unknown(`ALTER TABLE with ${words(command.subtype ?? '')} is not in the map`);
      return table;
  }
}

const words = (subtype: string): string =>
  subtype
    .replace(/^AT_/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

function defaultToken(step: Step, start: number): number {
  let at = step.sql.indexAt(start);
  while (at > 0 && !/^default$/i.test(step.sql.tokens[at]?.text ?? '')) at--;
  return at;
}

function describe(before: Table, after: Table): string {
  const key = after.foreignKeys.length > before.foreignKeys.length ? after.foreignKeys.at(-1) : undefined;
  if (key !== undefined) return `foreign key ${relationsTo(after.name, key)}`;
  if (after.primaryKey !== before.primaryKey) return `primary key ${after.name} (${after.primaryKey?.columns.join(', ')})`;
  if (after.uniques.length > before.uniques.length)
    return `unique constraint ${after.name} (${after.uniques.at(-1)?.columns.join(', ')})`;
  if (after.checks.length > before.checks.length) return `check on ${after.name}: ${after.checks.at(-1)?.expression}`;
  return `a constraint on ${after.name}`;
}

function partition(step: Step, table: Table, command: AlterTableCmd): Table {
  const target = command.def !== undefined && 'PartitionCmd' in command.def ? command.def.PartitionCmd.name : undefined;
  const child = target === undefined ? undefined : tableOf(step, relationName(step.model, target));
  if (child === undefined) return table;
  const attach = command.subtype === 'AT_AttachPartition';
  step.model.tables.set(child.name, { ...child, partitionOf: attach ? table.name : null });
  step.does(attach ? `attaches partition ${child.name} to ${table.name}` : `detaches partition ${child.name} from ${table.name}`);
  return table;
}
