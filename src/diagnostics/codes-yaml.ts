import type { CodeTable } from './code-table.ts';

const quoted = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
const readable = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What can be wrong with a file before its keys are looked at: its bytes, its YAML, and what YAML reads otherwise than people. */
export const yamlCodes = {
  'yaml/too-large': {
    means: 'A file has more bytes, or more words and signs, than a playbook may have.',
    message: (facts: { what: 'bytes' | 'words'; count: number; limit: number }) =>
      facts.what === 'bytes'
        ? `The file has ${facts.count} bytes; ${facts.limit} bytes are the limit, and it was not read.`
        : `The file has more than ${facts.limit} words and signs; it was read up to here.`,
    hint: () => 'Is it the right file? Long data belongs into a file of its own that the playbook names.',
  },
  'yaml/not-utf-8': {
    means: 'A file holds bytes that are no UTF-8.',
    message: (facts: { byte: number; offset: number }) =>
      `The file is not UTF-8: byte 0x${facts.byte.toString(16).padStart(2, '0')} at offset ${facts.offset} belongs to no character.`,
    hint: () => 'Save the file with the encoding UTF-8, or convert it: `iconv -f LATIN1 -t UTF-8`.',
  },
  'yaml/empty': {
    means: 'A file is empty, or has only comments.',
    message: () => 'The file holds nothing but comments and blank lines.',
    hint: () => 'A playbook begins with `bexpert: 1`.',
  },
  'yaml/several-documents': {
    means: 'A `---` begins a second document in one file.',
    message: () => 'A second YAML document begins here; a file holds one.',
    hint: () => 'Remove the line `---`, or put the second document into a file of its own.',
  },
  'yaml/directive': {
    means: 'A line such as `%YAML 1.1` changes how the file would be read.',
    message: (facts: { directive: string }) =>
      `The directive \`${facts.directive}\` is not supported; every file is read as YAML 1.2.`,
    hint: () => 'Remove the line.',
  },
  'yaml/tab': {
    means: 'A tab stands where the indentation is.',
    message: () => 'A tab indents this line; YAML takes spaces only.',
    hint: () => 'Replace the tabs of the indentation by spaces: two for each level.',
  },
  'yaml/character': {
    means: 'A file holds a control character, a lone carriage return, or one that changes the direction of text.',
    message: (facts: { codePoint: number; name: string }) =>
      `The character U+${facts.codePoint.toString(16).toUpperCase().padStart(4, '0')} (${facts.name}) may not stand here.`,
    hint: (facts: { codePoint: number; name: string }) =>
      facts.codePoint === 13
        ? 'End lines with a line feed, or with carriage return and line feed.'
        : 'Remove it, or write it as an escape in double quotes: "\\u202e".'.replace(
            'u202e',
            `u${facts.codePoint.toString(16).padStart(4, '0')}`,
          ),
  },
  'yaml/too-deep': {
    means: 'Maps and lists are nested deeper than the limit.',
    message: (facts: { limit: number }) => `Maps and lists are nested more than ${facts.limit} levels deep here.`,
    hint: () => 'No playbook needs that. Is a bracket or a quote missing above?',
  },
  'yaml/alias-bomb': {
    means: 'Aliases repeat so much that the file would become enormous, or an anchor contains itself.',
    message: (facts: { alias: string; limit: number | undefined }) =>
      facts.limit === undefined
        ? `The alias \`*${facts.alias}\` stands inside the value that it repeats, which would have no end.`
        : `With the alias \`*${facts.alias}\` the file has more than ${facts.limit} values.`,
    hint: () => 'Write the values out, or repeat smaller ones.',
  },
  'yaml/unknown-alias': {
    means: 'An alias `*name` repeats an anchor `&name` that does not stand before it.',
    message: (facts: { alias: string; near?: string }) =>
      `No anchor \`&${facts.alias}\` stands before the alias \`*${facts.alias}\`.`,
    hint: (facts: { alias: string; near?: string }) =>
      `${facts.near === undefined ? '' : `Did you mean \`*${facts.near}\`? `}When it is meant as text, quote it: ${quoted(`*${facts.alias}`)}.`,
  },
  'yaml/merge-key': {
    means: 'The key `<<` of YAML 1.1, which YAML 1.2 does not have, is used.',
    message: () => 'The merge key `<<` belongs to YAML 1.1; it is not supported.',
    hint: () => 'Write the keys out, or repeat a whole value with an alias: `with: *same`.',
  },
  'yaml/tag': {
    means: 'A value has a tag such as `!name` that means nothing here.',
    message: (facts: { tag: string }) => `The tag \`${facts.tag}\` is not supported.`,
    hint: () => 'Remove the tag; quotes make a value text: "5".',
  },
  'yaml/duplicate-key': {
    means: 'A map has the same key twice.',
    message: (facts: { key: string }) => `The key \`${facts.key === '' ? '""' : facts.key}\` stands in this map already.`,
    hint: () => 'Remove one of them, or put both values under one key.',
  },
  'yaml/key-not-text': {
    means: 'A map or a list stands where a key is expected.',
    message: () => 'A key must be text, and this one is a map or a list.',
    hint: () =>
      'Text that begins with `{` or `[` needs quotes. An expression is written with a dollar sign: "${{ inputs.goal }}".',
  },
  'yaml/forbidden-key': {
    means: 'A key is one of `__proto__`, `constructor` and `prototype`.',
    message: (facts: { key: string }) => `\`${facts.key}\` cannot be a key.`,
    hint: () => 'JavaScript gives this name a meaning of its own. Choose another one.',
  },
  'yaml/number': {
    means: 'A number cannot be kept as it is written: infinite, not a number, or with more digits than fit.',
    message: (facts: { written: string; read: string }) => `The number \`${facts.written}\` would be read as ${facts.read}.`,
    hint: (facts: { written: string; read: string }) => `When it is meant as text, quote it: "${facts.written}".`,
  },
  'yaml/missing-quote': {
    means: 'A text that begins with a quote has no closing one.',
    message: (facts: { quote: string }) => `The text that begins here has no closing ${facts.quote}.`,
    hint: (facts: { quote: string }) =>
      facts.quote === "'" ? "Add a ' at its end. Inside single quotes a quote is written twice: 'it''s'." : 'Add a " at its end.',
  },
  'yaml/escape': {
    means: 'A backslash in double quotes begins no escape that YAML knows.',
    message: (facts: { escape: string }) => `\`${facts.escape}\` is no escape sequence.`,
    hint: () => 'In double quotes a backslash is written twice: "\\\\d". In single quotes it is a backslash: \'\\d\'.',
  },
  'yaml/unclosed': {
    means: 'A `[` or `{` is not closed, or what is inside is not indented enough.',
    message: (facts: { open: string; close: string }) => `The \`${facts.open}\` that begins here has no \`${facts.close}\`.`,
    hint: (facts: { open: string; close: string }) =>
      `Add the \`${facts.close}\`. Where it stands on a later line, indent that line more than the key.`,
  },
  'yaml/indentation': {
    means: 'A line is indented so that it belongs to nothing above it.',
    message: (facts: { what: string }) => `The indentation does not fit: ${facts.what}.`,
    hint: () =>
      'Keys of one map begin in the same column, and so do the items of one list; what belongs to a key is indented more than the key.',
  },
  'yaml/colon-in-text': {
    means: 'Text without quotes holds a colon and a space, which YAML reads as a key and its value.',
    message: () => 'Text without quotes cannot hold `: `; it would be a key with a value inside a value.',
    hint: (facts: { text: string }) => `When it is one text, quote it: ${quoted(facts.text)}.`,
  },
  'yaml/syntax': {
    means: 'Something stands where YAML does not allow it.',
    message: (facts: { what: string }) => `${readable(facts.what)}.`,
    hint: (facts: { instead: string }) => facts.instead,
  },
  'yaml/unquoted-expression': {
    means: 'An expression stands without quotes inside `{ }` or `[ ]`, where its braces begin maps.',
    message: (facts: { text: string }) => `Inside \`{ }\` and \`[ ]\` an expression needs quotes: \`${facts.text}\`.`,
    hint: (facts: { text: string }) => `Write ${JSON.stringify(facts.text)}.`,
  },
  'yaml/unquoted-pattern': {
    means: 'A glob, a path or a name stands without quotes although YAML reads its characters otherwise.',
    message: (facts: { text: string; reads: string }) => `Without quotes YAML reads \`${facts.text}\` as ${facts.reads}.`,
    hint: (facts: { text: string; reads: string }) => `Write ${JSON.stringify(facts.text)}.`,
  },
  'yaml/cut-expression': {
    means: 'A ` #` inside an expression without quotes begins a comment, and the rest is lost.',
    message: (facts: { lost: string }) => `\` #\` begins a comment inside this expression; \`${facts.lost}\` is lost.`,
    hint: (facts: { lost: string; whole: string }) => `Quote the whole value: ${JSON.stringify(facts.whole)}.`,
  },
  'yaml/cut-text': {
    means: 'A ` #` follows text without quotes and looks as if it belonged to it; YAML reads a comment.',
    severity: 'warning',
    message: (facts: { lost: string }) => `YAML reads \`${facts.lost}\` as a comment, not as part of the value.`,
    hint: (facts: { lost: string; whole: string }) =>
      `When it belongs to the value, quote it: ${JSON.stringify(facts.whole)}. When it is a comment, put a space behind \`#\`.`,
  },
  'yaml/boolean-word': {
    means: '`on`, `off`, `yes` or `no` stands without quotes: text in YAML 1.2, a boolean for many other tools.',
    severity: 'warning',
    message: (facts: { word: string; other: boolean }) =>
      `\`${facts.word}\` is text here; other tools read it as ${facts.other}.`,
    hint: (facts: { word: string; other: boolean }) => `Write "${facts.word}" for the text, or ${facts.other} for the boolean.`,
  },
  'yaml/more-problems': {
    means: 'A file has so many YAML errors that the rest of them is left out.',
    message: (facts: { shown: number }) => `Only the first ${facts.shown} YAML problems of this file are shown.`,
    hint: () => 'Mend the first ones; most of the others probably follow from them.',
  },
} as const satisfies CodeTable;
