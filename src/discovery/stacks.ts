// Every adapter, one line each: append yours at the end of its list, as `() => import('./routes/adapters/koa.ts').then(({ koa }) => koa),`.
import type { RouteStack } from './contract/route.ts';
import type { TableStack } from './contract/tables.ts';

export const routeStacks: readonly (() => Promise<RouteStack>)[] = [
  () => import('./routes/adapters/express.ts').then(({ express }) => express),
  () => import('./routes/adapters/fastify.ts').then(({ fastify }) => fastify),
  () => import('./routes/adapters/koa.ts').then(({ koa }) => koa),
  () => import('./routes/adapters/hapi.ts').then(({ hapi }) => hapi),
  () => import('./routes/adapters/hono.ts').then(({ hono }) => hono),
  () => import('./routes/adapters/fastapi.ts').then(({ fastapi }) => fastapi),
  () => import('./routes/adapters/flask.ts').then(({ flask }) => flask),
  () => import('./routes/adapters/django.ts').then(({ django }) => django),
  () => import('./routes/adapters/nestjs/stack.ts').then(({ nestjs }) => nestjs),
];
export const tableStacks: readonly (() => Promise<TableStack>)[] = [
  () => import('./tables/adapters/prisma/stack.ts').then(({ prisma }) => prisma),
  () => import('./tables/adapters/typeorm/stack.ts').then(({ typeorm }) => typeorm),
  () => import('./tables/adapters/sequelize/stack.ts').then(({ sequelize }) => sequelize),
  () => import('./tables/adapters/drizzle/stack.ts').then(({ drizzle }) => drizzle),
];
