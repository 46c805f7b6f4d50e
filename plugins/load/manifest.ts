import { defineManifest, requestSchema } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'load',
  api: 1,
  summary: 'Puts load on a service: answers, errors, percentiles, throughput, and time and CPU against base.',
  inputs: {
    type: 'object',
    properties: {
      service: { type: 'string', format: 'service', default: 'api', description: 'The service that is put under load.' },
      requests: {
        type: 'array',
        minItems: 1,
        description: 'What is asked of it; each request has a load of its own.',
        items: requestSchema,
      },
      connections: { type: 'integer', minimum: 1, default: 10, description: 'How many connections ask at the same time.' },
      amount: {
        type: 'integer',
        minimum: 1,
        description: 'How often each request is sent; default: 250, with `limits.p99` 500.',
      },
      duration: {
        type: 'number',
        format: 'duration',
        minimum: 100,
        description: 'How long each request is sent, in place of `amount`.',
      },
      timeout: {
        type: 'number',
        format: 'duration',
        minimum: 1000,
        default: 10_000,
        description: 'How long an answer may take; later is an error.',
      },
      limits: {
        type: 'object',
        description: 'What is asked of every request.',
        properties: {
          p95: { type: 'number', format: 'duration', description: '95 of 100 answers come within this time.' },
          p99: { type: 'number', format: 'duration', description: '99 of 100 answers come within this time.' },
          errors: {
            type: 'number',
            format: 'percent',
            minimum: 0,
            maximum: 100,
            default: 0,
            description: 'Share of requests that may get no answer or one of 500 to 599.',
          },
          cpu: {
            type: 'number',
            format: 'duration',
            description: 'CPU time of the service for a request, at most; other work on the machine hardly changes it.',
          },
          throughput: { type: 'number', minimum: 0, description: 'Right answers per second, at least.' },
        },
        additionalProperties: false,
      },
      compare: {
        type: 'object',
        description: 'Holds time and CPU time per request against base.',
        properties: {
          tolerance: {
            type: 'number',
            format: 'percent',
            minimum: 0,
            default: 10,
            description: 'How much more than on base is allowed.',
          },
          rounds: {
            type: 'integer',
            minimum: 4,
            maximum: 16,
            default: 8,
            description: 'Rounds with fresh processes, at most; more where the number of requests asks for it.',
          },
        },
        additionalProperties: false,
      },
    },
    required: ['requests'],
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      requests: { type: 'integer', description: 'Requests that were answered under load.' },
      errors: { type: 'integer', description: 'Requests that got no answer, or one of 500 to 599.' },
      rounds: { type: 'integer', description: 'Rounds of the comparison with base.' },
    },
    required: ['requests', 'errors', 'rounds'],
    additionalProperties: false,
  },
  powers: ['exec'],
  exclusive: true,
  cost: 'costly',
  runsOnBase: false,
  findings: {
    'load/unreachable': { means: 'The service does not start or does not answer, and that of base does.', baseline: 'absolute' },
    'load/wrong-answer': { means: 'An answer is not what `expect` says, without load or under it.', baseline: 'absolute' },
    'load/errors': { means: 'More requests than allowed got no answer, or one of 500 to 599.', baseline: 'absolute' },
    'load/died': {
      means: 'The service ended by itself, or was started anew, under load or while it was compared.',
      baseline: 'absolute',
    },
    'load/interference': {
      means: 'The candidate did something to base’s measurement: it ran, or sent base’s service something, when it stood still.',
      baseline: 'absolute',
    },
    'load/slow': { means: 'A percentile of the times to answer is certainly above its limit.', baseline: 'absolute' },
    'load/throughput': { means: 'Right answers per second are certainly below the limit.', baseline: 'absolute' },
    'load/cpu': { means: 'The service takes more CPU time for a request than the limit.', baseline: 'absolute' },
    'load/regression': {
      means: 'A request certainly takes longer or more CPU time than on base, by more than the tolerance.',
      baseline: 'absolute',
    },
  },
});
export type Code = keyof typeof manifest.findings;
