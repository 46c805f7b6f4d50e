import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { operationsIn } from '../../../../src/discovery/index.ts';

const described = async (files: Readonly<Record<string, string>>, globs: readonly string[] = []) => {
  const names = Object.keys(files).sort();
  return operationsIn(
    {
      glob: async (patterns) => {
        const matches = picomatch([...patterns], { dot: true });
        return names.filter((name) => matches(name));
      },
      readBytes: async (name) => new TextEncoder().encode(files[name] ?? ''),
    },
    globs,
  );
};
const head = 'openapi: 3.0.3\ninfo: { title: x, version: "1" }\n';

it('follows a description that is split into files, each reference from the file that it stands in', async () => {
  const { operations, notUnderstood } = await described({
    'api/openapi.yml': `${head}paths:\n  /users:\n    $ref: paths/users.yml\n  /users/{id}:\n    get:\n      $ref: 'paths/user.yml#/find'\n`,
    'api/paths/users.yml':
      'parameters:\n  - $ref: ../shared.json#/components/parameters/Page\nget:\n  operationId: list\n  responses:\n    200: { content: { application/json: { schema: { $ref: ../shared.json#/components/schemas/User } } } }\n',
    'api/paths/user.yml': 'find:\n  operationId: find\n  responses: { 204: { description: gone } }\n',
    'api/shared.json': JSON.stringify({
      components: {
        parameters: { Page: { name: 'page', in: 'query' } },
        schemas: {
          User: {
            type: 'object',
            properties: { manager: { $ref: '#/components/schemas/User' }, team: { $ref: '#/components/schemas/Team' } },
          },
          Team: { type: 'string' },
        },
      },
    }),
  });
  expect(notUnderstood).toEqual([]);
  expect(operations.map(({ method, path, id, at }) => `${method} ${path} ${id} ${at.file}:${at.line}`)).toEqual([
    'GET /users list api/paths/users.yml:3',
    'GET /users/{id} find api/openapi.yml:7',
  ]);
  expect(operations[0]?.parameters).toEqual([{ name: 'page', in: 'query' }]);
  expect(operations[0]?.response).toEqual({
    200: {
      content: {
        'application/json': {
          schema: { type: 'object', properties: { manager: { $ref: '#/components/schemas/User' }, team: { type: 'string' } } },
        },
      },
    },
  });
});

it('reads OpenAPI 2 as if it were 3: base path, bodies, forms, types of parameters and answers', async () => {
  const { operations } = await described({
    'openapi.json': JSON.stringify({
      swagger: '2.0',
      basePath: '/v2/',
      consumes: ['application/json'],
      security: [{ key: [] }],
      parameters: { Id: { name: 'id', in: 'path', required: true, type: 'integer', format: 'int64' } },
      definitions: { Pet: { type: 'object', properties: { name: { type: 'string' } } } },
      paths: {
        '/pets/{id}': {
          parameters: [{ $ref: '#/parameters/Id' }],
          put: {
            operationId: 'putPet',
            parameters: [{ name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } }],
            responses: { 200: { description: 'ok', schema: { type: 'array', items: { $ref: '#/definitions/Pet' } } } },
          },
          post: {
            consumes: ['multipart/form-data'],
            security: [],
            parameters: [
              { name: 'photo', in: 'formData', type: 'file', required: true },
              { name: 'title', in: 'formData', type: 'string' },
            ],
            responses: {},
          },
        },
      },
    }),
  });
  const pet = { type: 'object', properties: { name: { type: 'string' } } };
  expect(operations).toMatchObject([
    {
      method: 'PUT',
      path: '/pets/{id}',
      prefixes: ['/v2'],
      security: [{ key: [] }],
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', format: 'int64' } }],
      request: { required: true, content: { 'application/json': { schema: pet } } },
      response: { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'array', items: pet } } } } },
    },
    {
      method: 'POST',
      security: [],
      request: {
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              properties: { photo: { type: 'string', format: 'binary' }, title: { type: 'string' } },
              required: ['photo'],
            },
          },
        },
      },
    },
  ]);
});

