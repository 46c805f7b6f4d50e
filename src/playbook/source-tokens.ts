// What is wrong with a file before its structure is known: its size, its characters, its depth, how many documents it holds.
import { type CST, Lexer, Parser } from 'yaml';
import { limits, type Report } from './source-nodes.ts';

/** Checks what needs no structure, and gives the tokens when the file may be composed. */
export function tokenProblems(text: string, report: Report): readonly CST.Token[] | undefined {
  const bytes = text.length > limits.bytes / 4 ? Buffer.byteLength(text) : 0;
  if (bytes > limits.bytes) {
    report('yaml/too-large', { what: 'bytes', count: bytes, limit: limits.bytes }, [0, 0]);
    return undefined;
  }
  for (const { index, 0: found } of [...text.matchAll(characters)].slice(0, limits.problems)) {
    const codePoint = found.codePointAt(0) ?? 0;
    report('yaml/character', { codePoint, name: nameOf(codePoint) }, [index, index + 1]);
  }
  // The parser takes a lone carriage return for a letter, and what it finds behind one is a guess.
  const tokens = /\r(?!\n)/.test(text) ? undefined : parse(text, report);
  if (tokens === undefined) return undefined;
  const documents = tokens.filter((token) => token.type === 'document');
  const [, second] = documents;
  if (second !== undefined) report('yaml/several-documents', {}, [second.offset, second.offset + 3]);
  const values = tokens.some((token) => token.type === 'error' || (token.type === 'document' && token.value !== undefined));
  if (!values) report('yaml/empty', {}, [0, 0]);
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

/** Stops at the first limit: the parser takes microseconds for each word, and a file may have a million. */
function parse(text: string, report: Report): readonly CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const word of new Lexer().lex(text)) {
    for (const token of parser.next(word)) tokens.push(token);
    const here: readonly [number, number] = [parser.offset, parser.offset + 1];
    // The library makes an error object for every wrong escape.
    count += 1 + (word.startsWith('"') ? (word.match(/\\[^0abefnrtvN_LPxuU "/\\\s]/g)?.length ?? 0) : 0);
    if (count > limits.tokens) {
      report('yaml/too-large', { what: 'words', count, limit: limits.tokens }, here);
      return undefined;
    }
    if (parser.stack.length > limits.depth && depthOf(parser.stack) > limits.depth) {
      report('yaml/too-deep', { limit: limits.depth }, here);
      return undefined;
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

const depthOf = (open: readonly CST.Token[]): number => open.filter((token) => 'items' in token).length;
