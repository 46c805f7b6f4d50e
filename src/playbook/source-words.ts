// The library's errors of structure, in our words.
import type { YAMLError } from 'yaml';

/** The library's names of tokens, as they are written. */
const tokens: Readonly<Record<string, string>> = {
  'flow-map-start': '`{`',
  'flow-map-end': '`}`',
  'flow-seq-start': '`[`',
  'flow-seq-end': '`]`',
  'map-value-ind': '`:`',
  'explicit-key-ind': '`?`',
  'block-seq-ind': '`-`',
  comma: 'comma',
  anchor: 'anchor',
  tag: 'tag',
  alias: 'alias',
  'doc-start': '`---`',
  'doc-end': '`...`',
  scalar: 'text',
  'single-quoted-scalar': 'text',
  'double-quoted-scalar': 'text',
};

export type Words =
  | { readonly code: 'yaml/indentation'; readonly what: string; readonly range: readonly [number, number] }
  | { readonly code: 'yaml/syntax'; readonly what: string; readonly instead: string; readonly range: readonly [number, number] };

export interface StructuralError {
  readonly text: string;
  readonly error: YAMLError;
  /** What else the library says about the same place. */
  readonly same: readonly YAMLError[];
  /** The line from the error on, without a comment. */
  readonly rest: string;
}

/** What an error of the structure means, where it is, and the way out. */
export function syntaxWords(found: StructuralError): Words {
  return overLines(found) ?? indented(found) ?? misplaced(found);
}

const syntax = (what: string, instead: string, range: readonly [number, number]): Words => ({
  code: 'yaml/syntax',
  what,
  instead,
  range,
});
const indentation = (what: string, range: readonly [number, number]): Words => ({ code: 'yaml/indentation', what, range });

/** A key that seems to reach over several lines: something is missing at the end of the first one. */
const behind = (rest: string): string => (rest === '' ? 'here' : `behind \`${rest}\``);

function overLines({ text, error, same, rest }: StructuralError): Words | undefined {
  const multiline = [error, ...same].find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
  if (multiline === undefined) return undefined;
  const [start] = error.pos;
  const here: readonly [number, number] = [start, start + Math.max(1, rest.length)];
  if (text.charAt(start) === '-') {
    return syntax('a list item cannot stand where the keys of a map are', 'Put the items below the key that they belong to.', [
      start,
      start + 1,
    ]);
  }
  if (same.some(({ code }) => code === 'BLOCK_IN_FLOW') || multiline.message.includes('flow sequence')) {
    return syntax(`a comma is missing behind \`${rest}\``, `Write \`${rest},\`.`, here);
  }
  if (error.code !== 'MULTILINE_IMPLICIT_KEY') {
    return indentation(
      'this line is indented more than the key above it, which has a value already',
      lastLine(text, multiline.pos[1]),
    );
  }
  const joined = /^([\w-]+):(\S+)$/.exec(rest);
  if (joined !== null) return syntax('a space is missing behind the colon', `Write \`${joined[1]}: ${joined[2]}\`.`, here);
  return syntax(`a colon is missing ${behind(rest)}`, `Write \`${rest}:\`, or make it part of what stands above.`, here);
}

function indented({ text, error }: StructuralError): Words | undefined {
  const [start] = error.pos;
  if (error.code !== 'BAD_INDENT') return undefined;
  if (error.message.startsWith('All mapping items')) return indentation('no key above begins in this column', word(text, start));
  if (error.message.startsWith('All sequence items'))
    return indentation('no list item above begins in this column', word(text, start));
  if (error.message.startsWith('Block scalar')) {
    return indentation('text behind `|` and `>` must be indented more than its key', lineOf(text, start));
  }
  return indentation('this line must be indented more', lineOf(text, start));
}

function misplaced({ text, error, rest }: StructuralError): Words {
  const [start] = error.pos;
  const here: readonly [number, number] = [start, start + 1];
  const all: readonly [number, number] = [start, start + Math.max(1, rest.length)];
  const { message } = error;
  const found = /Unexpected (?:(?:flow|block)-scalar|([\w-]+)|,)/.exec(message);
  const token = message.includes('Unexpected ,') ? 'comma' : (found?.[1] ?? '');
  if (error.code === 'BLOCK_IN_FLOW') {
    return syntax('inside `{ }` and `[ ]` a comma must separate this from what follows', 'Add the comma.', error.pos);
  }
  if (message.startsWith('Missing directives-end')) {
    return syntax(
      'a line that begins with `%` is a directive, and `---` must follow it',
      'Remove the line, or quote the text.',
      all,
    );
  }
  if (message.startsWith('Sequence item without'))
    return indentation('this line belongs to nothing above it', lineOf(text, start));
  if (error.code === 'KEY_OVER_1024_CHARS')
    return syntax('a key has more than 1024 characters', 'Is a quote missing before this?', here);
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return syntax('a list cannot be a key', 'Put it below a key of its own.', here);
  if (message.includes('on same line with key')) {
    return syntax(
      'a list cannot begin on the line of its key',
      'Begin the first item on a line of its own, or write `[one, two]`.',
      all,
    );
  }
  if (message.startsWith('Missing , ')) return syntax('a comma is missing before this', 'Add the comma.', word(text, start));
  if (message.startsWith('Missing space after :')) return syntax('a space is missing behind the colon', 'Add the space.', here);
  if (message.includes('followed by map values')) {
    return syntax(`a colon is missing ${behind(rest)}`, `Write \`${rest}:\`, or indent it as part of what stands above.`, all);
  }
  if (message.includes('separated from')) return syntax('a space is missing before this', 'Add the space.', here);
  if (message.includes('Block scalar header') || message.startsWith('Not a YAML token')) {
    return syntax(
      'the text of `|` and `>` begins on the next line',
      'Behind the sign only `+`, `-` and a digit may stand.',
      word(text, start),
    );
  }
  if (message.includes('at node end') && text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '') {
    return syntax(
      'a key cannot stand where the items of a list are',
      'Indent it as part of an item, or put the list below a key.',
      word(text, start),
    );
  }
  if (message.includes('at node end') || message === 'Unexpected scalar token') return behindValue(text, start, all);
  if (token === 'flow-map-end' || token === 'flow-seq-end') {
    return syntax(`this ${tokens[token]} closes nothing`, 'Remove it, or add what opens it.', here);
  }
  if (token === 'comma') return syntax('a value is missing before this comma', 'Add the value, or remove the comma.', here);
  const name = tokens[token];
  return syntax(
    name === undefined ? 'this cannot stand here' : `this ${name} cannot stand here`,
    'When it is part of a text, quote the text.',
    here,
  );
}

/** Something follows a value that has ended: mostly a quote inside of quotes. */
function behindValue(text: string, start: number, range: readonly [number, number]): Words {
  const before = text.slice(0, start).trimEnd();
  const quote = before.charAt(before.length - 1);
  if (quote !== '"' && quote !== "'") {
    return syntax('the value has ended already before this', 'Remove it, or quote the whole value.', range);
  }
  const inside = quote === '"' ? 'a quote is written `\\"`' : "a quote is written twice, `''`";
  const how =
    before.length === start ? `Inside these quotes ${inside}.` : 'Put the whole value into other quotes: \'"one" two\'.';
  return syntax('the text in quotes has ended before this', how, range);
}

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
