import { describe, expect, it } from 'vitest';
import type { RouteStack } from '../../../../src/discovery/contract/route.ts';
import { express } from '../../../../src/discovery/routes/adapters/express.ts';
import { fastify } from '../../../../src/discovery/routes/adapters/fastify.ts';
import { hapi } from '../../../../src/discovery/routes/adapters/hapi.ts';
import { hono } from '../../../../src/discovery/routes/adapters/hono.ts';
import { koa } from '../../../../src/discovery/routes/adapters/koa.ts';
import { routesIn } from '../../../../src/discovery/routes/join.ts';
import { readingOf } from '../../../rig/reading.ts';

const all: readonly RouteStack[] = [express, fastify, koa, hapi, hono];
async function mapped(files: Readonly<Record<string, string>>) {
  const { routes, notUnderstood } = routesIn(await readingOf(files), all);
  return {
    routes: routes.map(({ method, path, guards }) =>
      [`${method} ${path}`, ...guards.filter(({ isAuth }) => isAuth).map(({ by }) => by)].join(' '),
    ),
    found: routes,
    unclear: notUnderstood.map(({ file, line, why }) => `${file}:${line ?? ''} ${why}`),
  };
}
const heads = {
  express: `import express, { Router } from 'express';\nconst app = express();\n`,
  fastify: `import Fastify from 'fastify';\nconst app = Fastify();\n`,
  koa: `import Koa from 'koa'; import Router from '@koa/router';\nconst app = new Koa(); const router = new Router(); app.use(router.routes());\n`,
  hapi: `import { server as make } from '@hapi/hapi';\nconst app = make();\n`,
  hono: `import { Hono } from 'hono';\nconst app = new Hono();\n`,
};
const only = async (stack: keyof typeof heads, body: string) => mapped({ 'src/app.js': `${heads[stack]}${body}` });

describe('what only a running program knows is said, with its place', () => {
  it.each([
    ['express', 'app.get(process.env.WHERE, f);', 'the path of this route is a pattern'],
    ['express', 'app.get(/^\\/a+$/, f);', 'the path of this route is a pattern'],
    ['express', `app.use('/x', plugins[name]);`, 'what is mounted here is known only'],
    ['express', `for (const one of load()) app.use(one.path, one.router);`, 'what is mounted here is known only'],
    ['express', `const lost = Router();\nlost.get('lost', f);`, 'no application mounts this router'],
    ['fastify', `app.route({ method, url: '/x', handler });`, 'the method or the path of this route is known only'],
    ['fastify', `app.route(options);`, 'the options of this route are known only'],
    ['koa', `router.get(process.env.WHERE, f);`, 'the path of this route is a pattern'],
    ['koa', `hooks.forEach((hook) => router.use('/', hook.routes()));`, 'what is mounted here is known only'],
    ['koa', `router.register('/x', methods, f);`, 'the path or the methods of this route are known only'],
    ['koa', `router.redirect(process.env.FROM, '/to');`, 'the path of this redirect is known only'],
    [
      'koa',
      `const own = new Router({ prefix: process.env.P });\nown.get('/x', f);\napp.use(own.routes());`,
      'the prefix of this router is known only',
    ],
    [
      'koa',
      `import x from 'koa-other';\nconst own = new x.Router();\napp.use(own.routes());`,
      'what is mounted here is known only',
    ],
    [
      'koa',
      `import { SwaggerRouter } from 'koa-swagger-decorator';\nconst own = new SwaggerRouter();\nown.mapDir('x');\napp.use(own.routes());`,
      'routes are read from decorators',
    ],
    [
      'hapi',
      `export const lost = (server) => server.route({ method: 'GET', path: '/x', handler });`,
      'no application reaches this function',
    ],
    [
      'fastify',
      `export const lost = (inner) => inner.route({ method: 'GET', url: '/x', handler });`,
      'no application reaches this function',
    ],
    ['hapi', `app.route(load());`, 'which routes are made here is known only'],
    ['hapi', `app.route({ method: 'GET', path: process.env.P, handler });`, 'the method or the path of this route is known only'],
    ['hapi', `await app.register(plugins);`, 'which plugin is registered here is known only'],
    [
      'hapi',
      `await app.register({ plugin: { name: 'x', register() {} }, routes: { prefix: process.env.P } });`,
      'the prefix of this plugin',
    ],
    ['hono', `app.get(process.env.P, f);`, 'the path of this route is known only'],
    ['hono', `app.on(methods, '/x', f);`, 'the methods or the path of this route are known only'],
    ['hono', `app.route('/x', load());`, 'what is mounted here is known only'],
    ['hono', `app.mount('/x', other.fetch);`, 'what is mounted here answers by itself'],
    ['hono', `app.openapi(route, f);`, 'the method or the path of this route is known only'],
    [
      'hono',
      `const inner = app.basePath(process.env.P);\ninner.get('/x', f);`,
      'the base path of this application is known only',
    ],
  ] as const)('%s: %s', async (stack, body, why) => {
    const { routes, unclear } = await only(stack, body);
    expect(routes).toEqual([]);
    expect(unclear).toEqual([expect.stringMatching(/^src\/app\.js:\d+ /)]);
    expect(unclear[0]).toContain(why);
  });
  it('a framework that serves nothing is said, one that only gives types is not', async () => {
    expect((await only('koa', '')).unclear).toEqual(['src/app.js: koa is here, and no route of it was found']);
    const { unclear } = await mapped({
      'src/a.ts': `import { Request, Response } from 'express';\nexport const f = (q: Request, r: Response) => r.end();`,
    });
    expect(unclear).toEqual([]);
  });
});

