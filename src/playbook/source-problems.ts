// What is wrong with a file as YAML, in our words. The library's own texts are read here and never shown.
import type { YAMLError } from 'yaml';
import { endOf, unquoted } from './source-flow.ts';
import { eachNode, limits, type Node, type Report, rangeOf } from './source-nodes.ts';
import { syntaxWords } from './source-words.ts';

/** Errors that say that something follows from an error before it. */
const knockOn = /in YAML (stream|document)|at node end|followed by map values|on a single line/;
/** Errors that leave the rest of the file readable. */
const local = new Set(['TAG_RESOLVE_FAILED', 'BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'BAD_ALIAS']);

/** Reports the library's errors and warnings, one for each mistake; gives the offset from which on the structure is a guess. */
export function structureProblems(options: {
  readonly text: string;
  /** Of the library, errors and warnings. */
  readonly found: readonly YAMLError[];
  readonly root: Node | undefined;
  readonly lineOf: (offset: number) => number;
  readonly report: Report;
}): number {
  const { text, found, root, lineOf, report } = options;
  const errors = [...found].sort((a, b) => a.pos[0] - b.pos[0]);
  let brokenLine: number | undefined;
  let guess = Number.POSITIVE_INFINITY;
  let seen = 0;
  for (const error of errors) {
    if (seen > limits.problems) break;
    const line = lineOf(error.pos[0]);
    if (local.has(error.code)) {
      if (brokenLine !== undefined && line <= brokenLine + 1) continue;
      seen++;
      reportLocal({ text, error, report });
      continue;
    }
    const follows = brokenLine !== undefined && (line <= brokenLine + 1 || knockOn.test(error.message));
    brokenLine = follows ? Math.max(brokenLine ?? 0, line) : line;
    if (follows) continue;
    seen++;
    guess = Math.min(guess, error.pos[0]);
    const same = errors.filter((other) => other !== error && other.pos[0] === error.pos[0]);
    reportStructural({ text, root, error, same, report });
  }
  return guess;
}

function reportLocal({
  text,
  error,
  report,
}: {
  readonly text: string;
  readonly error: YAMLError;
  readonly report: Report;
}): void {
  const [start, end] = error.pos;
  const written = text.slice(start, Math.max(start + 1, endOf(text, start + 1)));
  switch (error.code) {
    case 'TAG_RESOLVE_FAILED': {
      const tag = text.slice(start, end);
      if (/[/*.{]/.test(written) && !tag.startsWith('!!') && !tag.startsWith('!<')) {
        report('yaml/unquoted-pattern', { text: written, reads: 'a tag, the type of a value' }, [start, start + written.length]);
      } else report('yaml/tag', { tag }, [start, end]);
      return;
    }
    case 'BAD_DQ_ESCAPE': {
      const sequence = /\\(?:x.{0,2}|u.{0,4}|U.{0,8}|.)/.exec(text.slice(start, start + 10))?.[0] ?? '\\';
      report('yaml/escape', { escape: sequence }, [start, start + sequence.length]);
      return;
    }
    default:
      report('yaml/unquoted-pattern', { text: written, reads: firstCharacter(text.charAt(start)) }, [
        start,
        start + written.length,
      ]);
  }
}

function firstCharacter(character: string): string {
  switch (character) {
    case '%':
      return 'a directive';
    case '*':
      return 'an alias, the repetition of an anchor';
    case '&':
      return 'an anchor, the name of a value';
    default:
      return `something that begins with \`${character}\`, which no text without quotes may`;
  }
}

function reportStructural(options: {
  readonly text: string;
  readonly root: Node | undefined;
  readonly error: YAMLError;
  /** What else the library says about the same place. */
  readonly same: readonly YAMLError[];
  readonly report: Report;
}): void {
  const { text, root, error, same, report } = options;
  const [start, end] = error.pos;
  const flow = unquoted(text, start);
  if (flow !== undefined) {
    const { code, range } = flow;
    const written = text.slice(...range);
    if (code === 'yaml/unquoted-expression') report(code, { text: written }, range);
    else report(code, { text: written, reads: 'text and a map in `{ }`' }, range);
    return;
  }
  const blanks = indentOf(text, start);
  if (error.code === 'TAB_AS_INDENT' || (blanks.text.includes('\t') && start <= blanks.end)) {
    report('yaml/tab', {}, [blanks.start + blanks.text.indexOf('\t'), blanks.end]);
    return;
  }
  if (error.message.startsWith('Missing closing')) {
    const opening = find(root, (node) => node.kind === 'scalar' && node.end === start) ?? [start, end];
    report('yaml/missing-quote', { quote: text.charAt(opening[0]) }, [opening[0], opening[0] + 1]);
    return;
  }
  if (/^Flow (map|sequence) in block/.test(error.message)) {
    const opening = find(root, (node) => (node.kind === 'map' || node.kind === 'seq') && node.flow && node.end >= start);
    const at = opening?.[0] ?? start;
    const open = text.charAt(at);
    report('yaml/unclosed', { open, close: open === '{' ? '}' : ']' }, [at, at + 1]);
    return;
  }
  if (error.code === 'NON_STRING_KEY') {
    report('yaml/key-not-text', {}, [start, end]);
    return;
  }
  const rest = /^[^\r\n]*?(?=\s+#|\s*[\r\n]|\s*$)/.exec(text.slice(start, start + 2000))?.[0] ?? '';
  if (error.message.startsWith('Nested mappings') && same.length === 0) {
    report('yaml/colon-in-text', { text: rest }, [start, start + rest.length]);
    return;
  }
  const words = syntaxWords({ text, error, same, rest });
  if (words.code === 'yaml/syntax') report(words.code, { what: words.what, instead: words.instead }, words.range);
  else report(words.code, { what: words.what }, words.range);
}

/** The white space at the beginning of the line of `offset`. */
function indentOf(text: string, offset: number): { readonly text: string; readonly start: number; readonly end: number } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const blanks = /^[ \t]*/.exec(text.slice(start, start + 500))?.[0] ?? '';
  return { text: blanks, start, end: start + blanks.length };
}

/** Range of the first node, from the outside, that `is` true for. */
function find(root: Node | undefined, is: (node: Node) => boolean): readonly [number, number] | undefined {
  let found: readonly [number, number] | undefined;
  eachNode(root, (node) => {
    if (found === undefined && is(node)) found = rangeOf(node);
  });
  return found;
}
