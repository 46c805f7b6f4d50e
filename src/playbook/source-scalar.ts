// Which character of a file each character of a scalar's value was written by, in all five styles of YAML 1.2 (chapters 7.3, 8.1).
import type { CST } from 'yaml';

/** UTF-16 unit `i` of `value` was written by the characters `starts[i]` to `ends[i]` of the file; end exclusive. */
export interface ScalarMap {
  readonly value: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Behind the last character of the content. */
  readonly end: number;
}

class Trace {
  value = '';
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** `text` was written by what stands from `start` to `end`, as a whole. */
  as(text: string, start: number, end: number): void {
    for (let index = 0; index < text.length; index++) {
      this.starts.push(start);
      this.ends.push(end);
    }
    this.value += text;
  }

  /** `text` stands at `start` as it is. */
  copy(text: string, start: number): void {
    for (let index = 0; index < text.length; index++) {
      this.starts.push(start + index);
      this.ends.push(start + index + 1);
    }
    this.value += text;
  }

  done(end: number): ScalarMap {
    return { value: this.value, starts: this.starts, ends: this.ends, end };
  }
}

/** Undefined for a token that is no scalar. */
export function traceScalar(token: CST.Token): ScalarMap | undefined {
  switch (token.type) {
    case 'scalar':
      return folded(token.source, token.offset).done(token.offset + token.source.length);
    case 'single-quoted-scalar':
      return singleQuoted(token.source, token.offset);
    case 'double-quoted-scalar':
      return doubleQuoted(token.source, token.offset);
    case 'block-scalar':
      return block(token);
    default:
      return undefined;
  }
}

/** Plain and quoted text over several lines: a line break is a space, an empty line is a line feed, white space around is gone. */
function folded(source: string, offset: number): Trace {
  const trace = new Trace();
  const lines = linesOf(source, offset);
  let breakAt = 0;
  let empty: { readonly start: number; readonly end: number }[] = [];
  lines.forEach((line, index) => {
    const last = index === lines.length - 1;
    const blanks = index === 0 ? 0 : (/^[ \t]*/.exec(line.text)?.[0].length ?? 0);
    const text = last ? line.text.slice(blanks) : trimEnd(line.text.slice(blanks));
    if (index > 0 && text === '' && !last) {
      empty.push({ start: line.start, end: line.next });
    } else {
      if (index > 0) {
        if (empty.length === 0) trace.as(' ', breakAt, line.start);
        for (const { start, end } of empty) trace.as('\n', start, end);
        empty = [];
      }
      trace.copy(text, line.start + blanks);
    }
    if (text !== '' || index === 0) breakAt = line.start + blanks + text.length;
  });
  return trace;
}

function singleQuoted(source: string, offset: number): ScalarMap {
  const inner = folded(source.slice(1, -1), offset + 1);
  const trace = new Trace();
  for (let index = 0; index < inner.value.length; index++) {
    const start = inner.starts[index] ?? 0;
    const twice = inner.value.startsWith("''", index);
    if (twice) index++;
    trace.as(inner.value.charAt(index), start, inner.ends[index] ?? start);
  }
  return trace.done(offset + source.length - 1);
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};
const digits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function doubleQuoted(source: string, offset: number): ScalarMap {
  const trace = new Trace();
  const end = source.length - 1;
  let index = 1;
  while (index < end) {
    const rest = source.slice(index, Math.min(end, index + 2));
    const fold = /[ \t]*\r?\n[ \t\r\n]*/y;
    fold.lastIndex = index;
    const blank = fold.exec(source)?.[0];
    if (blank !== undefined) {
      const stop = Math.min(end, index + blank.length);
      const breaks = [...source.slice(index, stop).matchAll(/\n/g)].map((found) => index + found.index);
      if (breaks.length === 1) trace.as(' ', offset + index, offset + stop);
      for (const at of breaks.slice(1)) trace.as('\n', offset + at, offset + at + 1);
      index = stop;
    } else if (/^\\\r?\n?$/.test(rest) && rest.length === 2 && /^\\\r?\n/.test(source.slice(index, index + 3))) {
      const joined = /\\\r?\n[ \t]*/y;
      joined.lastIndex = index;
      index += joined.exec(source)?.[0].length ?? 2;
    } else if (rest.startsWith('\\')) {
      const name = rest.charAt(1);
      const simple = escapes[name];
      const length = 2 + (digits[name] ?? 0);
      const written = simple ?? character(source.slice(index + 2, index + length)) ?? source.slice(index, index + length);
      trace.as(written, offset + index, offset + index + length);
      index += length;
    } else {
      trace.copy(source.charAt(index), offset + index);
      index++;
    }
  }
  return trace.done(offset + end);
}

