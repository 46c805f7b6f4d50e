// Comments that hide code from coverage. What base ignored stays ignored; what is new does not.

const comment = /\b(?:istanbul|[cv]8|node:coverage)\s+ignore\s+(if|else|next|file|start|stop)\b/;

export interface Ignores {
  /** Lines, from 1, on which ignore comments must have no effect. */
  readonly exposed: readonly number[];
  /** Those of them that base does not have, or that hide more than on base because a `stop` is gone. */
  readonly added: readonly number[];
}

/** `added`: the lines of `after` that base does not have. */
export function newIgnores(before: string | undefined, after: string, added: ReadonlySet<number>): Ignores {
  const rows = after.split('\n');
  const found = rows.flatMap((row, index) => {
    const kind = row.match(comment)?.[1];
    return kind === undefined ? [] : [{ line: index + 1, kind }];
  });
  const stops = (text: string): number => text.split('\n').filter((row) => row.match(comment)?.[1] === 'stop').length;
  if (before !== undefined && stops(after) < stops(before)) {
    return {
      exposed: found.map(({ line }) => line),
      added: found.filter(({ kind }) => kind === 'start').map(({ line }) => line),
    };
  }
  const exposed = new Set<number>();
  for (const { line, kind } of found) {
    const end = endOf({ rows, found, line, kind });
    const hidesNew = [...added].some((one) => one >= (kind === 'file' ? 1 : line) && one <= end);
    if (!hidesNew) continue;
    exposed.add(line);
    if (kind === 'start') exposed.add(end);
  }
  return { exposed: [...exposed].sort((a, b) => a - b), added: found.map(({ line }) => line).filter((line) => added.has(line)) };
}

/** The last line that a comment may hide. For `next`, `if` and `else` that is the statement below, told by its indentation. */
function endOf(options: {
  readonly rows: readonly string[];
  readonly found: readonly { readonly line: number; readonly kind: string }[];
  readonly line: number;
  readonly kind: string;
}): number {
  const { rows, found, line, kind } = options;
  if (kind === 'file') return rows.length;
  if (kind === 'stop') return line;
  if (kind === 'start') return found.find((one) => one.kind === 'stop' && one.line > line)?.line ?? rows.length;
  const indent = (row: string): number => row.length - row.trimStart().length;
  const first = rows.findIndex((row, index) => index >= line && row.trim() !== '');
  if (first === -1) return line;
  for (let index = first + 1; index < rows.length; index += 1) {
    const row = rows[index] ?? '';
    if (row.trim() === '' || indent(row) > indent(rows[first] ?? '')) continue;
    if (indent(row) < indent(rows[first] ?? '')) return index;
    if (!/^\s*[})\]]/.test(row)) return index;
  }
  return rows.length;
}
