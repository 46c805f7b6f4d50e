import type { Range } from '../model/location.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { Ink } from './ink.ts';

export interface FrameOptions {
  readonly ink: Ink;
  /** Colour of the carets. */
  readonly mark: (text: string) => string;
  /** Lines of context before and after; default 1. */
  readonly context?: number;
  /** Columns of quoted text; default 100. */
  readonly width?: number;
}

/** Marked lines of one range that are shown; the middle of a longer one is left out. */
const shownLines = 4;

/** The lines around a range, the way a compiler shows them, with carets below what is meant. */
export function frame(text: string, range: Range, options: FrameOptions): readonly string[] {
  const { ink, mark, context = 1, width = 100 } = options;
  const first = Math.max(1, range.start.line);
  const last = Math.max(first, lastLine(range));
  const from = Math.max(1, first - context);
  const lines = linesOf(text, from, last + context);
  // What follows the last line feed of a file is no context.
  if (from + lines.length - 1 > last && lines.at(-1) === '') lines.pop();
  const gutter = String(from + lines.length - 1).length;
  const out: string[] = [];
  for (const [index, line] of lines.entries()) {
    const number = from + index;
    const marked = number >= first && number <= last;
    const hidden = last - first + 1 > shownLines && number > first + shownLines - 3 && number < last;
    if (hidden) {
      if (number === last - 1) out.push(ink.dim(`  ${' '.repeat(gutter)} | ... ${last - first - shownLines + 2} lines`));
      continue;
    }
    const start = number === first ? range.start.column - 1 : line.length - line.trimStart().length;
    const stop = number === range.end.line ? range.end.column - 1 : line.trimEnd().length;
    const view = viewOf(line, marked ? start : 0, width);
    const head = `${marked ? mark('>') : ' '} ${ink.dim(`${String(number).padStart(gutter)} |`)}`;
    out.push(view.shown === '' ? head : `${head} ${view.shown}`);
    if (marked && (line.trim() !== '' || first === last)) {
      out.push(`  ${' '.repeat(gutter)} ${ink.dim('|')} ${mark(carets(view, start, Math.max(stop, start)))}`);
    }
  }
  return out;
}

/** Lines of a text, counted from 1, without their ends. */
function linesOf(text: string, from: number, to: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let number = 1; number <= to; number++) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    if (number >= from) lines.push(text.slice(start, text.charAt(end - 1) === '\r' && end > start ? end - 1 : end));
    if (feed === -1) break;
    start = feed + 1;
  }
  return lines;
}

/** A range that ends at the beginning of a line does not reach into it. */
function lastLine({ start, end }: Range): number {
  return end.line > start.line && end.column === 1 ? end.line - 1 : end.line;
}

interface View {
  readonly cells: readonly Cell[];
  readonly shown: string;
  /** Columns before the first cell: of the dots where the line was cut. */
  readonly before: number;
}

/** What is seen of a line; a long one is cut so that what stands at `offset` is seen. */
function viewOf(line: string, offset: number, width: number): View {
  // A window first: lines of a megabyte exist.
  const left = Math.max(0, Math.min(offset, line.length) - 4 * width);
  const right = Math.min(line.length, left + 8 * width);
  const cells = cellsOf(line.slice(left, right)).map((cell) => ({ ...cell, offset: cell.offset + left }));
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (left === 0 && right === line.length && total <= width) {
    return { cells, shown: cells.map(({ shown }) => shown).join(''), before: 0 };
  }
  const target = cells.findIndex((cell) => cell.offset + cell.length > offset);
  let begin = target === -1 ? cells.length : target;
  // A third of the room goes to what stands before.
  for (let room = Math.floor(width / 3); begin > 0; begin--) {
    room -= cells[begin - 1]?.width ?? 0;
    if (room < 0) break;
  }
  const before = begin > 0 || left > 0;
  let finish = begin;
  for (let room = width - (before ? 1 : 0) - 1; finish < cells.length; finish++) {
    room -= cells[finish]?.width ?? 0;
    if (room < 0) break;
  }
  const seen = cells.slice(begin, finish);
  const after = finish < cells.length || right < line.length;
  const shown = `${before ? '…' : ''}${seen.map((cell) => cell.shown).join('')}${after ? '…' : ''}`;
  return { cells: seen, shown, before: before ? 1 : 0 };
}

function carets({ cells, before }: View, start: number, stop: number): string {
  let blank = before;
  let marks = 0;
  for (const cell of cells) {
    if (cell.offset + cell.length <= start) blank += cell.width;
    else if (cell.offset < stop) marks += cell.width;
  }
  return `${' '.repeat(blank)}${'^'.repeat(Math.max(1, marks))}`;
}