describe('what looks like a route and is none', () => {
  it.each([
    ['express', `app.get('title'); client.get('/remote', { a: 1 }); new Map().get('/x', 1); axios.post('/remote', {});`],
    ['express', `import cors from 'cors';\napp.options('*', cors());`],
    ['koa', `const cache = new Map(); cache.get('/x', 1); app.use(async (ctx) => ctx.get('/authorization', 'x'));`],
    ['hapi', `registry.route({ method: 'GET', path: '/x' }); app.app.x = 1;`],
    ['hono', `app.use(async (c) => { await store.get('/x', 1); c.get('user'); });`],
  ] as const)('%s: %s', async (stack, body) => {
    expect((await only(stack, body)).routes).toEqual([]);
  });
});

it('puts paths together as the program does', async () => {
  const { routes, unclear } = await only(
    'express',
    `import path from 'node:path';
     const { API_PREFIX = '/api' } = process.env;
     const paths = Object.freeze({ list: '/orders', one: (id) => \`/orders/\${id}\` });
     app.get(\`\${API_PREFIX}/a\`, f); app.get(path.posix.join('/b', './c'), f); app.get(['/d', 'e'].join('/'), f);
     app.get('/f'.concat('/g'), f); app.get(paths.list, f); app.post(paths.one(':id'), f); app.get('/H'.toLowerCase(), f);`,
  );
  expect(routes).toEqual(['GET /api/a', 'GET /b/c', 'GET /d/e', 'GET /f/g', 'GET /h', 'GET /orders', 'POST /orders/{id}']);
  expect(unclear).toEqual([]);
});

it('takes a client that is given to a function for no application', async () => {
  const { routes, unclear } = await mapped({
    'src/app.ts': `${heads.express}app.get('/sure', f);`,
    'src/client.ts': `import type { AxiosInstance } from 'axios';
      export class Client { constructor(private readonly http: AxiosInstance) {} list() { return this.http.get('/orders', f); } }
      export const send = (http, order) => http.post('/orders', order);
      export const find = (http) => http.get('/orders', { params: { page: 1 } });`,
  });
  expect(routes).toEqual(['GET /sure']);
  expect(unclear).toEqual([]);
});

