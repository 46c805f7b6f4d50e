// Which migrations are new, and which applied ones were touched.
import { type ChangedPath, pluginError, type Tree } from '../../src/plugin-api.ts';

export interface NewMigration {
  readonly name: string;
  readonly up: string;
  /** The file that takes it back, which may be the same one. */
  readonly down: string;
}
export interface MigrationFiles {
  /** Oldest first. */
  readonly added: readonly NewMigration[];
  readonly touched: readonly ChangedPath[];
}

/**
 * The name of the migration that a file belongs to: the halves of a pair (`7_x.up.sql`, `7_x.down.sql`; `7_x/up.sql`, `7_x/down.sql`;
 * `sqls/7_x-up.sql` beside `7_x.js`) have one name.
 */
export function migrationOf(file: string): string {
  const parts = file.split('/');
  const name = (parts.at(-1) ?? '').replace(/\.[a-z]{2,4}$/i, '');
  if (/^(up|down|migration|do|undo|revert)$/i.test(name)) return parts.at(-2) ?? name;
  return name.replace(/[._-](up|down|do|undo|revert)$/i, '');
}

const isDown = (file: string): boolean => /(^|[/._-])(down|undo|revert)\.[a-z]{2,4}$/i.test(file);

export async function migrationFiles(o: {
  readonly base: Tree;
  readonly candidate: Tree;
  readonly globs: readonly string[];
  readonly changed: readonly ChangedPath[];
}): Promise<MigrationFiles> {
  const [before, after] = [await o.base.glob(o.globs), await o.candidate.glob(o.globs)];
  if (before.length === 0 && after.length === 0) {
    throw pluginError({
      code: 'migration/no-files',
      message: `No migration was found: no file matches ${o.globs.join(', ')}.`,
      hint: 'Say where they are: `with: { files: ["db/migrations/**/*.sql"] }`.',
    });
  }
  const known = new Set(before.map(migrationOf));
  const applied = new Set(before);
  const fresh = after.filter((file) => !known.has(migrationOf(file)));
  return {
    added: [...new Set(fresh.map(migrationOf))].sort().map((name): NewMigration => {
      const files = fresh.filter((file) => migrationOf(file) === name);
      const first = files[0] ?? name;
      return { name, up: files.find((file) => !isDown(file)) ?? first, down: files.find(isDown) ?? first };
    }),
    touched: o.changed.filter(({ path, status }) => status !== 'added' && applied.has(path)),
  };
}
