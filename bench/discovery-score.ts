// How much of what is there was found, and how much of what was found is there.

/** What a back end has. */
export interface Truth {
  /** How it was learnt; never by bexpert itself. */
  readonly made: string;
  /** `GET /articles/{slug}`; the names of parameters do not count. */
  readonly routes?: readonly string[];
  /** Columns by table. */
  readonly tables?: Readonly<Record<string, readonly string[]>>;
  /** What may be found or not, and counts neither way: routes, `table.column`, and whole tables. */
  readonly either?: readonly string[];
}
export interface Score {
  readonly there: number;
  readonly found: number;
  readonly right: number;
}
export interface Scores {
  readonly routes?: Score;
  readonly tables?: Score;
  readonly columns?: Score;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}
/** What `bexpert map --format json` prints, as far as it is scored. */
export interface Mapped {
  readonly schema: {
    readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[];
  };
  readonly contracts: { readonly routes: readonly { readonly method: string; readonly path: string }[] };
}

/** Two paths are one where they differ in names of parameters or a slash at the end. */
export const shapeOf = (route: string): string => {
  const [method = '', path = ''] = route.split(' ');
  const shape = path
    .replace(/\{[^{}]*\*\}/g, '{*}')
    .replace(/\{(?!\*\})[^{}]*\}/g, '{}')
    .replace(/(?<=.)\/$/, '');
  return `${method.toUpperCase()} ${shape}`;
};

function compare(kind: string, there: ReadonlySet<string>, all: ReadonlySet<string>, either: ReadonlySet<string>) {
  const found = new Set([...all].filter((one) => there.has(one) || !(either.has(one) || either.has(one.split('.')[0] ?? ''))));
  const right = [...found].filter((one) => there.has(one)).length;
  return {
    score: { there: there.size, found: found.size, right },
    missed: [...there].filter((one) => !found.has(one)).map((one) => `${kind} ${one}`),
    wrong: [...found].filter((one) => !there.has(one)).map((one) => `${kind} ${one}`),
  };
}

/** A truth without routes, or without tables, says nothing of them, and nothing is scored. Columns of tables that are not there count as wrong. */
export function scoresOf(truth: Truth, { schema, contracts }: Mapped): Scores {
  const columnsOf = (tables: readonly (readonly [string, readonly string[]])[]): ReadonlySet<string> =>
    new Set(tables.flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)));
  const either = new Set(truth.either?.flatMap((one) => (one.includes(' ') ? [shapeOf(one)] : [one])));
  const routes =
    truth.routes === undefined
      ? undefined
      : compare(
          'route',
          new Set(truth.routes.map(shapeOf)),
          new Set(contracts.routes.map(({ method, path }) => shapeOf(`${method} ${path}`))),
          either,
        );
  const tables =
    truth.tables === undefined
      ? undefined
      : compare('table', new Set(Object.keys(truth.tables)), new Set(schema.tables.map(({ name }) => name)), either);
  const columns =
    truth.tables === undefined
      ? undefined
      : compare(
          'column',
          columnsOf(Object.entries(truth.tables)),
          columnsOf(schema.tables.map(({ name, columns: all }) => [name, all.map((column) => column.name)] as const)),
          either,
        );
  const all = [routes, tables, columns].flatMap((part) => (part === undefined ? [] : [part]));
  return {
    ...(routes === undefined ? {} : { routes: routes.score }),
    ...(tables === undefined ? {} : { tables: tables.score }),
    ...(columns === undefined ? {} : { columns: columns.score }),
    missed: all.flatMap(({ missed }) => missed),
    wrong: all.flatMap(({ wrong }) => wrong),
  };
}

export function together(scores: readonly Score[]): Score | undefined {
  if (scores.length === 0) return undefined;
  const sum = (of: (score: Score) => number): number => scores.reduce((total, score) => total + of(score), 0);
  return { there: sum(({ there }) => there), found: sum(({ found }) => found), right: sum(({ right }) => right) };
}
