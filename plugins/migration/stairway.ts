// Up, down, up: the database before, between and after.

import type { MigrationDatabase, Ran } from './database.ts';
import type { Canaries, DatabaseState, Flavour } from './state.ts';

export interface Stairway {
  readonly canaries: Canaries;
  readonly flavour: Flavour;
  readonly up: Ran;
  readonly downs: readonly Ran[];
  readonly again?: Ran;
  /** Before up. */
  readonly before: DatabaseState;
  /** After up; missing where it failed. */
  readonly upped?: DatabaseState;
  /** After all downs. */
  readonly downed?: DatabaseState;
  /** After the second up. */
  readonly uppedAgain?: DatabaseState;
}

export interface StairwayOptions {
  readonly up: string;
  /** undefined: there is none, so the way ends above. */
  readonly down: string | undefined;
  /** Asked once the first up is done. */
  readonly downs: (before: DatabaseState, upped: DatabaseState) => number;
  readonly rows: number;
  readonly flavour: Flavour;
  readonly leave: readonly string[];
  readonly step: (label: string) => void;
}

export async function walk(database: MigrationDatabase, o: StairwayOptions): Promise<Stairway> {
  o.step('writing canary rows');
  const canaries = await database.canaries({ rows: o.rows, flavour: o.flavour, leave: o.leave });
  const before = await database.state();
  o.step('up');
  const up = await database.run(o.up);
  const start = { canaries, flavour: o.flavour, up, before, downs: [] };
  if (!up.ok) return start;
  const upped = await database.state();
  const count = o.down === undefined ? 0 : o.downs(before, upped);
  if (o.down === undefined || count === 0) return { ...start, upped };
  o.step('down');
  const downs: Ran[] = [];
  for (let at = 0; at < count; at++) {
    const down = await database.run(o.down);
    downs.push(down);
    if (!down.ok) return { ...start, upped, downs };
  }
  const downed = await database.state();
  o.step('up again');
  const again = await database.run(o.up);
  return { ...start, upped, downs, downed, again, ...(again.ok ? { uppedAgain: await database.state() } : {}) };
}