function character(hex: string): string | undefined {
  const code = /^[0-9a-fA-F]+$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** Literal and folded block scalars. The rules of folding are those of chapter 8.1.3: lines that are indented more keep their breaks. */
function block(token: CST.BlockScalar): ScalarMap | undefined {
  const header = token.props.find((part): part is CST.SourceToken => part.type === 'block-scalar-header');
  if (header === undefined) return undefined;
  const start = token.offset + token.props.reduce((sum, part) => sum + ('source' in part ? (part.source?.length ?? 0) : 0), 0);
  const explicit = Number(/\d/.exec(header.source)?.[0] ?? 0);
  const chomp = /[+-]/.exec(header.source)?.[0] ?? '';
  const lines = linesOf(token.source, start).map((line) => {
    const blanks = /^ */.exec(line.text)?.[0].length ?? 0;
    return { ...line, blanks, content: line.text.slice(blanks) };
  });
  const trace = new Trace();
  const lastFull = lines.findLastIndex(({ content }) => content !== '');
  if (lastFull === -1) {
    if (chomp === '+') for (const line of lines.slice(0, Math.max(1, lines.length - 1))) trace.as('\n', line.end, line.next);
    return trace.done(start + token.source.length);
  }
  const firstFull = lines.findIndex(({ content }) => content !== '');
  const indent =
    explicit > 0 ? token.indent + explicit : Math.max(0, ...lines.slice(0, firstFull + 1).map(({ blanks }) => blanks));
  const trim = explicit > 0 ? indent : (lines[firstFull]?.blanks ?? indent);
  // Blank lines at the end that are indented more are content, not chomped.
  const stop =
    Math.max(
      lastFull,
      lines.findLastIndex(({ blanks }) => blanks > trim),
    ) + 1;
  blockLines({ trace, lines: lines.slice(0, stop), trim, firstFull, fold: header.source.startsWith('>') });
  const last = lines[stop - 1];
  if (last !== undefined && chomp !== '-') trace.as('\n', last.end, last.next);
  if (chomp === '+') {
    lines.slice(stop, -1).forEach((line) => {
      trace.copy(line.text.slice(trim), line.start + trim);
      trace.as('\n', line.end, line.next);
    });
  }
  return trace.done(last?.end ?? start);
}

interface Line {
  readonly text: string;
  readonly start: number;
  /** Behind the text, before the line break. */
  readonly end: number;
  /** Where the next line begins. */
  readonly next: number;
}
interface BlockLine extends Line {
  readonly blanks: number;
  readonly content: string;
}

function blockLines(options: {
  readonly trace: Trace;
  readonly lines: readonly BlockLine[];
  readonly trim: number;
  readonly firstFull: number;
  readonly fold: boolean;
}): void {
  const { trace, lines, trim, firstFull, fold } = options;
  /** Line breaks since the last text, to be written as a space, or as they are. */
  let breaks: Line[] = [];
  let moreBefore = false;
  lines.forEach((line, index) => {
    const text = line.text.slice(trim);
    const at = line.start + Math.min(trim, line.text.length);
    if (index < firstFull) {
      trace.copy(text, at);
      trace.as('\n', line.end, line.next);
      return;
    }
    const more = line.blanks > trim || line.content.startsWith('\t');
    if (!fold) {
      for (const { end, next } of breaks) trace.as('\n', end, next);
      trace.copy(text, at);
      breaks = [line];
      return;
    }
    if (line.content === '' && !more) {
      breaks.push(line);
      return;
    }
    const [first, ...others] = breaks;
    if (first !== undefined) {
      if (more || moreBefore) trace.as('\n', first.end, first.next);
      else if (others.length === 0) trace.as(' ', first.end, first.next);
      for (const { end, next } of others) trace.as('\n', end, next);
    }
    trace.copy(text, at);
    breaks = [line];
    moreBefore = more;
  });
}

function linesOf(source: string, offset: number): readonly Line[] {
  const lines: Line[] = [];
  if (source === '') return lines;
  const ending = /\r?\n|$/g;
  let from = 0;
  for (const found of source.matchAll(ending)) {
    if (found[0] === '' && found.index < source.length) continue;
    const next = found.index + found[0].length;
    lines.push({ text: source.slice(from, found.index), start: offset + from, end: offset + found.index, next: offset + next });
    from = next;
    if (found[0] === '') break;
  }
  return lines;
}

const trimEnd = (text: string): string => text.replace(/(?<![ \t])[ \t]+$/, '');
