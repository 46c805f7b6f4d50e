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

export const manifest = defineManifest({
  kind: 'context',
  name: 'schema-map',
  api: 1,
  summary: 'Maps the tables, keys, indexes and relations that the SQL migrations make.',
  inputs: {
    type: 'object',
    properties: {
      migrations: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of SQL migrations; default: the usual folders.',
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
            columns: {
              type: 'array',
              description: 'Its columns, in their order.',
              items: {
                type: 'object',
                description: 'A column.',
                properties: {
                  name: { type: 'string', description: 'Its name.' },
                  type: { type: 'string', description: 'Its type as PostgreSQL prints it: `character varying(40)`.' },
                  nullable: { type: 'boolean', description: 'May it be NULL?' },
                  default: { type: 'string', nullable: true, description: 'The default, as it is written.' },
                  generated: {
                    type: 'string',
                    nullable: true,
                    description: '`always as identity`, `by default as identity`, or the expression that it is computed from.',
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
            file: { type: 'string', description: 'The migration that created it.' },
          },
          required: ['name', 'columns', 'primary-key', 'uniques', 'foreign-keys', 'checks', 'indexes', 'partition-of', 'file'],
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
        description: 'Relations that follow from the foreign keys.',
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
          },
          required: ['from', 'to', 'kind', 'columns', 'optional', 'through'],
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
    required: ['tables', 'enums', 'views', 'relations', 'migrations', 'not-understood'],
    additionalProperties: false,
  },
  powers: [],
});
