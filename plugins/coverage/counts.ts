// From the remapper's data to numbers. Every file of the runner's list counts, also one that the report does not know.
import type { FileCoverage } from './report.ts';

export interface Share {
  readonly covered: number;
  readonly total: number;
}
export type Metric = 'lines' | 'branches' | 'functions' | 'statements';
export const metrics: readonly Metric[] = ['lines', 'branches', 'functions', 'statements'];

export interface FileCounts extends Readonly<Record<Metric, Share>> {
  readonly file: string;
  /** Does any test execute something of it? True where there is nothing to execute. */
  readonly touched: boolean;
  /** The report has no entry: it could not be parsed or was taken out. */
  readonly unknown: boolean;
  readonly uncoveredLines: readonly number[];
  /**
   * Every line with code, and whether all statements that touch it ran. A line inside a longer statement counts with it, so that one
   * changed line of a call over five lines counts, and two statements on one line count both.
   */
  readonly code: ReadonlyMap<number, boolean>;
}

const share = (hits: readonly number[]): Share => ({ covered: hits.filter((hit) => hit > 0).length, total: hits.length });

/** Lines that hold more than white space and comments; strings with comment marks in them count as code. */
function codeLines(text: string): readonly number[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, (all) => all.replace(/[^\n]/g, ' ')).replace(/^\s*\/\/.*$/gm, '');
  return bare.split('\n').flatMap((row, index) => (/[^\s{}()[\];,]/.test(row) ? [index + 1] : []));
}

export function countFile(file: string, text: string, coverage: FileCoverage | undefined): FileCounts {
  const coded = codeLines(text);
  if (coverage === undefined) {
    const nothing = { covered: 0, total: coded.length };
    return {
      file,
      touched: coded.length === 0,
      unknown: true,
      lines: nothing,
      statements: nothing,
      functions: { covered: 0, total: Math.min(1, coded.length) },
      branches: { covered: 0, total: 0 },
      uncoveredLines: coded,
      code: new Map(coded.map((line) => [line, false])),
    };
  }
  const { statements, functions, branches } = coverage;
  const starts = new Map<number, number>();
  for (const { line, hits } of statements) starts.set(line, Math.max(hits, starts.get(line) ?? 0));
  const hits = [...statements, ...functions].map((one) => one.hits);
  return {
    file,
    touched: hits.length === 0 || hits.some((hit) => hit > 0),
    unknown: false,
    lines: share([...starts.values()]),
    statements: share(statements.map((one) => one.hits)),
    functions: share(functions.map((one) => one.hits)),
    branches: share(branches.flatMap(({ arms }) => arms)),
    uncoveredLines: [...starts].flatMap(([line, count]) => (count === 0 ? [line] : [])).sort((a, b) => a - b),
    code: executable(coverage, new Set(coded)),
  };
}

function executable({ statements, functions }: FileCoverage, coded: ReadonlySet<number>): ReadonlyMap<number, boolean> {
  const lines = new Map<number, boolean>();
  const mark = (line: number, hits: number): void => {
    if (coded.has(line)) lines.set(line, (lines.get(line) ?? true) && hits > 0);
  };
  const starts = [...statements].sort((a, b) => a.line - b.line);
  for (const one of statements) {
    mark(one.line, one.hits);
    if (one.endLine === one.line) continue;
    const inner = starts.find(({ line }) => line > one.line && line <= one.endLine);
    for (let line = one.line + 1; line <= one.endLine && inner === undefined; line += 1) mark(line, one.hits);
  }
  for (const { line, hits } of functions) mark(line, hits);
  return lines;
}

export function sum(files: readonly FileCounts[], metric: Metric): Share {
  return files.reduce((all, file) => ({ covered: all.covered + file[metric].covered, total: all.total + file[metric].total }), {
    covered: 0,
    total: 0,
  });
}

/** 100 where there is nothing to cover; the caller has made sure that there are lines at all. */
export const percentOf = ({ covered, total }: Share): number => (total === 0 ? 100 : (100 * covered) / total);
export const isBelow = ({ covered, total }: Share, limit: number): boolean => covered * 100 < limit * total;
/** Rounded down, so that a share below a limit never reads as the limit. */
export const shown = (part: Share): string => `${Math.floor(percentOf(part) * 100) / 100} %`;

/** "3–5, 9" */
export function ranges(lines: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const line of lines) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else parts.push([line, line]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
