// Which database a text of SQL is meant for. Its parsers differ, so this is asked before one of them reads it.
export type SqlDialect = 'postgresql' | 'mysql' | 'sqlite';

const signs: Readonly<Record<SqlDialect, readonly RegExp[]>> = {
  postgresql: [
    /::\s*\w/,
    /\b(big|small)?serial\b/i,
    /\bjsonb\b/i,
    /\btimestamptz\b/i,
    /"public"\./i,
    /\$\$/,
    /\bas\s+identity\b/i,
    /\bcreate\s+(extension|type|schema|sequence)\b/i,
    /\b\w+\[\]/,
    /\busing\s+(gin|gist|btree)\b/i,
    /\balter\s+column\b/i,
    /\bowner\s+to\b/i,
    /\bbytea\b/i,
  ],
  mysql: [
    /\bauto_increment\b/i,
    /\bengine\s*=/i,
    /\bunsigned\b/i,
    /\bint\(\d+\)/i,
    /\b(long|medium|tiny)(text|blob)\b/i,
    /`/,
    /\bdatetime\(\d\)/i,
    /\bmodify\s+(column\s+)?`?\w/i,
    /\bcharset\b/i,
    /\bkey\s+`/i,
  ],
  sqlite: [
    /\bautoincrement\b/i,
    /\bpragma\b/i,
    /\bwithout\s+rowid\b/i,
    /\binteger\s+(not\s+null\s+)?primary\s+key\b/i,
    /__new_|_new_/i,
    /\bstrftime\(/i,
    /\)\s*strict\b/i,
    /\bunixepoch\(/i,
  ],
};

/** `hints`: dialects that drivers or settings of the project name. */
export function dialectOf(texts: readonly string[], hints: ReadonlySet<SqlDialect>): SqlDialect {
  const score = (dialect: SqlDialect): number =>
    signs[dialect].filter((sign) => texts.some((text) => sign.test(text))).length +
    (hints.has(dialect) ? (hints.size === 1 ? 1.5 : 0.5) : 0);
  // Plain SQL is taken for PostgreSQL's, until two signs or a driver say otherwise.
  const ranked = (['postgresql', 'sqlite', 'mysql'] as const)
    .map((dialect) => ({ dialect, score: score(dialect) + (dialect === 'postgresql' ? 1 : 0) }))
    .sort((a, b) => b.score - a.score);
  return ranked[0]?.dialect ?? 'postgresql';
}

const drivers: readonly (readonly [RegExp, SqlDialect])[] = [
  [/(^|[/:@_-])(pg|pgx|pq|postgres\w*|psycopg\d?|asyncpg|pglite)($|[/:@_\-.])/i, 'postgresql'],
  [/mysql|mariadb|planetscale/i, 'mysql'],
  [/sqlite|libsql|sql\.js/i, 'sqlite'],
];
export function hintsOf(packages: Iterable<string>): ReadonlySet<SqlDialect> {
  return new Set([...packages].flatMap((name) => drivers.flatMap(([pattern, dialect]) => (pattern.test(name) ? [dialect] : []))));
}
/** What `migration_lock.toml` of Prisma and `meta/_journal.json` of Drizzle say. */
export function settledBy(text: string): SqlDialect | undefined {
  const word = /(?:provider\s*=|"dialect"\s*:)\s*"(\w+)"/.exec(text)?.[1];
  if (word === undefined) return undefined;
  return /^(postgres|cockroach)/.test(word)
    ? 'postgresql'
    : /^mysql/.test(word)
      ? 'mysql'
      : /^sqlite/.test(word)
        ? 'sqlite'
        : undefined;
}

/** SQL of databases whose definitions are read by nobody here. */
const others: readonly (readonly [name: string, signs: RegExp])[] = [
  ['ClickHouse', /\bMergeTree\b|\bLowCardinality\(|\bDateTime64\(/],
  ['SQL Server', /\[dbo\]|\bIDENTITY\s*\(\d+\s*,\s*\d+\)|\bNVARCHAR\s*\(MAX\)/i],
  ['Oracle', /\bVARCHAR2\s*\(/i],
];
export function otherDatabase(texts: readonly string[]): string | undefined {
  return others.find(([, signs]) => texts.some((text) => signs.test(text)))?.[0];
}
