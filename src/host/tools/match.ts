// Finding the passage that an edit means. Exact first; then only relaxations that lose nothing. Never by similarity: a wrong silent edit
// costs more than one more call.

export type Strategy = 'exact' | 'line ends' | 'typographic characters' | 'trailing whitespace' | 'indentation';
/** Offsets in a text with LF line ends, and what comes in its place. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}
export interface Matches {
  readonly strategy: Strategy;
  readonly matches: readonly Match[];
}
interface Wanted {
  readonly text: string;
  readonly target: string;
  readonly replacement: string;
}

function literal(wanted: Wanted, text: string, target: string): readonly Match[] {
  const matches: Match[] = [];
  for (let at = text.indexOf(target); at >= 0; at = text.indexOf(target, at + target.length)) {
    matches.push({ start: at, end: at + target.length, replacement: wanted.replacement });
  }
  return matches;
}

/** Quotes, dashes and spaces as a typewriter has them; one character each, so that offsets stay. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\u2018\u2019\u201a\u201b]/g, "'")
    .replaceAll(/[\u201c\u201d\u201e\u201f]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' ');

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';
const blank = (line: string): boolean => line.trim() === '';

interface Shift {
  readonly kind: 'add' | 'remove';
  readonly indent: string;
}

function shiftBetween(target: string, line: string): Shift | undefined {
  const [wanted, found] = [indentOf(target), indentOf(line)];
  if (found.endsWith(wanted)) return { kind: 'add', indent: found.slice(0, found.length - wanted.length) };
  if (wanted.endsWith(found)) return { kind: 'remove', indent: wanted.slice(0, wanted.length - found.length) };
  return undefined;
}

/** Undefined where a line cannot be shifted so. */
function shifted(line: string, shift: Shift): string | undefined {
  if (blank(line)) return line;
  if (shift.kind === 'add') return shift.indent + line;
  return line.startsWith(shift.indent) ? line.slice(shift.indent.length) : undefined;
}

/** Whole lines that are equal but for one and the same change of their indentation and for blanks at their ends. */
function byLines(wanted: Wanted, allowed: 'same indentation' | 'any'): readonly Match[] {
  const closed = wanted.target.endsWith('\n');
  const targets = (closed ? wanted.target.slice(0, -1) : wanted.target).split('\n');
  const first = targets.findIndex((line) => !blank(line));
  if (first < 0) return [];
  const lines = wanted.text.split('\n');
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  const matches: Match[] = [];
  for (let at = 0; at + targets.length <= lines.length; at += 1) {
    const shift = shiftBetween(targets[first] ?? '', lines[at + first] ?? '');
    if (shift === undefined || (allowed === 'same indentation' && shift.indent !== '')) continue;
    const equal = targets.every((target, index) => shifted(target.trimEnd(), shift) === (lines[at + index] ?? '').trimEnd());
    if (!equal) continue;
    const replacement = wanted.replacement.split('\n').map((line) => shifted(line, shift));
    if (replacement.includes(undefined)) continue;
    const last = at + targets.length - 1;
    const end = (starts[last] ?? 0) + (lines[last] ?? '').length;
    const newline = closed && last < lines.length - 1;
    const text = replacement.join('\n');
    matches.push({
      start: starts[at] ?? 0,
      end: newline ? end + 1 : end,
      // The file ends without a newline there: so it stays.
      replacement: closed && !newline ? text.replace(/\n$/, '') : text,
    });
    at = last;
  }
  return matches;
}

/** All places that `target` may mean, by the strictest strategy that finds one. `text` and `target` have LF line ends. */
export function findMatches(wanted: Wanted & { readonly carriageReturns: boolean }): Matches | undefined {
  const strategies: readonly (readonly [Strategy, () => readonly Match[]])[] = [
    [wanted.carriageReturns ? 'line ends' : 'exact', () => literal(wanted, wanted.text, wanted.target)],
    ['typographic characters', () => literal(wanted, plain(wanted.text), plain(wanted.target))],
    ['trailing whitespace', () => byLines(wanted, 'same indentation')],
    ['indentation', () => byLines(wanted, 'any')],
  ];
  for (const [strategy, find] of strategies) {
    const matches = find();
    if (matches.length > 0) return { strategy, matches };
  }
  return undefined;
}
