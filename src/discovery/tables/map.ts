// The tables of a tree, from all that says something about them.
import type { NotUnderstood } from '../contract/place.ts';
import type { Files, Reading } from '../contract/reading.ts';
import type { SchemaPart } from '../contract/tables.ts';
import { readStack } from '../read-stack.ts';
import { sharedReading } from '../reading-once.ts';
import { tableStacks } from '../stacks.ts';
import { isElsewhere } from './elsewhere.ts';
import { type Merged, merge } from './merge.ts';
import { dialectOf, hintsOf } from './sql/dialect.ts';
import { migrationFiles } from './sql/migrations.ts';
import { readSql } from './sql/read.ts';

export interface TableMap extends Merged {
  readonly notUnderstood: readonly NotUnderstood[];
}
export interface MapTables {
  readonly tree: Files;
  readonly scope: string;
  /** Globs of SQL migrations; empty: the usual folders. */
  readonly migrations: readonly string[];
  /** What else is known, such as the catalogue of a database that runs. */
  readonly more: readonly SchemaPart[];
  readonly signal: AbortSignal;
  progress(fraction: number, label: string): void;
}

export async function mapTables(o: MapTables): Promise<TableMap> {
  const stacks = await Promise.all(tableStacks.map((load) => load()));
  const reading = await sharedReading({
    tree: o.tree,
    scope: o.scope,
    signal: o.signal,
    progress: (part, file) => o.progress(0.5 * part, file),
  });
  const said: NotUnderstood[] = [];
  const parts: SchemaPart[] = [...o.more];
  for (const [n, stack] of stacks.entries()) {
    o.signal.throwIfAborted();
    if (!stack.present(reading)) continue;
    o.progress(0.5 + (0.2 * n) / stacks.length, `tables of ${stack.name}`);
    parts.push(...readStack({ stack, reading, about: 'table', say: (what) => void said.push(what) }));
  }
  const within: Files = {
    ...o.tree,
    hash: o.tree.hash,
    glob: async (patterns) => (await o.tree.glob(patterns)).filter((file) => o.scope === '' || file.startsWith(`${o.scope}/`)),
    readBytes: (file) => o.tree.readBytes(file),
  };
  const found = await migrationFiles(within, o.migrations);
  const hints = hintsOf(reading.packages.keys());
  const sql = await readSql({
    tree: within,
    scope: o.scope,
    found,
    hints,
    signal: o.signal,
    progress: (part, file) => o.progress(0.7 + 0.3 * part, file),
  });
  parts.push(...sql.parts);
  const read = new Set(parts.flatMap(({ source }) => source.files));
  const code = found.code.filter((file) => !read.has(file) && !said.some((one) => one.file === file));
  const notUnderstood = once([
    ...troubleOf(reading, read),
    ...said,
    ...code.map((file) => ({
      file,
      line: null,
      what: file.split('/').at(-1) ?? file,
      why: 'it is a migration in code of a tool that is not known',
      about: 'table' as const,
      stack: null,
    })),
    ...sql.notUnderstood.map((one) => ({ ...one, about: 'table' as const, stack: 'sql' })),
  ]);
  const only = hints.size === 1 ? [...hints][0] : hints.size > 1 ? dialectOf([], hints) : undefined;
  return {
    ...merge(parts, {
      dialect: only,
      holes: notUnderstood.some(({ file }) => found.code.includes(file) || file.endsWith('.sql')),
    }),
    notUnderstood,
  };
}

/** A base class is read with each class that extends it. */
function once(all: readonly NotUnderstood[]): readonly NotUnderstood[] {
  return [...new Map(all.map((one) => [`${one.file}:${one.line} ${one.why}`, one])).values()];
}

/** Files of models that could not be read wholly; of others it does not matter for tables. */
function troubleOf(reading: Reading, read: ReadonlySet<string>): readonly NotUnderstood[] {
  return reading.trouble.filter(({ file }) => read.has(file) && !isElsewhere(file) && !file.endsWith('.sql'));
}
