import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, openReading, type Route, routesIn } from '../../../../src/discovery/index.ts';
import { nestjs } from '../../../../src/discovery/routes/adapters/nestjs/stack.ts';
import { readingOf } from '../../../rig/reading.ts';

const text = ({ method, path: at }: { readonly method: string; readonly path: string }) => `${method} ${at}`;
const auth = ({ guards }: Route) => guards.filter(({ isAuth }) => isAuth);
const withAuth = (route: Route) => [text(route), ...auth(route).map(({ by, scopes }) => [by, ...scopes].join(' '))].join(' < ');
const mapped = async (files: Readonly<Record<string, string>>) => routesIn(await readingOf(files), [nestjs]);

describe('an application of NestJS', () => {
  const fixture = path.resolve(import.meta.dirname, '../../../../plugins/api-contracts/fixtures/nestjs');
  const read = async () => routesIn(await openReading({ tree: filesIn(fixture), files: ['src/**'], stacks: [nestjs] }), [nestjs]);

  it('has the routes that it answers when it runs, guarded where it refuses requests without credentials', async () => {
    const truth = JSON.parse(readFileSync(path.join(fixture, 'truth.json'), 'utf8'));
    const { routes, notUnderstood } = await read();
    const rows = routes.map((route) => ({ method: route.method, path: route.path, guarded: auth(route).length > 0 }));
    const inOrder = (of: readonly unknown[]) => of.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(rows)).toEqual(inOrder(truth.routes));
    expect(notUnderstood.map(({ file, line, why }) => `${file}:${line} ${why}`)).toEqual([
      'src/legacy.ts:4 no module of an application lists this controller',
    ]);
  });
  it('says who answers, what stands before it, and what goes in and out', async () => {
    const { routes } = await read();
    const create = routes.find((route) => text(route) === 'POST /api/v2/cats');
    expect(create).toMatchObject({
      version: '2',
      handler: { file: 'src/cats.ts', line: 30, name: 'CatsController.create' },
      registered: { file: 'src/cats.ts', line: 28 },
      guards: [
        { by: 'SessionGuard', stage: 'global', isAuth: true },
        { by: 'SlowDownGuard', stage: 'class', isAuth: false },
        { by: 'RolesGuard', scopes: ['breeder'], stage: 'method', isAuth: true },
      ],
      request: {
        body: {
          type: 'object',
          properties: { name: { type: 'string' }, age: { type: 'number' }, tags: { type: 'array', items: { type: 'string' } } },
          required: ['name', 'tags'],
        },
      },
      mounted: [{ file: 'src/app.ts' }, { file: 'src/cats.ts', line: 15 }],
    });
    expect(Object.keys(create?.response as object)).toEqual(['202']);
  });
});

const main = (rest = '') => `
  import { NestFactory } from '@nestjs/core';
  import { AppModule } from './app';
  async function bootstrap() { const app = await NestFactory.create(AppModule); ${rest} await app.listen(1); }
  bootstrap();`;
const head = `import { Body, Controller, Get, Module, Post, RequestMethod, UseGuards } from '@nestjs/common';\n`;

it('applies middleware to the methods and paths that it is put on', async () => {
  const { routes } = await mapped({
    'main.ts': main(`app.setGlobalPrefix('/api');`),
    'app.ts': `${head}
      class AuthMiddleware { use(req, res, next) { if (!req.headers.authorization) throw new Error(); next(); } }
      @Controller('a') class A { @Get() list() {} @Post() make() {} @Get(':id/deep') deep() {} }
      @Controller('b') class B { @Get('c/d') below() {} @Get('open') open() {} }
      @Module({ controllers: [A, B] }) export class AppModule { configure(consumer) {
        consumer.apply(AuthMiddleware).exclude('b/open').forRoutes({ path: 'a', method: RequestMethod.POST }, { path: 'a/:x/deep', method: RequestMethod.ALL }, 'b');
      } }`,
  });
  expect(routes.map(withAuth)).toEqual([
    'GET /api/a',
    'POST /api/a < AuthMiddleware',
    'GET /api/a/{id}/deep < AuthMiddleware',
    'GET /api/b/c/d < AuthMiddleware',
    'GET /api/b/open',
  ]);
});

// What NestJS 11.2.10 answers to requests without credentials.
it.each([
  [`.forRoutes('*')`, ['v1', 'v2']],
  [`.forRoutes('cats/search')`, ['v1']],
  [`.forRoutes({ path: 'cats/search', method: RequestMethod.ALL, version: '2' })`, ['v2']],
  [`.exclude('cats/search').forRoutes('cats')`, ['v1']],
  [`.exclude({ path: 'cats/search', method: RequestMethod.GET, version: '1' }).forRoutes('{*all}')`, ['v2']],
])('knows which versions middleware with %s counts for', async (put, versions) => {
  const { routes } = await mapped({
    'main.ts': main(`app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });`),
    'app.ts': `${head}
      class AuthMiddleware {}
      @Controller({ path: 'cats', version: ['1', '2'] }) class Cats { @Get('search') search() {} }
      @Module({ controllers: [Cats] }) export class AppModule { configure(consumer) { consumer.apply(AuthMiddleware)${put}; } }`,
  });
  expect(routes.filter((route) => auth(route).length > 0).map(({ path: at }) => at.split('/')[1])).toEqual(versions);
});

