// Plain, single quoted and double quoted scalars (YAML 1.2.2, chapter 7.3).
import { linesOf, type ScalarMap, Trace } from './source-trace.ts';

/** Plain and quoted text over several lines: a line break is a space, an empty line is a line feed, white space around is gone. */
export function folded(source: string, offset: number): Trace {
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

export function singleQuoted(source: string, offset: number): ScalarMap {
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

export function doubleQuoted(source: string, offset: number): ScalarMap {
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

const trimEnd = (text: string): string => text.replace(/(?<![ \t])[ \t]+$/, '');
