import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'service',
  name: 'upstream',
  api: 1,
  summary: 'A stand-in for an outside HTTP dependency: fixed answers, a call log, and faults on demand.',
  inputs: {
    type: 'object',
    properties: {
      openapi: {
        type: 'string',
        format: 'path',
        description:
          'An OpenAPI 3 file, YAML or JSON; every operation answers with its first success, from its examples or its schema.',
      },
      routes: {
        type: 'array',
        default: [],
        description: 'Answers of your own; they come before those of the OpenAPI file.',
        items: {
          type: 'object',
          description: 'One answer.',
          properties: {
            method: { type: 'string', default: 'GET', pattern: '^[A-Za-z]+$', description: 'The method.' },
            path: { type: 'string', pattern: '^/', description: 'The path; {name} stands for one segment.' },
            status: { type: 'integer', minimum: 100, maximum: 599, default: 200, description: 'The status.' },
            body: { type: 'json', description: 'The body, sent as JSON; a string is sent as it is.' },
            headers: {
              type: 'map',
              values: { type: 'string', description: 'Value of the header.' },
              default: {},
              description: 'Headers.',
            },
            delay: { type: 'number', format: 'duration', minimum: 0, default: 0, description: 'How long it takes.' },
          },
          required: ['path'],
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      control: { type: 'string', description: 'Path of the control address on the same server.' },
      token: { type: 'string', description: 'Value of the header x-bexpert-control that the control address asks for.' },
      routes: {
        type: 'array',
        items: { type: 'string', description: 'Method and path.' },
        description: 'What it answers.',
      },
    },
    required: ['control', 'token', 'routes'],
    additionalProperties: false,
  },
  powers: ['exec'],
});
