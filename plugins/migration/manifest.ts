import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'migration',
  api: 1,
  summary: 'Takes new migrations up, down and up again on data, and compares schema and rows.',
  inputs: {
    type: 'object',
    properties: {
      service: { type: 'string', format: 'service', default: 'db', description: 'The database, a service that uses postgres.' },
      up: { type: 'string', default: 'npm run migrate', description: 'The command that applies all pending migrations.' },
      down: {
        type: 'string',
        default: 'npm run migrate:down',
        description: 'The command that takes back the newest migration; it is run once for every new one. Empty: there is none.',
      },
      steps: {
        type: 'integer',
        minimum: 1,
        description: 'How often down is run, where one run does not take back exactly one migration.',
      },
      files: {
        type: 'array',
        items: { type: 'string', format: 'glob', description: 'A glob of migration files.' },
        default: [
          '**/migrations/**/*.{sql,js,cjs,mjs,ts,cts,mts,py}',
          '**/migrate/**/*.{sql,js,cjs,mjs,ts,cts,mts,py,rb}',
          '**/drizzle/**/*.sql',
        ],
        description: 'Where migrations are; those that base does not have are the new ones.',
      },
      rows: {
        type: 'integer',
        minimum: 0,
        default: 20,
        description: 'Canary rows that are added to every table before anything runs.',
      },
      'leave-tables': {
        type: 'array',
        items: { type: 'string', description: 'Name of a table, without its schema.' },
        default: [],
        description: 'Tables whose rows are neither written nor compared, besides the journals of known migration tools.',
      },
      'allow-data-loss': {
        type: 'string',
        description: 'Why data may be lost on the way; the losses are warnings then.',
      },
      'command-timeout': { type: 'number', format: 'duration', default: 600_000, description: 'Time for one command.' },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      migrations: {
        type: 'array',
        items: { type: 'string', description: 'Name of a migration.' },
        description: 'The new migrations.',
      },
      changes: {
        type: 'array',
        items: { type: 'string', description: 'One change of the schema.' },
        description: 'What up does to the schema.',
      },
      canaries: { type: 'integer', description: 'Canary rows that were written.' },
    },
    required: ['migrations', 'changes', 'canaries'],
    additionalProperties: false,
  },
  powers: ['exec'],
  runsOnBase: false,
  findings: {
    'migration/up-failed': { means: 'A new migration cannot be applied to the data of base.', baseline: 'absolute' },
    'migration/up-extreme': {
      means: 'A new migration fails on rows that the schema allows, but that may not occur.',
      baseline: 'absolute',
    },
    'migration/no-effect': { means: 'There are new migrations, and applying them changes nothing.', baseline: 'absolute' },
    'migration/up-loses-data': { means: 'Applying the migration removes or changes rows that were there.', baseline: 'absolute' },
    'migration/no-down': { means: 'There is no way back: no command, or one that does nothing.', baseline: 'absolute' },
    'migration/down-failed': { means: 'The migration cannot be taken back.', baseline: 'absolute' },
    'migration/down-schema': { means: 'After down the schema is not what it was before up.', baseline: 'absolute' },
    'migration/down-loses-data': {
      means: 'After down rows or values are missing that were there before up.',
      baseline: 'absolute',
    },
    'migration/down-leaves-data': { means: 'After down there are rows that were not there before up.', baseline: 'absolute' },
    'migration/up-again': { means: 'Applying the migration a second time fails or gives another result.', baseline: 'absolute' },
    'migration/applied-changed': { means: 'A migration that base has already was changed or removed.', baseline: 'absolute' },
  },
});
