// Tables and relations as an entity-relationship diagram in Mermaid, and the other parts as flow charts.
import type { Found, RelationFound, SchemaFound, TableFound } from './found.ts';

/** Mermaid reads names of letters, digits, `_` and `-`; others stand in quotes, which may hold no quote themselves. */
const named = (name: string): string => (/^[A-Za-z_][\w-]*$/.test(name) ? name : `"${name.replaceAll('"', "'")}"`);
/** Types and columns cannot be quoted. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, '_')
    .replace(/[^\w()[\],.-]/g, '-')
    .replace(/^[^A-Za-z_]/, '_$&') || '_';

const ends: Readonly<Record<string, readonly [many: string, one: string]>> = {
  'many-to-one': ['}o', '||'],
  'one-to-one': ['|o', '||'],
  'many-to-many': ['}o', 'o{'],
};

function relationLine({ from, to, kind, columns, optional, through }: RelationFound): string {
  const [left, right] = ends[kind] ?? ['}o', '||'];
  const end = optional && right === '||' ? 'o|' : right;
  return `  ${named(from)} ${left}--${end} ${named(to)} : "${(through ?? columns.join(', ')).replaceAll('"', "'")}"`;
}

function tableLines(table: TableFound): readonly string[] {
  const primary = new Set(table['primary-key']?.columns);
  const foreign = new Set(table['foreign-keys'].flatMap(({ columns }) => columns));
  const unique = new Set(table.uniques.flatMap(({ columns }) => (columns.length === 1 ? columns : [])));
  const lines = table.columns.map(({ name, type }) => {
    const keys = [
      ...(primary.has(name) ? ['PK'] : []),
      ...(foreign.has(name) ? ['FK'] : []),
      ...(unique.has(name) && !primary.has(name) ? ['UK'] : []),
    ];
    return `    ${plain(type)} ${plain(name)}${keys.length === 0 ? '' : ` ${keys.join(', ')}`}`;
  });
  return [`  ${named(table.name)} {`, ...lines, '  }'];
}

/** A many-to-many relation is drawn by the table between, where that one is drawn too. */
export function schemaMermaid({ tables, relations }: Pick<SchemaFound, 'tables' | 'relations'>): string {
  const known = new Set(tables.map(({ name }) => name));
  const drawn = relations.filter(({ through }) => through === null || !known.has(through));
  return ['erDiagram', ...tables.flatMap(tableLines), ...drawn.map(relationLine), ''].join('\n');
}

/** The diagram of the schema, or of the routes where no schema was asked for. */
export function mermaidOf({ schema, contracts, io }: Found): string {
  if (schema !== undefined) return schemaMermaid(schema);
  const nodes = new Map<string, string>();
  const text = (words: string): string =>
    `"${words.replace(/[#"<>&`\\[\]{}|]/g, (sign) => `#${sign.codePointAt(0) ?? 0};`).replace(/\s+/g, ' ')}"`;
  const lines: string[] = [];
  const node = (words: string): string => {
    const id = nodes.get(words) ?? `n${nodes.size + 1}`;
    if (!nodes.has(words)) lines.push(`  ${id}[${text(words)}]`);
    nodes.set(words, id);
    return id;
  };
  const arrow = (from: string, to: string): void => {
    const line = `  ${node(from)} --> ${node(to)}`;
    if (!lines.includes(line)) lines.push(line);
  };
  for (const { method, path, handler } of contracts?.routes ?? []) arrow(`${method} ${path}`, handler.file);
  for (const { rule, file, line, routes, chain } of io?.findings ?? []) {
    const way = [...routes.slice(0, 1), ...chain.map(({ name }) => name), `${rule} ${file}:${line}`];
    node(way[0] ?? file);
    for (const [at, to] of way.slice(1).entries()) arrow(way[at] ?? '', to);
  }
  return ['flowchart LR', ...lines, ''].join('\n');
}
