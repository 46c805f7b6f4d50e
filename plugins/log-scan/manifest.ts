import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'log-scan',
  api: 1,
  summary: "Reads what a service logs under a workload: errors, warnings, crashes, secrets, held against base's log.",
  inputs: {
    type: 'object',
    properties: {
      service: { type: 'string', format: 'service', default: 'api', description: 'The service whose log is read.' },
      requests: {
        type: 'array',
        default: [],
        description: 'The workload: requests that are sent to the service, one after the other.',
        items: {
          type: 'object',
          description: 'One request.',
          properties: {
            method: { type: 'string', default: 'GET', pattern: '^[A-Z]+$', description: 'The method.' },
            path: {
              type: 'string',
              pattern: '^/',
              description: 'Path and query; {canary} stands for a marker that must not be logged.',
            },
            headers: {
              type: 'map',
              values: { type: 'string', description: 'Value of the header.' },
              default: {},
              description: 'Headers; {canary} stands for a marker that must not be logged.',
            },
            body: {
              type: 'json',
              description:
                'The body, sent as JSON; a text is sent as it is. {canary} in texts stands for a marker that must not be logged.',
            },
            auth: {
              type: 'string',
              description: 'An entry of `auth:`; its token is sent as a bearer token, and must not be logged.',
            },
            expect: {
              type: 'object',
              description: 'What a right answer is.',
              properties: {
                status: {
                  type: 'integer',
                  minimum: 100,
                  maximum: 599,
                  description: 'Its status; default: any of 200 to 299.',
                },
                'body-includes': {
                  type: 'array',
                  items: { type: 'string', description: 'A text.' },
                  default: [],
                  description: 'Texts that its body has.',
                },
              },
              additionalProperties: false,
            },
          },
          required: ['path'],
          additionalProperties: false,
        },
      },
      command: {
        type: 'string',
        description:
          'The workload as a command of the tree, such as its API tests; SERVICE_URL is the address of the service. It runs after `requests`.',
      },
      timeout: { type: 'number', format: 'duration', default: 600_000, description: 'Time for `command`; one request has 10 s.' },
      format: {
        type: 'string',
        enum: ['auto', 'json', 'logfmt', 'plain'],
        default: 'auto',
        description: 'What the log is written in; auto: what most of its lines are.',
      },
      levels: {
        type: 'map',
        default: {},
        description: "Levels of the log's own, by their name or number, and what they mean.",
        values: { type: 'string', enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], description: 'What it means.' },
      },
      ignore: {
        type: 'array',
        default: [],
        description: 'Messages that are no finding. Secrets cannot be ignored.',
        items: {
          type: 'object',
          description: 'One kind of message.',
          properties: {
            message: { type: 'string', pattern: '\\S', description: 'A part of the message; * stands for any text.' },
            reason: { type: 'string', pattern: '\\S', description: 'Why it is no finding.' },
          },
          required: ['message', 'reason'],
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      lines: { type: 'integer', description: 'Lines that were read.' },
      errors: { type: 'integer', description: 'Entries at level error or fatal.' },
      warnings: { type: 'integer', description: 'Entries at level warn.' },
    },
    required: ['lines', 'errors', 'warnings'],
    additionalProperties: false,
  },
  powers: ['exec'],
  runsOnBase: true,
  findings: {
    'log-scan/error': { means: 'The service logs an error under the workload.', baseline: 'subtract' },
    'log-scan/warning': { means: 'The service logs a warning under the workload.', baseline: 'subtract' },
    'log-scan/unhandled': {
      means: 'An error that nobody handled, or a stack trace below level warn.',
      baseline: 'subtract',
    },
    'log-scan/secret': { means: 'A secret stands in the log.', baseline: 'absolute' },
    'log-scan/unparsable': { means: 'A line is not in the format of the log.', baseline: 'subtract' },
  },
});
export type Code = keyof typeof manifest.findings;
