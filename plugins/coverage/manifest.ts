import { defineManifest } from '../../src/plugin-api.ts';

const percent = (description: string) => ({ type: 'number', format: 'percent', minimum: 0, maximum: 100, description }) as const;
const glob = { type: 'string', description: 'A glob relative to the scope.', format: 'glob' } as const;

export const manifest = defineManifest({
  kind: 'gate',
  name: 'coverage',
  api: 1,
  summary: "Measures which code the tests execute, over the runner's own list of files, and holds it against limits.",
  inputs: {
    type: 'object',
    properties: {
      lines: percent('Least share of executable lines.'),
      branches: percent('Least share of branches.'),
      functions: percent('Least share of functions.'),
      statements: percent('Least share of statements.'),
      'changed-lines': percent('Least share of the executable lines that differ from base.'),
      ratchet: {
        type: 'boolean',
        description: 'May uncovered lines and branches not become more than on base? Default: yes where no other limit is set.',
      },
      critical: {
        type: 'array',
        items: {
          type: 'object',
          description: 'Limits of their own for some files.',
          properties: {
            files: glob,
            lines: percent('Least share of executable lines in each of these files.'),
            branches: percent('Least share of branches in each of these files.'),
            paths: percent('Least share of execution paths; not supported yet.'),
          },
          required: ['files'],
          additionalProperties: false,
        },
        default: [],
        description: 'Files that must be covered better than the rest.',
      },
      include: {
        type: 'array',
        items: glob,
        minItems: 1,
        default: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
        description: 'Files that count, whether or not a test loads them.',
      },
      exclude: {
        type: 'array',
        items: glob,
        default: [
          '**/*.d.{ts,mts,cts}',
          '**/*.{test,spec,bench}.*',
          '**/{test,tests,__tests__,__mocks__,e2e,fixtures}/**',
          '**/{migrations,scripts,bench,examples,docs,dist,build,coverage}/**',
          '**/*.config.*',
          '**/.*/**',
          '**/.*',
        ],
        description: 'Files that do not count. Replaces the default list.',
      },
      services: {
        type: 'array',
        items: { type: 'string', description: 'A service of the playbook.', format: 'service' },
        default: [],
        description: "Services that the tests use; default: the step's own `services:`.",
      },
      env: {
        type: 'map',
        values: { type: 'string', description: 'The value.' },
        default: {},
        description: 'Environment variables of the test processes.',
      },
      command: {
        type: 'string',
        description: "A command that runs the tests, for other runners than Vitest; its Node processes' own V8 data is read.",
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      lines: { type: 'number', description: 'Percent of executable lines.' },
      branches: { type: 'number', description: 'Percent of branches.' },
      functions: { type: 'number', description: 'Percent of functions.' },
      statements: { type: 'number', description: 'Percent of statements.' },
      'changed-lines': {
        type: 'number',
        nullable: true,
        description: 'Percent of changed executable lines; null: none changed.',
      },
      files: { type: 'integer', description: 'Files that count.' },
    },
    required: ['lines', 'branches', 'functions', 'statements', 'changed-lines', 'files'],
    additionalProperties: false,
  },
  powers: ['exec'],
  cost: 'costly',
  runsOnBase: true,
  findings: {
    'coverage/lines': { means: 'Fewer lines are covered than the limit.', baseline: 'absolute' },
    'coverage/branches': { means: 'Fewer branches are covered than the limit.', baseline: 'absolute' },
    'coverage/functions': { means: 'Fewer functions are covered than the limit.', baseline: 'absolute' },
    'coverage/statements': { means: 'Fewer statements are covered than the limit.', baseline: 'absolute' },
    'coverage/changed-lines': { means: 'Lines that differ from base are executed by no test.', baseline: 'absolute' },
    'coverage/ratchet': { means: 'More lines or branches are uncovered than on base.', baseline: 'absolute' },
    'coverage/critical': { means: 'A critical file is covered less than its own limit.', baseline: 'absolute' },
    'coverage/not-loaded': { means: 'No test executes anything of a file; it counts as 0 %.', baseline: 'subtract' },
    'coverage/ignored': {
      means: 'A comment that hides code from coverage is new, or hides new code; it has no effect.',
      baseline: 'absolute',
    },
  },
});
export type Code = keyof typeof manifest.findings;
