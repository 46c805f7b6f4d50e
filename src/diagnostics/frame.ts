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
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const first = Math.max(1, Math.min(range.start.line, lines.length));
  const last = Math.max(first, Math.min(lastLine(range), lines.length));
  const from = Math.max(1, first - context);
  const to = Math.min(lines.length, last + context);
  const gutter = String(to).length;
  const out: string[] = [];
  // The text of a file's last, empty line is no context.
  const end = to > last && lines[to - 1] === '' ? to - 1 : to;
  for (let number = from; number <= end; number++) {
    if (last - first + 1 > shownLines && number === first + shownLines - 2) {
      out.push(ink.dim(`  ${' '.repeat(gutter)} | ... ${last - number} more lines`));
      number = last - 1;
      continue;
    }
    const line = lines[number - 1] ?? '';
    const marked = number >= first && number <= last;
    const start = number === first ? range.start.column - 1 : line.length - line.trimStart().length;
    const stop = number === range.end.line ? range.end.column - 1 : line.trimEnd().length;
    const view = cut(cellsOf(line), marked ? start : 0, width);
    out.push(
      `${marked ? mark('>') : ' '} ${ink.dim(`${String(number).padStart(gutter)} |`)}${view.shown === '' ? '' : ` ${view.shown}`}`,
    );
    if (marked && (line.trim() !== '' || first === last)) {
      out.push(`  ${' '.repeat(gutter)} ${ink.dim('|')} ${mark(carets(view, start, Math.max(stop, start)))}`);
    }
  }
  return out;
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

/** A long line is cut so that what stands at `offset` is seen. */
function cut(cells: readonly Cell[], offset: number, width: number): View {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (total <= width) return { cells, shown: cells.map(({ shown }) => shown).join(''), before: 0 };
  const target = Math.max(
    0,
    cells.findIndex((cell) => cell.offset + cell.length > offset),
  );
  let begin = cells.some((cell) => cell.offset + cell.length > offset) ? target : cells.length;
  // A third of the room goes to what stands before.
  for (let room = Math.floor(width / 3); begin > 0; begin--) {
    room -= cells[begin - 1]?.width ?? 0;
    if (room < 0) break;
  }
  let finish = begin;
  for (let room = width - (begin > 0 ? 1 : 0) - 1; finish < cells.length; finish++) {
    room -= cells[finish]?.width ?? 0;
    if (room < 0) break;
  }
  const seen = cells.slice(begin, finish);
  const shown = `${begin > 0 ? '…' : ''}${seen.map((cell) => cell.shown).join('')}${finish < cells.length ? '…' : ''}`;
  return { cells: seen, shown, before: begin > 0 ? 1 : 0 };
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
