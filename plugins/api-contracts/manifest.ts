import { defineManifest } from '../../src/plugin-api.ts';

const place = {
  type: 'object',
  properties: {
    file: { type: 'string', description: 'The file.' },
    line: { type: 'integer', description: 'The line.' },
  },
  required: ['file', 'line'],
  additionalProperties: false,
} as const;
const argument = {
  type: 'object',
  description: 'A name with its type.',
  properties: {
    name: { type: 'string', description: 'The name.' },
    type: { type: 'string', description: 'The type as GraphQL writes it: `[ID!]!`.' },
  },
  required: ['name', 'type'],
  additionalProperties: false,
} as const;
const guard = {
  type: 'object',
  description: 'A guard.',
  properties: {
    by: { type: 'string', description: 'The guard as it is written.' },
    scopes: { type: 'array', items: { type: 'string', description: 'A scope.' }, description: 'Texts that it is given.' },
    stage: { type: 'string', description: '`class`, `method`, `middleware` and so on.' },
  },
  required: ['by', 'scopes', 'stage'],
  additionalProperties: false,
} as const;
const rootField = {
  type: 'object',
  description: 'A field.',
  properties: {
    name: { type: 'string', description: 'The name.' },
    type: { type: 'string', description: 'The type as GraphQL writes it.' },
    arguments: { type: 'array', items: argument, description: 'Its arguments.' },
    at: { ...place, description: 'Where it is declared.' },
    resolver: { ...place, nullable: true, description: 'The function that answers; null: none was found.' },
    auth: { type: 'array', items: guard, description: 'Guards before it that look like authentication.' },
  },
  required: ['name', 'type', 'arguments', 'at', 'resolver', 'auth'],
  additionalProperties: false,
} as const;
const method = { type: 'string', description: 'The method in capitals; `ALL`: every method.' } as const;
const path = { type: 'string', description: 'The full path, parameters as `{id}`.' } as const;

