import { defineManifest } from '../../src/plugin-api.ts';

const name = { type: 'string', description: 'Its name; in another schema than public with the schema before it.' } as const;
const columns = {
  type: 'array',
  items: { type: 'string', description: 'A column.' },
  description: 'Columns, in their order.',
} as const;
const key = {
  type: 'object',
  properties: { name, columns },
  required: ['name', 'columns'],
  additionalProperties: false,
} as const;

const sides = {
  type: 'array',
  items: { type: 'string', enum: ['models', 'migrations', 'dump', 'live'], description: 'A source.' },
} as const;

export const manifest = defineManifest({
  kind: 'context',
  name: 'schema-map',
  api: 1,
  summary: 'Maps tables, keys and relations from migrations, schema files and models, and where they disagree.',
  inputs: {
    type: 'object',
    properties: {
      migrations: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of SQL migrations; default: the usual folders.',
      },
      path: {
        type: 'string',
        description: 'The folder of one service of a monorepo, relative to the scope; default: all of it.',
      },
      service: {
        type: 'string',
        format: 'service',
        description: 'A PostgreSQL database: its catalogue is read too, after its migrations ran on it.',
      },
      goal: {
        type: 'string',
        default: '',
        description: 'What the brief is for: tables that its words name come first in it.',
      },
      'max-tokens': {
        type: 'integer',
        minimum: 200,
        default: 4000,
        description: 'The brief is cut to about this many tokens.',
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      tables: {
        type: 'array',
        description: 'Tables after all migrations, by name.',
        items: {
          type: 'object',
          description: 'A table.',
          properties: {
            name,
            entity: { type: 'string', nullable: true, description: 'The class or model that stands for it in code.' },
            kind: { type: 'string', enum: ['table', 'collection'], description: '`collection`: of MongoDB.' },
            source: {
              type: 'string',
              enum: ['live', 'migrations', 'dump', 'models'],
              description: 'Whose columns and keys these are.',
            },
            columns: {
              type: 'array',
              description: 'Its columns, in their order.',
              items: {
                type: 'object',
                description: 'A column.',
                properties: {
                  name: { type: 'string', description: 'Its name.' },
                  type: { type: 'string', description: 'Its type as the database prints it: `character varying(40)`.' },
                  nullable: { type: 'boolean', description: 'May it be NULL?' },
                  default: { type: 'string', nullable: true, description: 'The default, as it is written.' },
                  generated: {
                    type: 'string',
                    nullable: true,
                    description:
                      '`always as identity`, `by default as identity`, `auto_increment`, or the expression that it is computed from.',
                  },
                },
                required: ['name', 'type', 'nullable', 'default', 'generated'],
                additionalProperties: false,
              },
            },
            'primary-key': { ...key, nullable: true, description: 'The primary key; null: none.' },
            uniques: {
              type: 'array',
              description: 'Unique constraints.',
              items: { ...key, description: 'A unique constraint.' },
            },
            'foreign-keys': {
              type: 'array',
              description: 'Foreign keys.',
              items: {
                type: 'object',
                description: 'A foreign key.',
                properties: {
                  name,
                  columns,
                  table: { type: 'string', description: 'The table that it points to.' },
                  references: columns,
                  'on-delete': {
                    type: 'string',
                    description: '`no action`, `restrict`, `cascade`, `set null` or `set default`.',
                  },
                  'on-update': {
                    type: 'string',
                    description: '`no action`, `restrict`, `cascade`, `set null` or `set default`.',
                  },
                },
                required: ['name', 'columns', 'table', 'references', 'on-delete', 'on-update'],
                additionalProperties: false,
              },
            },
            checks: {
              type: 'array',
              description: 'Check constraints.',
              items: {
                type: 'object',
                description: 'A check constraint.',
                properties: { name, expression: { type: 'string', description: 'What must hold, as it is written.' } },
                required: ['name', 'expression'],
                additionalProperties: false,
              },
            },
            indexes: {
              type: 'array',
              description: 'Indexes that no constraint made.',
              items: {
                type: 'object',
                description: 'An index.',
                properties: {
                  name,
                  columns: {
                    type: 'array',
                    items: { type: 'string', description: 'A column or an expression.' },
                    description: 'What is indexed.',
                  },
                  unique: { type: 'boolean', description: 'Is it a unique index?' },
                  method: { type: 'string', description: '`btree`, `gin` and so on.' },
                  where: { type: 'string', nullable: true, description: 'Of a partial index: its condition.' },
                },
                required: ['name', 'columns', 'unique', 'method', 'where'],
                additionalProperties: false,
              },
            },
            'partition-of': { type: 'string', nullable: true, description: 'The table that it is a partition of.' },
            file: { type: 'string', description: 'The migration that created it, or the file of its model.' },
          },
          required: [
            'name',
            'entity',
            'kind',
            'source',
            'columns',
            'primary-key',
            'uniques',
            'foreign-keys',
            'checks',
            'indexes',
            'partition-of',
            'file',
          ],
          additionalProperties: false,
        },
      },
      enums: {
        type: 'array',
        description: 'Enum types, by name.',
        items: {
          type: 'object',
          description: 'An enum type.',
          properties: {
            name,
            values: {
              type: 'array',
              items: { type: 'string', description: 'A value.' },
              description: 'Its values, in their order.',
            },
          },
          required: ['name', 'values'],
          additionalProperties: false,
        },
      },
      views: {
        type: 'array',
        description: 'Views, by name.',
        items: {
          type: 'object',
          description: 'A view.',
          properties: {
            name,
            materialized: { type: 'boolean', description: 'Is it a materialized view?' },
            reads: {
              type: 'array',
              items: { type: 'string', description: 'A table or view.' },
              description: 'What its query reads.',
            },
          },
          required: ['name', 'materialized', 'reads'],
          additionalProperties: false,
        },
      },
      relations: {
        type: 'array',
        description: 'Relations that follow from the foreign keys, and those that only the code knows.',
        items: {
          type: 'object',
          description: 'A relation.',
          properties: {
            from: {
              type: 'string',
              description: 'The table that holds the foreign key; of a many-to-many relation one of the two.',
            },
            to: { type: 'string', description: 'The table that it points to.' },
            kind: {
              type: 'string',
              enum: ['many-to-one', 'one-to-one', 'many-to-many'],
              description: 'How many of `from` belong to how many of `to`.',
            },
            columns,
            optional: { type: 'boolean', description: 'May a row of `from` have none?' },
            through: { type: 'string', nullable: true, description: 'Of a many-to-many relation: the table between.' },
            names: {
              type: 'array',
              items: { type: 'string', description: 'A name.' },
              description: 'What the code calls it.',
            },
          },
          required: ['from', 'to', 'kind', 'columns', 'optional', 'through', 'names'],
          additionalProperties: false,
        },
      },
      migrations: {
        type: 'array',
        description: 'Migrations in the order in which they are applied.',
        items: {
          type: 'object',
          description: 'A migration.',
          properties: {
            file: { type: 'string', description: 'Its file.' },
            does: {
              type: 'array',
              items: { type: 'string', description: '`creates table orders`.' },
              description: 'What it does, in order.',
            },
            down: {
              type: 'string',
              nullable: true,
              description: 'The file that takes it back, which may be the same one; null: none.',
            },
          },
          required: ['file', 'does', 'down'],
          additionalProperties: false,
        },
      },
      disagreements: {
        type: 'array',
        description: 'Where models, migrations and the database say different things.',
        items: {
          type: 'object',
          description: 'A disagreement.',
          properties: {
            table: { type: 'string', description: 'The table.' },
            column: { type: 'string', nullable: true, description: 'The column; null: the table itself.' },
            what: { type: 'string', description: 'What differs, in words.' },
            in: { ...sides, description: 'Who has it.' },
            'not-in': { ...sides, description: 'Who has it not, or otherwise.' },
            file: { type: 'string', nullable: true, description: 'Where it is written.' },
            line: { type: 'integer', nullable: true, description: 'The line.' },
          },
          required: ['table', 'column', 'what', 'in', 'not-in', 'file', 'line'],
          additionalProperties: false,
        },
      },
      sources: {
        type: 'array',
        description: 'What the map was made of.',
        items: {
          type: 'object',
          description: 'A source.',
          properties: {
            kind: { type: 'string', enum: ['live', 'migrations', 'dump', 'models'], description: 'What it is.' },
            stack: { type: 'string', description: '`prisma`, `knex`, `sql` and so on.' },
            dialect: { type: 'string', nullable: true, description: '`postgresql`, `mysql`, `sqlite` and so on.' },
            files: {
              type: 'array',
              items: { type: 'string', description: 'A file.' },
              description: 'Its files.',
            },
            tables: { type: 'integer', description: 'How many tables it has.' },
            used: {
              type: 'boolean',
              description:
                'False: another source has the same schema in the dialect of the project, or the models are far ahead of it.',
            },
          },
          required: ['kind', 'stack', 'dialect', 'files', 'tables', 'used'],
          additionalProperties: false,
        },
      },
      'not-understood': {
        type: 'array',
        description: 'What was met and is not in the map.',
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
    required: ['tables', 'enums', 'views', 'relations', 'migrations', 'disagreements', 'sources', 'not-understood'],
    additionalProperties: false,
  },
  powers: ['exec'],
});