describe('routers are followed', () => {
  it('into functions that are given the application by name, and classes that keep it', async () => {
    const { routes, unclear } = await mapped({
      'src/app.ts': `import express, { type Express } from 'express';
        import { Orders } from './orders';
        const app = express();
        setup({ app, prefix: '/named' });
        new Orders(app, '/orders').mount();
        function setup({ app, prefix }: { app: Express; prefix: string }) { app.get(\`\${prefix}/x\`, (_q, r) => r.end()); }`,
      'src/orders.ts': `import type { Express } from 'express';
        export class Orders {
          constructor(private readonly app: Express, private readonly path: string) {}
          mount() { this.app.post(this.path, this.create); }
          create = async () => {};
        }`,
    });
    expect(routes).toEqual(['GET /named/x', 'POST /orders']);
    expect(unclear).toEqual([]);
  });
  it('through factories that are called twice, each with its own parameters', async () => {
    const { routes } = await only(
      'express',
      `const crud = (name) => { const r = Router(); r.get('/' + name, f); return r; };
       app.use('/a', crud('one')); app.use('/b', crud('two'));`,
    );
    expect(routes).toEqual(['GET /a/one', 'GET /b/two']);
  });
  it('that one factory makes for several files, each with what its file adds', async () => {
    const { routes, unclear } = await mapped({
      'src/app.ts': `import { makeRouter } from './make'; import users from './users'; import { orders } from './orders';
        const app = makeRouter(); app.get('/', f); app.route('/users', users).route('/orders', orders); export default app;`,
      'src/make.ts': `import { OpenAPIHono } from '@hono/zod-openapi';\nexport function makeRouter() { return new OpenAPIHono({ strict: false }); }`,
      'src/users.ts': `import { makeRouter } from './make';\nconst router = makeRouter().get('/', f).get('/:id', f);\nexport default router;`,
      'src/orders.ts': `import { makeRouter } from './make';\nexport const orders = makeRouter();\norders.post('/', f);`,
    });
    expect(routes).toEqual(['GET /', 'POST /orders', 'GET /users', 'GET /users/{id}']);
    expect(unclear).toEqual([]);
  });
  it('that a base class makes for each of the classes that extend it', async () => {
    const { routes } = await mapped({
      'src/base.ts': `import { Router } from 'express';\nexport abstract class Base { readonly router = Router(); }`,
      'src/a.ts': `import { Base } from './base';\nexport class A extends Base { constructor() { super(); this.router.get('/a', f); } }`,
      'src/b.ts': `import { Base } from './base';\nexport class B extends Base { constructor() { super(); this.router['POST'.toLowerCase()]('/b', f); } }`,
      'src/app.ts': `import express from 'express'; import { A } from './a'; import { B } from './b';
        const app = express(); app.use('/one', new A().router); const b = new B(); app.use('/two', b.router);`,
    });
    expect(routes).toEqual(['GET /one/a', 'POST /two/b']);
  });
  it('that the one instance of a class keeps', async () => {
    const { routes } = await mapped({
      'server.js': `const { Server } = require('./kept');\nconst { app } = Server.get();\napp.get('/a', f);\napp.use(require('./router'));`,
      'kept.js': `const express = require('express');
        class Server { static one = null; app = undefined;
          static get() { if (Server.one == null) Server.one = new Server(); return Server.one; }
          constructor() { this.begin(); } begin() { this.app = express(); } }
        module.exports = { Server };`,
      'router.js': `let express = require('express');\nlet router = express.Router();\nrouter.get('/b', f);\nmodule.exports = router;`,
    });
    expect(routes).toEqual(['GET /a', 'GET /b']);
  });
  it('and end where a router mounts itself', async () => {
    const { routes } = await only(
      'koa',
      `const own = new Router();\nown.get('/x', f);\nown.use('/r', own.routes());\napp.use(own.routes());`,
    );
    expect(routes[0]).toMatch(/^GET (\/r)*\/x$/);
  });
});

it('says which routes a condition decides on, and where each prefix comes from', async () => {
  const { found } = await only(
    'express',
    `const inner = Router();\ninner.get('/a', f);\nif (process.env.X) app.use('/inner', inner);\napp.get('/sure', f);`,
  );
  expect(found.map(({ path, certain, mounted }) => ({ path, certain, mounted: mounted.map(({ line }) => line) }))).toEqual([
    { path: '/inner/a', certain: false, mounted: [5] },
    { path: '/sure', certain: true, mounted: [] },
  ]);
});

