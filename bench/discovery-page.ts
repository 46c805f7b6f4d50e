// The tables of docs/discovery.md, made of bench/results/discovery.json.
import { type Score, together } from './discovery-score.ts';

export interface Result {
  readonly subject: string;
  /** `fixture`: a small back end of our own, whose truth its framework printed. */
  readonly kind: 'public' | 'fixture';
  /** Of a fixture the name of its folder. */
  readonly stack: { readonly routes?: string; readonly tables?: string };
  readonly repository?: string;
  readonly commit?: string;
  readonly made: string;
  readonly routes?: Score;
  readonly tables?: Score;
  readonly columns?: Score;
  readonly notUnderstood: number;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.floor((1000 * part) / whole) / 10} %`);
const recall = ({ right, there }: Score): string => percent(right, there);
const precision = ({ right, found }: Score): string => percent(right, found);
const cell = (score: Score | undefined): string =>
  score === undefined ? '' : `${score.right} of ${score.there} · ${recall(score)} / ${precision(score)}`;

function rows(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** `Spring MVC` and the fixture `spring-mvc` are one. */
const keyOf = (stack: string): string => stack.toLowerCase().replace(/[^a-z0-9]/g, '');

function byStack(results: readonly Result[], about: 'routes' | 'tables'): readonly (readonly string[])[] {
  const groups = new Map<string, Result[]>();
  for (const one of results) {
    const stack = one.stack[about];
    if (stack !== undefined && one[about] !== undefined) groups.set(keyOf(stack), [...(groups.get(keyOf(stack)) ?? []), one]);
  }
  const sum = (list: readonly Result[], part: 'routes' | 'tables' | 'columns'): string =>
    cell(together(list.flatMap((one) => (one[part] === undefined ? [] : [one[part]]))));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => {
      const open = list.filter(({ kind }) => kind === 'public');
      const own = list.filter(({ kind }) => kind === 'fixture');
      const name = (open[0] ?? own[0])?.stack[about] ?? '';
      const parts = about === 'routes' ? (['routes'] as const) : (['tables', 'columns'] as const);
      return [name, String(open.length), ...parts.flatMap((part) => [sum(open, part), sum(own, part)])];
    });
}

/** Cells are `right of there · recall / precision`. */
export function pageTables(results: readonly Result[]): string {
  const open = results.filter(({ kind }) => kind === 'public');
  const subjects = open.map((one) => [
    `${one.repository ?? one.subject}${one.commit === undefined ? '' : ` @ ${one.commit.slice(0, 7)}`}`,
    [...new Set(Object.values(one.stack))].join(', '),
    cell(one.routes),
    cell(one.tables),
    cell(one.columns),
    String(one.notUnderstood),
    one.made,
  ]);
  return [
    `${open.length} public back ends and ${results.length - open.length} fixtures. A cell says how many were found of how many there are, then recall / precision.`,
    '',
    ...(open.length === 0
      ? []
      : [rows(['back end', 'stack', 'routes', 'tables', 'columns', 'not understood', 'what is true of it was'], subjects), '']),
    rows(['routes with', 'public back ends', 'found there', 'found in the fixture'], byStack(results, 'routes')),
    '',
    rows(
      ['tables with', 'public back ends', 'tables there', 'in the fixture', 'columns there', 'in the fixture'],
      byStack(results, 'tables'),
    ),
  ].join('\n');
}

const begins = '<!-- made by npm run bench:discovery -- --write -->';
const ends = '<!-- end -->';

/** The page with the tables between its markers; undefined: it has no markers. */
export function withTables(page: string, results: readonly Result[]): string | undefined {
  const [before, rest] = page.split(begins);
  const after = rest?.split(ends)[1];
  return before === undefined || after === undefined
    ? undefined
    : `${before}${begins}\n\n${pageTables(results)}\n\n${ends}${after}`;
}
