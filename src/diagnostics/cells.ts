// How text that somebody else wrote looks on a terminal: which columns each character fills, and nothing that moves the cursor.

/** One thing that a terminal shows as a whole. */
export interface Cell {
  readonly shown: string;
  /** Columns on the screen. */
  readonly width: number;
  /** UTF-16 units of the text that it stands for, from its offset in the line. */
  readonly offset: number;
  readonly length: number;
}

const tabStop = 4;
// Overrides of the direction of text, and characters that fill no column but could hide something.
const invisible = /[\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff\ufff9-\ufffb]/u;
// Scripts and symbols that fill two columns: East Asian Width W and F (Unicode annex 11), and emoji.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/** The cells of one line. */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { text, offset } of pieces(line)) {
    const shown = show(text, column);
    const width = shown === text && !isAscii(text) ? (wide.test(text) ? 2 : /^\p{M}+$/u.test(text) ? 0 : 1) : shown.length;
    cells.push({ shown, width, offset, length: text.length });
    column += width;
  }
  return cells;
}

/** Text on one line that is safe on any terminal. */
export function printable(text: string): string {
  return cellsOf(text.replace(/\s*[\r\n]\s*/g, ' '))
    .map(({ shown }) => shown)
    .join('');
}

function show(text: string, column: number): string {
  const code = text.codePointAt(0) ?? 0;
  if (text === '\t') return ' '.repeat(tabStop - (column % tabStop));
  // The control pictures of Unicode; what is there is seen, and does nothing.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if ((code > 0x7f && code < 0xa0) || (text.length === 1 && (invisible.test(text) || (code >= 0xd800 && code < 0xe000))))
    return '\ufffd';
  return text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are shown one by one, like letters
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/** Characters as people count them (Unicode annex 29). */
function* pieces(line: string): Generator<{ readonly text: string; readonly offset: number }> {
  if (isAscii(line)) {
    for (let offset = 0; offset < line.length; offset++) yield { text: line.charAt(offset), offset };
    return;
  }
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)) {
    // A separate character for what must not hide inside a cluster.
    if (segment.length > 1 && invisible.test(segment.replace(/\u200d/g, ''))) {
      for (let at = 0; at < segment.length; at++) yield { text: segment.charAt(at), offset: index + at };
    } else yield { text: segment, offset: index };
  }
}
