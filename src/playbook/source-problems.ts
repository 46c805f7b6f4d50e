// What is wrong with a file as YAML, in our words. The library's own texts are read here and never shown.
import { type CST, type Document, isMap, isScalar, isSeq, Parser, type YAMLError } from 'yaml';
import { unquoted } from './source-flow.ts';
import { eachNode, limits, type Report, rangeOf } from './source-nodes.ts';
import { syntaxWords } from './source-words.ts';

/** Checks what needs no structure, and gives the tokens when the file may be composed. */
export function tokenProblems(text: string, report: Report): readonly CST.Token[] | undefined {
  const bytes = text.length > limits.bytes / 4 ? Buffer.byteLength(text) : 0;
  if (bytes > limits.bytes) {
    report('yaml/too-large', { bytes, limit: limits.bytes }, [0, 0]);
    return undefined;
  }
  for (const { index, 0: found } of [...text.matchAll(characters)].slice(0, limits.problems)) {
    const codePoint = found.codePointAt(0) ?? 0;
    report('yaml/character', { codePoint, name: nameOf(codePoint) }, [index, index + 1]);
  }
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    report('yaml/too-deep', { limit: limits.depth }, [deep, deep + 1]);
    return undefined;
  }
  const documents = tokens.filter((token) => token.type === 'document');
  const [, second] = documents;
  if (second !== undefined) report('yaml/several-documents', {}, [second.offset, second.offset + 3]);
  if (documents.length === 0 && tokens.every(({ type }) => type !== 'error')) report('yaml/empty', {}, [0, 0]);
  for (const token of tokens) {
    if (token.type !== 'directive') continue;
    report('yaml/directive', { directive: token.source.trim() }, [token.offset, token.offset + token.source.length]);
  }
  return tokens;
}

// Controls but tab and line breaks; a carriage return that ends no line; overrides of the direction of text (CVE-2021-42574).
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const characters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/g;

function nameOf(codePoint: number): string {
  if (codePoint === 0) return 'NUL';
  if (codePoint === 13) return 'a carriage return without a line feed';
  if (codePoint === 0xfeff) return 'a byte order mark inside the file';
  return codePoint > 0x2000 ? 'it changes the direction of the text that is shown' : 'a control character';
}

/** Offset of the first collection that lies too deep. Walks without recursion: the depth is what is not known yet. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    if (depth + 1 > limits.depth) return token.offset;
    for (const { key, value } of token.items) {
      for (const inner of [key, value]) if (inner) open.push({ token: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Errors that say that something follows from an error before it. */
const knockOn = /in YAML (stream|document)|at node end|followed by map values|on a single line/;
/** Errors that leave the rest of the file readable. */
const local = new Set(['TAG_RESOLVE_FAILED', 'BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'BAD_ALIAS']);

/** Reports the library's errors and warnings, one for each mistake; gives the offset from which on the structure is a guess. */
export function structureProblems(options: {
  readonly text: string;
  readonly document: Document;
  readonly lineOf: (offset: number) => number;
  readonly report: Report;
}): number {
  const { text, document, lineOf, report } = options;
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  let brokenLine: number | undefined;
  let guess = Number.POSITIVE_INFINITY;
  for (const error of errors) {
    const line = lineOf(error.pos[0]);
    if (local.has(error.code)) {
      if (brokenLine === undefined || line > brokenLine + 1) reportLocal({ text, error, report });
      continue;
    }
    const follows = brokenLine !== undefined && (line <= brokenLine + 1 || knockOn.test(error.message));
    brokenLine = follows ? Math.max(brokenLine ?? 0, line) : line;
    if (follows) continue;
    guess = Math.min(guess, error.pos[0]);
    const multiline = errors.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === error.pos[0]);
    reportStructural({ text, document, error, multiline, report });
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
  const word = /[^\s,\]}]*/y;
  word.lastIndex = start;
  const written = word.exec(text)?.[0] ?? '';
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
  readonly document: Document;
  readonly error: YAMLError;
  /** The same mistake as the library saw it a second time. */
  readonly multiline: YAMLError | undefined;
  readonly report: Report;
}): void {
  const { text, document, error, multiline, report } = options;
  const [start, end] = error.pos;
  const flow = unquoted(text, start);
  if (flow !== undefined) {
    const { code, range } = flow;
    const written = text.slice(...range);
    if (code === 'yaml/unquoted-expression') report(code, { text: written }, range);
    else report(code, { text: written, reads: 'text and a map in `{ }`' }, range);
    return;
  }
  if (error.code === 'TAB_AS_INDENT') {
    report('yaml/tab', {}, tabs(text, start));
    return;
  }
  if (error.message.startsWith('Missing closing')) {
    const opening = find(document, (node) => isScalar(node) && rangeOf(node)[1] === start) ?? [start, end];
    report('yaml/missing-quote', { quote: text.charAt(opening[0]) }, [opening[0], opening[0] + 1]);
    return;
  }
  if (/^Flow (map|sequence) in block/.test(error.message)) {
    const opening = find(document, (node) => (isMap(node) || isSeq(node)) && node.flow === true && rangeOf(node)[1] >= start);
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
  if (error.message.startsWith('Nested mappings') && multiline === undefined) {
    report('yaml/colon-in-text', { text: rest }, [start, start + rest.length]);
    return;
  }
  const { code, what, range } = syntaxWords({ text, error, multiline, rest });
  report(code, { what }, range);
}

/** The white space at the beginning of the line of `offset`. */
function tabs(text: string, offset: number): readonly [number, number] {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const blanks = /^[ \t]*/.exec(text.slice(from, from + 200))?.[0] ?? '';
  const first = Math.max(0, blanks.indexOf('\t'));
  return [from + first, from + Math.max(first + 1, blanks.length)];
}

/** Range of the first node, from the outside, that `is` true for. */
function find(document: Document, is: (node: unknown) => boolean): readonly [number, number] | undefined {
  let found: readonly [number, number] | undefined;
  eachNode(document.contents, (node) => {
    if (found === undefined && is(node)) found = rangeOf(node);
  });
  return found;
}
