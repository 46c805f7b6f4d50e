// The tables as boxes and the relations as lines, as one SVG: Mermaid would have to be fetched from the network.

import type { SchemaFound, TableFound } from './found.ts';
import { textOf } from './html-text.ts';

const row = 18;
const gap = 60;
const letter = 7.2;
/** So many columns of a table are drawn; the page lists all of them. */
const shown = 14;

interface Box {
  readonly table: TableFound;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function linesOf(table: TableFound): readonly string[] {
  const key = new Set(table['primary-key']?.columns);
  const lines = table.columns.map(
    ({ name, type, nullable }) => `${key.has(name) ? '● ' : ''}${name} ${type}${nullable ? '?' : ''}`,
  );
  return lines.length <= shown ? lines : [...lines.slice(0, shown - 1), `… ${lines.length - shown + 1} more`];
}

/** In rows of boxes, as square as it comes out. */
function placed(tables: readonly TableFound[]): readonly Box[] {
  const across = Math.max(1, Math.ceil(Math.sqrt(tables.length)));
  const boxes: Box[] = [];
  let y = 20;
  for (let from = 0; from < tables.length; from += across) {
    let x = 20;
    let tallest = 0;
    for (const table of tables.slice(from, from + across)) {
      const lines = [table.name, ...linesOf(table)];
      const width = Math.round(Math.max(...lines.map((line) => line.length)) * letter + 20);
      const height = lines.length * row + 10;
      boxes.push({ table, x, y, width, height });
      x += width + gap;
      tallest = Math.max(tallest, height);
    }
    y += tallest + gap;
  }
  return boxes;
}

function drawn({ table, x, y, width, height }: Box): string {
  const lines = linesOf(table).map(
    (line, at) => `<text x="${x + 10}" y="${y + row * (at + 2)}" class="column">${textOf(line)}</text>`,
  );
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<text x="${x + 10}" y="${y + row}" class="table">${textOf(table.name)}</text>`,
    ...lines,
  ].join('');
}

export function schemaSvg({ tables, relations }: Pick<SchemaFound, 'tables' | 'relations'>): string {
  const boxes = placed(tables);
  const byName = new Map(boxes.map((box) => [box.table.name, box]));
  const middle = ({ x, y, width, height }: Box): readonly [number, number] => [x + width / 2, y + height / 2];
  const lines = relations
    .filter(({ through }) => through === null || !byName.has(through))
    .flatMap(({ from, to, columns, kind, through }) => {
      const [a, b] = [byName.get(from), byName.get(to)];
      if (a === undefined || b === undefined) return [];
      const [[x1, y1], [x2, y2]] = [middle(a), middle(b)];
      const title = textOf(`${from} (${through ?? columns.join(', ')}) ${kind} ${to}`);
      return [`<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"><title>${title}</title></line>`];
    });
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width)) + 20;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + 20;
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="Tables and relations">${lines.join('')}${boxes.map(drawn).join('')}</svg>`;
}
