import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'context',
  name: 'code-search',
  api: 1,
  summary: 'Searches the files for a text, a regular expression, or a pattern of code.',
  inputs: {
    type: 'object',
    properties: {
      text: { type: 'string', description: 'What to look for, letter by letter.' },
      regex: { type: 'string', description: 'A regular expression of JavaScript; it is tried on each line.' },
      pattern: {
        type: 'string',
        description: 'A pattern of code: `fetch($URL)`. `$NAME` stands for one part, `$$$` for any number of them.',
      },
      language: {
        type: 'string',
        enum: ['javascript', 'typescript', 'tsx', 'html', 'css'],
        description: 'Only files of this language; default: for `pattern` JavaScript and TypeScript, else all.',
      },
      'ignore-case': { type: 'boolean', default: false, description: 'Do capitals make no difference, for `text` and `regex`?' },
      files: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of the files to search; default: all that git keeps.',
      },
      max: { type: 'integer', minimum: 1, maximum: 10000, default: 200, description: 'So many places at most are given.' },
      title: { type: 'string', default: '', description: 'Heading in the brief; default: what is searched for.' },
      'max-tokens': {
        type: 'integer',
        minimum: 200,
        default: 2000,
        description: 'The brief is cut to about this many tokens.',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      matches: {
        type: 'array',
        description: 'The places, by file and line.',
        items: {
          type: 'object',
          description: 'A place.',
          properties: {
            file: { type: 'string', description: 'The file.' },
            line: { type: 'integer', description: 'The line.' },
            column: { type: 'integer', description: 'The column, from 1, in UTF-16 units.' },
            text: { type: 'string', description: 'The line, or what is around the place in a long one.' },
          },
          required: ['file', 'line', 'column', 'text'],
          additionalProperties: false,
        },
      },
      total: { type: 'integer', description: 'How many places there are, those beyond `max` too.' },
      searched: { type: 'integer', description: 'How many files were searched.' },
      'not-understood': {
        type: 'array',
        description: 'Files that could not be searched.',
        items: {
          type: 'object',
          description: 'A file.',
          properties: {
            file: { type: 'string', description: 'The file.' },
            line: { type: 'integer', nullable: true, description: 'The line.' },
            what: { type: 'string', description: 'Its name.' },
            why: { type: 'string', description: 'Why it was not searched.' },
          },
          required: ['file', 'line', 'what', 'why'],
          additionalProperties: false,
        },
      },
    },
    required: ['matches', 'total', 'searched', 'not-understood'],
    additionalProperties: false,
  },
  powers: [],
});
