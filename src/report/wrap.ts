// Lines that are wider than the terminal are broken between words, and go on below where their text began, so that columns stay columns.
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
const colours = /\u001b\[\d+m/g;
const width = (text: string): number => text.replace(colours, '').length;

/** Room that a text needs at least beside its names; narrower columns are not kept. */
const leastText = 24;

/** Where the text of a line begins: behind its last gap of two spaces or more that leaves room, else two further in than the line. */
function hangOf(line: string, columns: number): number {
  const plain = line.replace(colours, '');
  const lead = /^ */.exec(plain)?.[0].length ?? 0;
  const most = columns - leastText;
  const gaps = [...plain.slice(lead).matchAll(/ {2,}(?=\S)/g)].map((gap) => lead + gap.index + gap[0].length);
  return gaps.filter((at) => at <= most).at(-1) ?? Math.max(0, Math.min(lead + 2, most));
}

/** One line, as many as it takes. `columns` undefined: not a terminal, the line stays whole. */
export function wrapLine(line: string, columns: number | undefined): readonly string[] {
  if (columns === undefined || columns < leastText || width(line) <= columns) return [line];
  const hang = hangOf(line, columns);
  const lines: string[] = [];
  let current = '';
  // A gap belongs to the word behind it.
  for (const part of line.match(/ *[^ ]+| +$/g) ?? []) {
    if (width(current) + width(part) <= columns || current.trim() === '') {
      current += part;
      continue;
    }
    lines.push(current.trimEnd());
    current = `${' '.repeat(hang)}${part.trimStart()}`;
  }
  return [...lines, current];
}

/** `whole`: lines, without their colours, that people copy and that therefore stay as they are. */
export const wrapLines = (lines: readonly string[], columns: number | undefined, whole?: RegExp): readonly string[] =>
  lines.flatMap((line) => (whole?.test(line.replace(colours, '')) === true ? [line] : wrapLine(line, columns)));

/** Does a line take more room than there is? */
export const isWider = (line: string, columns: number | undefined): boolean => columns !== undefined && width(line) > columns;

/** Columns to wrap at: those of a terminal that says how wide it is. */
export const wrapAt = (output: { readonly isTTY: boolean; readonly columns?: number | undefined }): number | undefined =>
  output.isTTY && output.columns !== undefined && output.columns > 0 ? output.columns : undefined;
