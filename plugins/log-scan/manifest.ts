import { defineManifest, requestSchema } from '../../src/plugin-api.ts';

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
        description:
          'The workload: requests that are sent to the service, one after the other; {canary} in one stands for a marker that must not be logged, and so does the token of `auth`.',
        items: requestSchema,
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
