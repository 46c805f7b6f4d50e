import type { Model, Table } from '../../model.ts';
import type { Statement } from './sql.ts';

/** One statement that is being applied. */
export interface Step extends Statement {
  readonly model: Model;
  readonly file: string;
  /** Says, for people, what the statement does. */
  does(what: string): void;
  /** Says that a part of it is not in the map. */
  unknown(why: string): void;
}

/** The table, or undefined when the migrations never made it; that is reported. */
export function tableOf(step: Step, name: string, o: { readonly missingOk?: boolean | undefined } = {}): Table | undefined {
  const table = step.model.tables.get(name);
  if (table === undefined && o.missingOk !== true) step.unknown(`no migration before this one makes the table ${name}`);
  return table;
}