it('reads 3.1: what stands beside a reference, path items of components, variables of servers', async () => {
  const { operations } = await described({
    'openapi.yml': `openapi: 3.1.0
servers: [{ url: 'https://x.example/{base}', variables: { base: { default: v3 } } }]
paths:
  /a:
    $ref: '#/components/pathItems/A'
    post: { responses: {} }
components:
  pathItems:
    A:
      get: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/S', description: mine } } } }, responses: {} }
      post: { operationId: hidden, responses: {} }
  schemas: { S: { type: [string, 'null'], description: general } }
webhooks: { made: { post: { responses: {} } } }`,
  });
  expect(operations.map(({ method, path, id, prefixes }) => [method, path, id, ...prefixes])).toEqual([
    ['GET', '/a', null, '/v3'],
    ['POST', '/a', null, '/v3'],
  ]);
  expect(operations[0]?.request).toEqual({
    content: { 'application/json': { schema: { type: ['string', 'null'], description: 'mine' } } },
  });
});

it('neither leaves the repository nor calls anybody for what a description refers to, and says so', async () => {
  const { operations, notUnderstood } = await described({
    'openapi.yml': `${head}paths:\n  /here: { get: { responses: {} } }\n  /host: { $ref: 'https://x.example/p.yml' }\n  /out: { $ref: ../../etc/passwd }\n  /gone: { $ref: gone.yml }\n  /broken: { $ref: broken.yml }\n`,
    'broken.yml': '{',
  });
  expect(operations.map(({ path }) => path)).toEqual(['/here']);
  expect(notUnderstood.map(({ what, line, why }) => `${what} ${line}: ${why.split(': ')[0]}`)).toEqual([
    '/host 5: it refers to https://x.example/p.yml, which is outside this repository',
    '/out 6: it refers to ../../etc/passwd, which is outside this repository',
    '/gone 7: it refers to gone.yml, and nothing is there',
    '/broken 8: it refers to broken.yml, and nothing is there',
    'openapi.yml null: it refers to https://x.example/p.yml, which is outside this repository',
    'openapi.yml null: it refers to ../../etc/passwd, which is outside this repository',
    'openapi.yml null: it refers to gone.yml, and there is no such file',
    'openapi.yml null: it refers to broken.yml',
  ]);
});

it('ends for files that refer to each other in circles, and for schemas that double with every level', async () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [
      `S${n}`,
      { properties: { a: { $ref: `#/components/schemas/S${n + 1}` }, b: { $ref: `#/components/schemas/S${n + 1}` } } },
    ]),
  );
  const { operations } = await described({
    'openapi.json': JSON.stringify({
      openapi: '3.0.0',
      paths: { '/a': { $ref: 'b.json#/x' }, '/d': { get: { responses: { 200: { $ref: '#/components/schemas/S0' } } } } },
      components: { schemas: doubling },
    }),
    'b.json': JSON.stringify({ x: { $ref: 'c.json#/x' } }),
    'c.json': JSON.stringify({ x: { $ref: 'b.json#/x' } }),
  });
  expect(operations.map(({ path }) => path)).toEqual(['/d']);
  expect(JSON.stringify(operations).length).toBeLessThan(5_000_000);
});

it('tells a file that says nothing of OpenAPI from one that should', async () => {
  const files = { 'openapi.yml': 'name: generator\n', 'openapi-old.yml': 'openapi: 4.0.0\n' };
  expect((await described(files)).notUnderstood.map(({ file, why }) => `${file}: ${why}`)).toEqual([
    'openapi-old.yml: it says that it is OpenAPI 4.0.0; 2.0 and 3.x are read',
  ]);
  expect((await described(files, ['openapi.yml'])).notUnderstood).toMatchObject([
    { why: expect.stringContaining('it does not say') },
  ]);
});
