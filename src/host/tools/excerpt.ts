// Parts of a file as whoever fills the step reads them: with line numbers, within limits.

const longestLine = 2000;

const shown = (line: string): string =>
  line.length <= longestLine ? line : `${line.slice(0, longestLine)} [... ${line.length - longestLine} more characters]`;

/** Lines of a text; a last line end opens no further line. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Numbered lines from `first` to `last`, 1-based and inclusive, at most `limit` characters. */
export function numbered(
  lines: readonly string[],
  range: { readonly first: number; readonly last: number },
  limit = 65_536,
): string {
  const width = String(range.last).length;
  const out: string[] = [];
  let length = 0;
  for (let line = range.first; line <= Math.min(range.last, lines.length); line += 1) {
    const text = `${String(line).padStart(width)}\t${shown(lines[line - 1] ?? '')}`;
    length += text.length + 1;
    if (length > limit) {
      out.push(`[... cut at line ${line}: ${limit} characters are shown at a time]`);
      break;
    }
    out.push(text);
  }
  return out.join('\n');
}

/** The passage around some lines. */
export function around(lines: readonly string[], range: { readonly first: number; readonly last: number }, context = 3): string {
  return numbered(
    lines,
    { first: Math.max(1, range.first - context), last: Math.min(lines.length, range.last + context) },
    12_000,
  );
}

/** 1-based line of an offset. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/**
 * The lines that are most like a passage that was not found: most lines in common, not counting blanks. Undefined when fewer than a
 * third of its lines occur together.
 */
export function nearestPassage(
  lines: readonly string[],
  target: readonly string[],
): { readonly first: number; readonly last: number } | undefined {
  const wanted = target.map((line) => line.trim());
  const known = new Set(wanted.filter((line) => line !== ''));
  if (known.size === 0) return undefined;
  let best = { score: 0, at: 0 };
  for (let at = 0; at < lines.length; at += 1) {
    let score = 0;
    for (let index = 0; index < wanted.length && at + index < lines.length; index += 1) {
      const line = (lines[at + index] ?? '').trim();
      if (line === '') continue;
      if (line === wanted[index]) score += 1;
      else if (known.has(line)) score += 0.5;
    }
    if (score > best.score) best = { score, at };
  }
  if (best.score < Math.max(1, known.size / 3)) return undefined;
  return { first: best.at + 1, last: Math.min(lines.length, best.at + wanted.length) };
}
