import { defineManifest } from 'bexpert/plugin-api';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'no-console',
  api: 1,
  summary: 'Source files write to the log through the logger, not to the console.',
  inputs: {
    type: 'object',
    properties: {
      files: {
        type: 'array',
        items: { type: 'string', format: 'glob', description: 'A glob.' },
        default: ['src/**/*.{js,ts}'],
        description: 'Files to look at.',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: { files: { type: 'integer', description: 'How many files were looked at.' } },
    required: ['files'],
    additionalProperties: false,
  },
  powers: [],
  runsOnBase: true,
  findings: {
    'no-console/call': { means: 'A file calls a method of console.', baseline: 'subtract' },
  },
});
