import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'tests',
  api: 1,
  summary: "Runs the repository's tests and holds their results against every test that base has.",
  inputs: {
    type: 'object',
    properties: {
      services: {
        type: 'array',
        items: { type: 'string', description: 'A service of the playbook.', format: 'service' },
        default: [],
        description: "Services that the tests use; default: the step's own `services:`. Each run gets fresh instances.",
      },
      files: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: "Globs of test files; default: those of base's test configuration.",
      },
      env: {
        type: 'map',
        values: { type: 'string', description: 'The value.' },
        default: {},
        description: 'Environment variables of the test processes.',
      },
      timeout: {
        type: 'number',
        format: 'duration',
        description: "Longest time of one test; default: that of base's test configuration.",
      },
      'require-assertions': {
        type: 'boolean',
        default: false,
        description: 'Is a test without a single `expect` an error, not only a warning?',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      passed: { type: 'integer', description: 'Tests that passed.' },
      failed: { type: 'integer', description: 'Tests that failed.' },
      skipped: { type: 'integer', description: 'Tests that did not run: skip, todo.' },
      files: { type: 'integer', description: 'Test files.' },
    },
    required: ['passed', 'failed', 'skipped', 'files'],
    additionalProperties: false,
  },
  powers: ['exec'],
  cost: 'costly',
  runsOnBase: true,
  runsTests: true,
  findings: {
    'tests/failed': { means: 'A test failed, and failed again when its file ran once more.', baseline: 'subtract' },
    'tests/file-failed': { means: 'A test file could not be loaded, or a hook of it failed.', baseline: 'subtract' },
    'tests/missing': {
      means: 'A test that base has does not exist any more under its file and full name.',
      baseline: 'absolute',
    },
    'tests/skipped': { means: 'A test that base runs is skipped, to do, or expected to fail.', baseline: 'subtract' },
    'tests/unhandled-error': { means: 'An error was thrown outside every test.', baseline: 'subtract' },
    'tests/no-assertions': { means: 'A test passed without a single call of expect.', baseline: 'subtract' },
    'tests/flaky': { means: 'A test failed and then passed on the same code.', baseline: 'subtract' },
    'tests/tampered': {
      means:
        'What tests are judged with was changed: an assertion that must fail did not, a built-in was replaced, the test runner comes from the tree.',
      baseline: 'absolute',
    },
    'tests/config-changed': { means: "Test configuration or set-up files differ from base's.", baseline: 'absolute' },
    'tests/no-evidence': {
      means: 'The run ended without its end event, or its events contradict each other.',
      baseline: 'absolute',
    },
  },
});
export type Code = keyof typeof manifest.findings;
