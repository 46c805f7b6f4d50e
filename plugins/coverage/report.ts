// What the assets that measure are told, and the signed report that they write.
import { createHmac } from 'node:crypto';

/** Given on standard input, so that no process that the tests start can read the key. */
export interface Order {
  readonly key: string;
  /** Absolute path of the report, which does not exist yet. */
  readonly report: string;
  /** Absolute folder of the scope. */
  readonly root: string;
  /** Files that count, relative to the root. */
  readonly files: readonly string[];
  /** Lines, from 1, on which comments that hide code have no effect, by file. */
  readonly exposed: Readonly<Record<string, readonly number[]>>;
}
export interface VitestOrder extends Order {
  readonly config: string | false;
  /** A fresh folder for raw data and caches. */
  readonly folder: string;
  readonly seed: number;
}
export interface RawOrder extends Order {
  /** Where the processes left their V8 data. */
  readonly raw: string;
}

/** Lines from 1, columns from 0. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
}
/** One file as the remapper sees it; the names are those of istanbul. */
export interface FileCoverage {
  readonly statements: readonly (Range & { readonly hits: number })[];
  readonly functions: readonly { readonly name: string; readonly line: number; readonly hits: number }[];
  readonly branches: readonly { readonly line: number; readonly arms: readonly number[] }[];
}
export type Report =
  | { readonly kind: 'broken'; readonly reason: 'not-installed' | 'no-provider' | 'version' | 'start'; readonly message: string }
  | {
      readonly kind: 'measured';
      readonly tool: string;
      /** Tests that passed; undefined where a command ran them. */
      readonly passed?: number;
      /** Names of tests and files that failed, and errors outside them. */
      readonly failures: readonly string[];
      readonly files: Readonly<Record<string, FileCoverage>>;
    };

const signature = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');

export function sealed(key: string, report: Report): string {
  const text = JSON.stringify(report);
  return `${signature(key, text)} ${text}`;
}
/** undefined when the report is not the runner's. */
export function unsealed(key: string, content: string): Report | undefined {
  const text = content.slice(65);
  return signature(key, text) === content.slice(0, 64) ? (JSON.parse(text) as Report) : undefined;
}

/** The parts of istanbul's format that are read. */
export interface Istanbul {
  readonly statementMap: Readonly<Record<string, IstanbulRange>>;
  readonly fnMap: Readonly<Record<string, { readonly name: string; readonly loc: IstanbulRange; readonly decl?: IstanbulRange }>>;
  readonly branchMap: Readonly<Record<string, { readonly loc: IstanbulRange }>>;
  readonly s: Readonly<Record<string, number>>;
  readonly f: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
}
interface IstanbulRange {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number };
}

export function fromIstanbul({ statementMap, fnMap, branchMap, s, f, b }: Istanbul): FileCoverage {
  return {
    statements: Object.entries(statementMap).map(([id, { start, end }]) => ({
      line: start.line,
      column: start.column,
      endLine: end.line,
      hits: s[id] ?? 0,
    })),
    functions: Object.entries(fnMap).map(([id, { name, loc, decl }]) => ({
      name,
      line: (decl ?? loc).start.line,
      hits: f[id] ?? 0,
    })),
    branches: Object.entries(branchMap).map(([id, { loc }]) => ({ line: loc.start.line, arms: b[id] ?? [] })),
  };
}

/** The same text with the given lines' ignore comments made powerless; no offset changes. */
export function withoutIgnores(text: string, lines: readonly number[]): string {
  if (lines.length === 0) return text;
  const rows = text.split('\n');
  for (const line of lines) {
    const row = rows[line - 1];
    if (row !== undefined)
      rows[line - 1] = row.replace(/\b(istanbul|[cv]8|node:coverage)(\s+ignore\b)/g, (all) => all.replace('ignore', 'count_'));
  }
  return rows.join('\n');
}
