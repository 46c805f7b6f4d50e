// Files that do not parse: the statements with the mistakes are blanked, and what is around them is read.
import { createRequire } from 'node:module';
import type { SgNode } from '@ast-grep/napi';
import type { Program } from 'oxc-parser';
import { type Parsed, parse } from './node.ts';

export type Range = readonly [start: number, end: number];
export interface Recovered {
  readonly program: Program;
  /** What was blanked, in the order of the text; of what is left nothing is missing. */
  readonly leftOut: readonly Range[];
}
/** Rounds of blanking: one mistake may hide another. */
const most = 5;

export function recovered(file: string, text: string, parsed: Parsed): Recovered {
  // Of a merge that nobody finished, the first side is read.
  const sides = [...text.matchAll(/^<{7}[^\n]*$|^={7}$[\s\S]*?^>{7}[^\n]*$/gm)].map(
    (found): Range => [found.index, found.index + found[0].length],
  );
  if (sides.length === 0) return withoutMistakes(file, text, parsed);
  const rest = blanked(text, sides);
  const again = parse(file, rest);
  const { program, leftOut } =
    again.faults.length === 0 ? { program: again.program, leftOut: [] } : withoutMistakes(file, rest, again);
  return { program, leftOut: merged([...sides, ...leftOut]) };
}

function withoutMistakes(file: string, text: string, parsed: Parsed): Recovered {
  const root = tolerant()
    .parse(/\.[mc]?ts$/.test(file) ? 'TypeScript' : 'Tsx', text)
    .root();
  const whole = String(root.kind()) === 'ERROR';
  const statements = whole
    ? chunksOf(text)
    : root
        .children()
        .filter((one) => one.isNamed() && String(one.kind()) !== 'comment')
        .map(rangeOf);
  const errors = whole ? [] : root.findAll({ rule: { kind: 'ERROR' } }).map(rangeOf);
  let faults: readonly Range[] = [...errors, ...faultsOf(text, parsed)];
  let leftOut: readonly Range[] = [];
  let at = parsed;
  for (let n = 0; n < most && at.faults.length > 0; n += 1) {
    const blank = faults.flatMap((fault) => {
      const touched = statements.filter((one) => one[0] < fault[1] && one[1] > fault[0]);
      return touched.length > 0 ? touched : [lineOf(text, fault[0])];
    });
    leftOut = merged([...leftOut, ...blank]);
    const rest = blanked(text, leftOut);
    at = parse(file, rest);
    faults = faultsOf(rest, at);
  }
  return { program: at.program, leftOut: at.faults.length === 0 ? leftOut : [[0, text.length]] };
}

/** Where the parser stopped; at the end of the text it was a bracket before that is not closed. */
function faultsOf(text: string, { faults }: Parsed): readonly Range[] {
  return faults.map(({ start }) => {
    const open = start >= text.trimEnd().length ? unclosed(text) : undefined;
    return open === undefined ? [start, start + 1] : [open, text.length];
  });
}
function unclosed(text: string): number | undefined {
  const plain = text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    ' '.repeat(part.length),
  );
  const open: number[] = [];
  for (let n = 0; n < plain.length; n += 1) {
    const one = plain[n] ?? '';
    if ('([{'.includes(one)) open.push(n);
    else if (')]}'.includes(one)) open.pop();
  }
  return open[0];
}
/** Where nothing else says what a statement is: what begins at the start of a line, to the next one. */
function chunksOf(text: string): readonly Range[] {
  const starts = [...text.matchAll(/^[^\s)\]}]/gm)].map(({ index }) => index);
  return starts.map((start, n) => [start, starts[n + 1] ?? text.length]);
}

/** Loaded when it is first needed: most projects have no such file. */
const tolerant = (): typeof import('@ast-grep/napi') =>
  createRequire(import.meta.url)('@ast-grep/napi') as typeof import('@ast-grep/napi');

const rangeOf = (node: SgNode): Range => {
  const { start, end } = node.range();
  return [start.index, end.index];
};
function lineOf(text: string, offset: number): Range {
  const end = text.indexOf('\n', offset);
  return [text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1, end < 0 ? text.length : end];
}
function merged(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) found[found.length - 1] = [last[0], Math.max(last[1], end)];
    else found.push([start, end]);
  }
  return found;
}

/** Positions stay: each character becomes a space, lines stay lines. */
export const blanked = (text: string, ranges: readonly Range[]): string =>
  ranges.reduce((at, [start, end]) => at.slice(0, start) + at.slice(start, end).replace(/[^\n]/g, ' ') + at.slice(end), text);