it('takes prefixes from configuration, and says what of them only a running program knows', async () => {
  const app = `${head} @Controller('x') class X { @Get() get() {} } @Module({ controllers: [X] }) export class AppModule {}`;
  const configured = await mapped({
    'main.ts': main(`app.setGlobalPrefix(app.get(ConfigService).getOrThrow('app.prefix', { infer: true }));`),
    'config/app.config.ts': `import { registerAs } from '@nestjs/config'; export default registerAs('app', () => ({ prefix: process.env.PREFIX || 'v9' }));`,
    'app.ts': app,
  });
  expect(configured.routes.map(text)).toEqual(['GET /v9/x']);
  const unknown = await mapped({ 'main.ts': main('app.setGlobalPrefix(`${process.env.BASE}v1`);'), 'app.ts': app });
  expect(unknown.routes.map(text)).toEqual(['GET /v1/x']);
  expect(unknown.notUnderstood).toMatchObject([
    { file: 'main.ts', why: expect.stringContaining('the global prefix is known only') },
  ]);
});

it.each([
  [
    'a controller with an unknown path',
    `@Controller(process.env.P) class X { @Get() get() {} }`,
    '[X]',
    'the path of this controller',
  ],
  ['a route with an unknown path', `@Controller() class X { @Get(paths[n]) get() {} }`, '[X]', 'the path of this route'],
  [
    'controllers that are computed',
    `@Controller('x') class X { @Get() get() {} }`,
    'load()',
    'which modules or controllers these are',
  ],
  [
    'a controller of a package',
    `import { Metrics } from 'metrics';`,
    '[Metrics]',
    'the controller Metrics is of the package metrics',
  ],
  [
    'routes that a package adds',
    `import { Crud } from '@nestjsx/crud'; @Crud({}) @Controller('x') class X { @Get() get() {} }`,
    '[X]',
    'routes that Crud of @nestjsx/crud adds',
  ],
])('says that it does not understand %s', async (_, body, controllers, why) => {
  const { notUnderstood } = await mapped({
    'main.ts': main(),
    'app.ts': `${head}${body}\n@Module({ controllers: ${controllers} }) export class AppModule {}`,
  });
  expect(notUnderstood).toMatchObject([{ file: 'app.ts', stack: 'nestjs', why: expect.stringContaining(why) }]);
});

it('keeps the applications of one repository apart, and leaves out scripts that only want the services', async () => {
  const app = (name: string) =>
    `${head}@Controller('${name}') class X { @Get() get() {} } @Module({ controllers: [X] }) export class AppModule {}`;
  const { routes } = await mapped({
    'apps/shop/main.ts': main(`app.setGlobalPrefix('shop');`),
    'apps/shop/app.ts': app('orders'),
    'apps/shop/seed.ts': `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app'; NestFactory.create(AppModule);`,
    'apps/admin/main.ts': main(),
    'apps/admin/app.ts': app('users'),
  });
  expect(routes.map(text)).toEqual(['GET /shop/orders', 'GET /users']);
});

it('reads DTOs: mapped types, validators, enums, lists and types that hold themselves', async () => {
  const { routes } = await mapped({
    'main.ts': main(),
    'dto.ts': `
      import { PartialType, OmitType } from '@nestjs/swagger'; import { IsEmail, IsOptional, MinLength } from 'class-validator';
      export enum Kind { Small = 'small', Large = 'large' }
      export class Base { @IsEmail() email: string; @MinLength(8) secret: string; kind: Kind; parent?: Base; @IsOptional() since: Date; }
      export class Change extends PartialType(OmitType(Base, ['secret', 'parent'] as const)) { note: string | null; }`,
    'app.ts': `${head}import { Base, Change } from './dto';
      @Controller() class X { @Post() make(@Body() base: Base, @Body('only') only: string): Promise<Change[]> {} }
      @Module({ controllers: [X] }) export class AppModule {}`,
  });
  expect(routes[0]?.request).toMatchObject({
    body: {
      properties: {
        email: { type: 'string', format: 'email' },
        secret: { type: 'string', minLength: 8 },
        kind: { type: 'string', enum: ['small', 'large'] },
        since: { format: 'date-time' },
      },
      required: ['email', 'secret', 'kind'],
    },
  });
  expect(routes[0]?.response).toEqual({
    201: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          email: { type: 'string', format: 'email' },
          kind: { type: 'string', enum: ['small', 'large'] },
          since: { type: 'string', format: 'date-time' },
          note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
        required: ['note'],
      },
    },
  });
});

it('takes decorators of others for nothing, and needs no application for the controllers of a library', async () => {
  const { routes } = await mapped({
    'own.ts': `const Controller = (x: string) => (c) => c; const Get = () => (c) => c; @Controller('no') export class No { @Get() get() {} }`,
    'lib.ts': `${head}@Controller('lib') export class Lib { @Get() get() {} }`,
  });
  expect(routes.map(({ certain, ...route }) => `${text(route)} ${certain}`)).toEqual(['GET /lib false']);
});
