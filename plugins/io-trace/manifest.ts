import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'context',
  name: 'io-trace',
  api: 1,
  summary: 'Traces waits from the routes down: blocking calls, queries in loops, outbound calls without a limit.',
  inputs: {
    type: 'object',
    properties: {
      files: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of source files; default: all JavaScript and TypeScript but tests and built files.',
      },
      path: {
        type: 'string',
        format: 'path',
        default: '',
        description: 'The folder of one service of a monorepo; default: all of the scope.',
      },
      goal: {
        type: 'string',
        default: '',
        description: 'What is about to be done: findings that it names come first in the brief.',
      },
      'max-tokens': {
        type: 'integer',
        minimum: 200,
        default: 3000,
        description: 'The brief is cut to about this many tokens.',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      findings: {
        type: 'array',
        description: 'What was found, the most relevant first.',
        items: {
          type: 'object',
          description: 'A finding.',
          properties: {
            rule: { type: 'string', description: 'The rule: `query-in-loop`.' },
            file: { type: 'string', description: 'The file.' },
            line: { type: 'integer', description: 'The line.' },
            code: { type: 'string', description: 'An excerpt.' },
            what: { type: 'string', description: 'One sentence.' },
            why: { type: 'string', description: 'What comes of it.' },
            hint: { type: 'string', description: 'What can be done.' },
            routes: {
              type: 'array',
              items: { type: 'string', description: '`GET /orders/{id}`, or `mutation addOrder` of GraphQL.' },
              description: 'Routes that reach it.',
            },
            chain: {
              type: 'array',
              description: 'The calls from the first of the routes to it; empty: no route was seen to reach it.',
              items: {
                type: 'object',
                description: 'A call.',
                properties: {
                  name: { type: 'string', description: 'The function.' },
                  file: { type: 'string', description: 'Where it is called.' },
                  line: { type: 'integer', description: 'Where it is called.' },
                },
                required: ['name', 'file', 'line'],
                additionalProperties: false,
              },
            },
          },
          required: ['rule', 'file', 'line', 'code', 'what', 'why', 'hint', 'routes', 'chain'],
          additionalProperties: false,
        },
      },
      routes: { type: 'integer', description: 'Handlers and hooks that were followed.' },
      functions: { type: 'integer', description: 'Functions that they reach.' },
      'not-understood': {
        type: 'array',
        description: 'What was met and could not be followed.',
        items: {
          type: 'object',
          description: 'A place.',
          properties: {
            file: { type: 'string', description: 'The file.' },
            line: { type: 'integer', nullable: true, description: 'The line.' },
            what: { type: 'string', description: 'An excerpt.' },
            why: { type: 'string', description: 'Why it is not understood.' },
          },
          required: ['file', 'line', 'what', 'why'],
          additionalProperties: false,
        },
      },
    },
    required: ['findings', 'routes', 'functions', 'not-understood'],
    additionalProperties: false,
  },
  powers: [],
});