it('counts middleware under a path for what lies under it only, and none that limits or prepares', async () => {
  const { routes } = await only(
    'express',
    `app.use('/admin', requireUser);\napp.use(authLimiter);\napp.use(passport.initialize());
     app.get('/admin/x', f); app.get('/administer', f);
     function requireUser(q, r, next) { if (!q.headers.authorization) return r.sendStatus(401); next(); }`,
  );
  expect(routes).toEqual(['GET /admin/x requireUser', 'GET /administer']);
});

it('takes the default strategy of hapi for the server that it was set for, and goes on after dependencies', async () => {
  const { routes } = await mapped({
    'one.js': `const Hapi = require('@hapi/hapi');\nconst one = Hapi.server();\none.auth.default('session');\none.dependency('x', (server) => { server.route({ method: 'GET', path: '/one', handler }); });`,
    'two.js': `const Hapi = require('@hapi/hapi');\nconst two = Hapi.server();\ntwo.route({ method: 'GET', path: '/two', handler });`,
  });
  expect(routes).toEqual(['GET /one session', 'GET /two']);
});

it('names a guard by what makes it, whatever is said of it then', async () => {
  const { routes } = await only(
    'koa',
    `import jwt from 'koa-jwt';\nconst own = new Router();\nown.get('/x', f);\napp.use(jwt({ secret }).unless({ path: [/^\\/open/] }));\napp.use(own.routes());`,
  );
  expect(routes).toEqual(['GET /x jwt']);
});

it('makes the routes of a resource from its endpoints', async () => {
  const { routes } = await only(
    'express',
    `import finale from 'finale-rest';
     for (const name of ['User', 'Card']) finale.resource({ model, endpoints: [\`/api/\${name}s\`, \`/api/\${name}s/:id\`], actions: ['list', 'read'] });`,
  );
  expect(routes).toEqual(['GET /api/Cards', 'GET /api/Cards/{id}', 'GET /api/Users', 'GET /api/Users/{id}']);
});

it('reads koa-route, which mounts single routes', async () => {
  const { routes } = await only(
    'koa',
    `import route from 'koa-route';\napp.use(route.get('/pets/:name', f));\nrouter.get('/x', f);`,
  );
  expect(routes).toEqual(['GET /pets/{name}', 'GET /x']);
});

it('says which packages serve routes that no adapter knows', async () => {
  const { unclear } = await mapped({ 'src/a.js': `import restify from 'restify';\nrestify.createServer().get('/x', f);` });
  expect(unclear).toEqual([expect.stringContaining('restify may serve routes')]);
});

it('starts where fastify-cli starts', async () => {
  const { routes } = await mapped({
    'package.json': '{ "scripts": { "start": "fastify start -l info app.js" }, "dependencies": { "fastify-cli": "7.4.0" } }',
    'app.js': `module.exports = async function (app) { app.get('/cli', async () => 'x'); };`,
  });
  expect(routes).toEqual(['GET /cli']);
});

it('keeps what validators of Hono and hapi ask for', async () => {
  const { found } = await mapped({
    'src/hono.ts': `import { Hono } from 'hono'; import { zValidator } from '@hono/zod-validator'; import { z } from 'zod';
      new Hono().post('/a', zValidator('json', z.object({ a: z.string() })), (c) => c.text(''));`,
    'src/hapi.js': `const Hapi = require('@hapi/hapi');\nHapi.server().route({ method: 'PUT', path: '/b/{id?}', handler, options: { validate: { payload: { type: 'object' } } } });`,
  });
  expect(found.map(({ path, request }) => ({ path, request }))).toEqual([
    { path: '/a', request: { body: { $source: 'z.object({ a: z.string() })' } } },
    { path: '/b/{id}', request: { body: { type: 'object' } } },
  ]);
});
