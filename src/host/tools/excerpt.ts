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

const wordsOf = (line: string): ReadonlySet<string> => new Set(line.match(/\w+|[^\w\s]/g) ?? []);

/** How much two lines have in common, 0 to 1: Dice's coefficient of their words. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const word of a) if (b.has(word)) both += 1;
  return (2 * both) / (a.size + b.size);
}

/** The lines that are most like a passage that was not found, for a message. Undefined when nothing is at least a third like it. */
export function nearestPassage(
  lines: readonly string[],
  target: readonly string[],
): { readonly first: number; readonly last: number } | undefined {
  const wanted = target.map(wordsOf);
  const weight = wanted.filter((words) => words.size > 0).length;
  const all = lines.map(wordsOf);
  let best = { score: 0, at: 0 };
  for (let at = 0; at < lines.length; at += 1) {
    let score = 0;
    for (const [index, words] of wanted.entries()) {
      const found = all[at + index];
      const like = found === undefined ? 0 : likeness(words, found);
      if (like >= 0.5) score += like;
    }
    if (score > best.score) best = { score, at };
  }
  if (weight === 0 || best.score < Math.max(0.5, weight / 3)) return undefined;
  return { first: best.at + 1, last: Math.min(lines.length, best.at + wanted.length) };
}
