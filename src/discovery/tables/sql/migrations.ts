// Which files are migrations, in which order they are applied, and which part of each leads up.
import type { Files } from '../../contract/reading.ts';

const usual = ['**/migrations/**/*.sql', '**/migration/**/*.sql', '**/migrate/**/*.sql', 'drizzle/**/*.sql', 'db/*/V*__*.sql'];
/** Where there are no migrations: the schema as a whole. */
const whole = ['schema.sql', 'db/schema.sql', 'db/structure.sql', 'database/schema.sql', 'sql/schema.sql'];
const inCode = ['**/migrations/**/*.{js,ts,mjs,cjs,mts,cts,py,rb,php,go,java,kt,cs}', 'db/migrate/*.rb'];
const elsewhere = ['**/node_modules/**', '**/{test,tests,__tests__,spec,fixtures,__fixtures__,dist,build,vendor}/**'];

export interface MigrationFile {
  readonly file: string;
  readonly down: string | null;
}
export interface MigrationFiles {
  readonly files: readonly MigrationFile[];
  /** Migrations that are programs. */
  readonly code: readonly string[];
  /** Do the files hold the whole schema, because there are no migrations? */
  readonly isDump: boolean;
}

/** Postgrator's `001.undo.add-users.sql`. */
const postgrator = /((?:^|\/)\d+)\.(do|undo)\.(?:[^/]*\.)?sql$/i;

const isDown = (file: string): boolean =>
  /(^|[/._-])(down|undo|revert|rollback)\.sql$/i.test(file) ||
  /(^|\/)U\d[^/]*__[^/]*\.sql$/.test(file) ||
  postgrator.exec(file)?.[2]?.toLowerCase() === 'undo';

/** The halves of a pair have one stem; Postgrator pairs by number alone. */
const stemOf = (file: string): string =>
  postgrator.test(file)
    ? file.replace(postgrator, '$1')
    : file
        .replace(/\.sql$/i, '')
        .replace(/[._-]?(up|down|do|undo|revert|rollback)$/i, '')
        .replace(/(^|\/)[UV](\d[^/]*__)/, '$1$2');

/** The folder whose migrations belong together: Prisma has one for each migration. */
export const folderOf = (file: string): string =>
  /\/(migration|up|do)\.sql$/.test(file) ? file.replace(/\/[^/]+\/[^/]+$/, '') : file.replace(/\/?[^/]+$/, '');

/** Numbers count as numbers, so that 10_x comes after 9_x; Flyway's repeatable ones (`R__`) come last. */
export function inOrder(a: string, b: string): number {
  const folder = folderOf;
  // Flyway's `V1_2__x`: the version ends at the double underscore.
  const version = (name: string): readonly string[] | undefined => /^V([\d._]+?)__/.exec(name)?.[1]?.split(/[._]/);
  const key = (file: string): readonly string[] => {
    const name = file.slice(folder(file).length).replace(/^\//, '');
    return version(name) ?? name.match(/\d+|\D+/g) ?? [];
  };
  if (folder(a) !== folder(b)) return folder(a) < folder(b) ? -1 : 1;
  const repeatable = Number(/(^|\/)R__/.test(a)) - Number(/(^|\/)R__/.test(b));
  if (repeatable !== 0) return repeatable;
  const [left, right] = [key(a), key(b)];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const [x = '', y = ''] = [left[n], right[n]];
    if (x === y) continue;
    if (/^\d+$/.test(x) && /^\d+$/.test(y) && BigInt(x) !== BigInt(y)) return BigInt(x) < BigInt(y) ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

export async function migrationFiles(tree: Files, globs: readonly string[]): Promise<MigrationFiles> {
  const given = globs.length > 0;
  const left = new Set(given ? [] : await tree.glob(elsewhere));
  const sql = (await tree.glob(given ? globs : usual)).filter((file) => !left.has(file));
  const found = sql.length > 0 || given ? sql : await tree.glob(whole);
  const downs = new Map(found.filter(isDown).map((file) => [stemOf(file), file]));
  const files = found
    .filter((file) => file.endsWith('.sql') && !isDown(file))
    .sort(inOrder)
    .map((file) => ({ file, down: downs.get(stemOf(file)) ?? null }));
  const code = given
    ? found.filter((file) => !file.endsWith('.sql'))
    : (await tree.glob(inCode)).filter((file) => !left.has(file));
  // db-migrate writes a script beside each pair below sqls/, which only reads them.
  const ofPair = (file: string): boolean =>
    files.some((one) => stemOf(one.file) === stemOf(file.replace(/([^/]+)\.js$/, 'sqls/$1.sql')));
  const migration = (file: string): boolean => /(^|\/)[vV]?\d+[^/]*$/.test(file) && !ofPair(file);
  return { files, code: code.filter(migration), isDump: sql.length === 0 && !given && files.length > 0 };
}

export interface Part {
  readonly text: string;
  readonly firstLine: number;
  /** Does the file itself hold the way down? */
  readonly hasDown: boolean;
}

/**
 * Tools mark both directions in one file: dbmate `-- migrate:up`, goose `-- +goose Up`, sql-migrate `-- +migrate Up`, node-pg-migrate
 * `-- Up Migration`, rambler `-- rambler up`. Lines of the way down are left out, so that positions stay those of the file.
 */
export function upPart(text: string): Part {
  const mark =
    /^\s*--\s*(?:migrate:\s*(up|down)\b|\+(?:goose|migrate)\s+(up|down)\b|(up|down)\s+migration\b|rambler\s+(up|down)\b|@(up|down|undo)\b)/i;
  let down = false;
  let hasDown = false;
  const lines = text.split('\n').map((line) => {
    const [, ...marks] = mark.exec(line) ?? [];
    const direction = marks.find((one) => one !== undefined)?.toLowerCase();
    if (direction !== undefined) {
      down = direction !== 'up';
      hasDown ||= down;
    }
    return down ? '' : line;
  });
  return { text: lines.join('\n'), firstLine: 1, hasDown };
}
