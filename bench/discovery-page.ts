// The tables of docs/discovery.md, made of bench/results/discovery.json.
import { type Score, together } from './discovery-score.ts';

export interface Result {
  readonly subject: string;
  /** `fixture`: a small back end of our own, whose truth its framework printed, or somebody wrote. */
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

/** Who made the truth of a fixture for which no framework was at hand. */
export const byHand = 'by hand';

/** An adapter, as it describes itself. */
export interface Adapter {
  readonly about: 'routes' | 'tables';
  readonly name: string;
  readonly language: string;
  readonly knownFrom: string;
}
/** What bench/results/discovery.json holds. */
export interface Kept {
  readonly adapters: readonly Adapter[];
  readonly results: readonly Result[];
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
  const sum = (list: readonly Result[], part: 'routes' | 'tables' | 'columns'): string => {
    const counted = cell(together(list.flatMap((one) => (one[part] === undefined ? [] : [one[part]]))));
    return counted !== '' && list.some(({ made }) => made === byHand) ? `${counted} (written by hand)` : counted;
  };
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

const languages: Readonly<Record<string, string>> = {
  ecma: 'JavaScript, TypeScript',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  ruby: 'Ruby',
  data: '',
};
function adapterTable(adapters: readonly Adapter[], about: Adapter['about']): string {
  const lines = adapters
    .filter((one) => one.about === about)
    .map(({ name, language, knownFrom }) => [`\`${name}\``, languages[language] ?? language, knownFrom]);
  return rows([about === 'routes' ? 'routes of' : 'tables of', 'written in', 'read by the rules of'], lines);
}

const begins = (what: string): string => `<!-- ${what}: made by npm run bench:discovery -- --write -->`;
const ends = '<!-- end -->';
const replaced = (page: string, what: string, text: string): string | undefined => {
  const [before, rest] = page.split(begins(what));
  const at = rest?.indexOf(ends) ?? -1;
  return before === undefined || rest === undefined || at < 0
    ? undefined
    : `${before}${begins(what)}\n\n${text}\n\n${rest.slice(at)}`;
};

/** The page with the tables between their markers; undefined: it has lost its markers. */
export function withTables(page: string, { adapters, results }: Kept): string | undefined {
  const stacks = `${adapterTable(adapters, 'routes')}\n\n${adapterTable(adapters, 'tables')}`;
  const first = replaced(page, 'stacks', stacks);
  return first === undefined ? undefined : replaced(first, 'accuracy', pageTables(results));
}