export const manifest = defineManifest({
  kind: 'context',
  name: 'api-contracts',
  api: 1,
  summary: 'Maps the HTTP routes with their schemas and authentication, and compares them with OpenAPI files.',
  inputs: {
    type: 'object',
    properties: {
      files: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of source files; default: all JavaScript and TypeScript but tests and built files.',
      },
      path: {
        type: 'string',
        description: 'The folder of one service of a monorepo, relative to the scope; default: all of it.',
      },
      openapi: {
        type: 'array',
        items: { type: 'string', description: 'A glob relative to the scope.', format: 'glob' },
        default: [],
        description: 'Globs of OpenAPI files; default: files named openapi or swagger outside tests.',
      },
      goal: {
        type: 'string',
        default: '',
        description: 'What is about to be done: routes and operations that it names come first in the brief.',
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
      routes: {
        type: 'array',
        description: 'Routes in the code, by path and method.',
        items: {
          type: 'object',
          description: 'A route.',
          properties: {
            method,
            path,
            framework: { type: 'string', description: 'What serves it: `fastify`, `express`, `koa` and so on.' },
            registered: { ...place, description: 'Where the route is made.' },
            handler: { ...place, description: 'Where the function that answers it is.' },
            auth: {
              type: 'array',
              description: 'Hooks and middleware before the handler that look like authentication.',
              items: {
                type: 'object',
                description: 'A guard.',
                properties: {
                  by: { type: 'string', description: 'The guard as it is written: `app.requireScope`.' },
                  scopes: {
                    type: 'array',
                    items: { type: 'string', description: 'A scope.' },
                    description: 'Texts that it is given.',
                  },
                  stage: { type: 'string', description: '`onRequest`, `preHandler`, `middleware` and so on.' },
                },
                required: ['by', 'scopes', 'stage'],
                additionalProperties: false,
              },
            },
            hooks: {
              type: 'array',
              items: { type: 'string', description: 'A hook as it is written.' },
              description: 'Other hooks and middleware before the handler.',
            },
            request: {
              type: 'json',
              description: 'Schemas by part: body, params, querystring, headers; null: none is declared.',
            },
            response: { type: 'json', description: 'Schemas by status; null: none is declared.' },
            version: {
              type: 'string',
              nullable: true,
              description: 'Its version, where the framework keeps it beside the path.',
            },
            mounted: {
              type: 'array',
              items: { ...place, description: 'A place.' },
              description: 'Where each part of the prefix comes from, outermost first.',
            },
            certain: {
              type: 'boolean',
              description: 'False: a condition, or a loop over what is not known, decides whether it exists.',
            },
          },
          required: [
            'method',
            'path',
            'framework',
            'registered',
            'handler',
            'auth',
            'hooks',
            'request',
            'response',
            'version',
            'mounted',
            'certain',
          ],
          additionalProperties: false,
        },
      },
      operations: {
        type: 'array',
        description: 'Operations of the OpenAPI files, by path and method.',
        items: {
          type: 'object',
          description: 'An operation.',
          properties: {
            method,
            path,
            id: { type: 'string', nullable: true, description: 'Its operationId.' },
            at: { ...place, description: 'Where it is described.' },
            security: { type: 'json', description: 'Security requirements; an empty list: none needed.' },
            parameters: { type: 'json', description: 'Parameters, references resolved.' },
            request: { type: 'json', description: 'The request body, references resolved; null: none.' },
            response: { type: 'json', description: 'Responses by status, references resolved.' },
          },
          required: ['method', 'path', 'id', 'at', 'security', 'parameters', 'request', 'response'],
          additionalProperties: false,
        },
      },
      undocumented: {
        type: 'array',
        description: 'Routes that no operation describes; empty without an OpenAPI file.',
        items: {
          type: 'object',
          description: 'A route.',
          properties: { method, path, at: { ...place, description: 'Where the route is made.' } },
          required: ['method', 'path', 'at'],
          additionalProperties: false,
        },
      },
      unrouted: {
        type: 'array',
        description: 'Operations that no route serves.',
        items: {
          type: 'object',
          description: 'An operation.',
          properties: { method, path, at: { ...place, description: 'Where it is described.' } },
          required: ['method', 'path', 'at'],
          additionalProperties: false,
        },
      },
      differences: {
        type: 'array',
        description: 'Where a route and its operation disagree about authentication.',
        items: {
          type: 'object',
          description: 'A difference.',
          properties: { method, path, what: { type: 'string', description: 'What the one says and the other does.' } },
          required: ['method', 'path', 'what'],
          additionalProperties: false,
        },
      },
      graphql: {
        type: 'object',
        description: 'What GraphQL schemas offer: written out, or made by classes.',
        properties: {
          queries: { type: 'array', items: rootField, description: 'Fields of the query root, by name.' },
          mutations: { type: 'array', items: rootField, description: 'Fields of the mutation root, by name.' },
          subscriptions: { type: 'array', items: rootField, description: 'Fields of the subscription root, by name.' },
          types: {
            type: 'array',
            description: 'All other types, by name.',
            items: {
              type: 'object',
              description: 'A type.',
              properties: {
                name: { type: 'string', description: 'The name.' },
                kind: {
                  type: 'string',
                  enum: ['object', 'input', 'interface', 'enum', 'union', 'scalar'],
                  description: 'What it is.',
                },
                fields: { type: 'array', items: argument, description: 'Fields, values of an enum, or members of a union.' },
                at: { ...place, description: 'Where it is declared first.' },
              },
              required: ['name', 'kind', 'fields', 'at'],
              additionalProperties: false,
            },
          },
        },
        required: ['queries', 'mutations', 'subscriptions', 'types'],
        additionalProperties: false,
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
    required: ['routes', 'operations', 'undocumented', 'unrouted', 'differences', 'graphql', 'not-understood'],
    additionalProperties: false,
  },
  powers: [],
});
