import type { YAMLError } from 'yaml';

/** The library's names of tokens, in words. */
const tokens: Readonly<Record<string, string>> = {
  'flow-map-start': 'a `{`',
  'flow-map-end': 'a `}`',
  'flow-seq-start': 'a `[`',
  'flow-seq-end': 'a `]`',
  'map-value-ind': 'a `:`',
  'explicit-key-ind': 'a `?`',
  'block-seq-ind': 'a `-`',
  comma: 'a comma',
  anchor: 'an anchor',
  tag: 'a tag',
  alias: 'an alias',
  'doc-start': 'a `---`',
  'doc-end': 'a `...`',
};

interface Words {
  readonly code: 'yaml/indentation' | 'yaml/syntax';
  readonly what: string;
  readonly range: readonly [number, number];
}

/** What an error of the structure means. */
export function syntaxWords(options: {
  readonly text: string;
  readonly error: YAMLError;
  readonly multiline: YAMLError | undefined;
  /** The line from the error on, without a comment. */
  readonly rest: string;
}): Words {
  const { text, error, multiline, rest } = options;
  const [start, end] = error.pos;
  const here: readonly [number, number] = [start, Math.max(end, start + Math.min(rest.length, 1))];
  const syntax = (what: string, range = here): Words => ({ code: 'yaml/syntax', what, range });
  const indentation = (what: string, range = here): Words => ({ code: 'yaml/indentation', what, range });
  const { message } = error;

  const lines = (multiline ?? error).pos;
  if (error.code === 'MULTILINE_IMPLICIT_KEY' || multiline !== undefined) {
    if (text.charAt(start) === '-') return syntax('a list item cannot stand where the keys of a map are');
    if (text.slice(...lines).includes('\n')) {
      const line = lastLine(text, lines[1]);
      if (error.code === 'MULTILINE_IMPLICIT_KEY')
        return syntax(`a colon is missing behind \`${rest}\``, [start, start + rest.length]);
      return indentation('this line is indented more than the key above it, which has a value already', line);
    }
    return syntax('a key and its colon must be on one line');
  }
  switch (error.code) {
    case 'BAD_INDENT':
      if (message.startsWith('All mapping items')) return indentation('no key above begins in this column', word(text, start));
      if (message.startsWith('All sequence items'))
        return indentation('no list item above begins in this column', word(text, start));
      if (message.startsWith('Block scalar')) {
        return indentation('text behind `|` and `>` must be indented more than its key, with spaces', lineOf(text, start));
      }
      return indentation('this line must be indented more', lineOf(text, start));
    case 'BLOCK_IN_FLOW':
      return syntax('inside `{ }` and `[ ]` a comma must separate this from what follows');
    case 'BLOCK_AS_IMPLICIT_KEY':
      return syntax('a list cannot be a key');
    case 'KEY_OVER_1024_CHARS':
      return syntax('a key has more than 1024 characters', [start, start + 1]);
    default:
  }
  if (message.includes('on same line with key'))
    return syntax('the first list item must begin on a line of its own, below its key');
  if (message.startsWith('Missing , ')) return syntax('a comma is missing before this', word(text, start));
  if (message.includes('Missing space after :')) return syntax('a space is missing behind the colon');
  if (message.includes('followed by map values'))
    return syntax(`a colon is missing behind \`${rest}\``, [start, start + rest.length]);
  if (message.includes('separated from')) return syntax('a space is missing before this');
  if (message.includes('Block scalar header')) {
    return syntax('behind `|` and `>` only `+`, `-` and a digit may stand; the text begins on the next line', word(text, start));
  }
  if (message.includes('scalar at node end') && !sameLine(text, start))
    return syntax('a key cannot stand where list items are', word(text, start));
  if (message.includes('at node end'))
    return syntax('the value has ended already before this', [start, start + Math.max(1, rest.length)]);
  const token = /Unexpected (?:, in|([\w-]+))/.exec(message);
  const name = token === null ? undefined : (tokens[token[1] ?? 'comma'] ?? (token[1] === 'scalar' ? 'this text' : undefined));
  return syntax(name === undefined ? 'this is not YAML' : `${name} cannot stand here`);
}

/** Is there something before `offset` in its line? */
const sameLine = (text: string, offset: number): boolean =>
  text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() !== '';

const word = (text: string, offset: number): readonly [number, number] => {
  const found = /^[^\s,:[\]{}]+/.exec(text.slice(offset, offset + 200))?.[0] ?? ' ';
  return [offset, offset + found.length];
};

/** The line that holds `offset`, or the next one when it lies at a line's end, without the white space around. */
function lineOf(text: string, offset: number): readonly [number, number] {
  const from = text.charAt(offset) === '\n' ? offset + 1 : text.lastIndexOf('\n', offset - 1) + 1;
  const line = /^[^\r\n]*/.exec(text.slice(from, from + 500))?.[0] ?? '';
  const blanks = line.length - line.trimStart().length;
  return [from + blanks, from + Math.max(blanks, line.trimEnd().length)];
}

/** The last line of what ends at `end`, up to there. */
function lastLine(text: string, end: number): readonly [number, number] {
  const from = text.lastIndexOf('\n', end - 1) + 1;
  const blanks = /^[ \t]*/.exec(text.slice(from, end))?.[0].length ?? 0;
  return [from + blanks, end];
}
