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
  () => import('./routes/adapters/rails.ts').then(({ rails }) => rails),
  () => import('./routes/adapters/go.ts').then(({ go }) => go),
  () => import('./routes/adapters/spring.ts').then(({ spring }) => spring),
  () => import('./routes/adapters/nestjs/stack.ts').then(({ nestjs }) => nestjs),
  () => import('./routes/adapters/next/stack.ts').then(({ next }) => next),
  () => import('./routes/adapters/nitro/stack.ts').then(({ nitro }) => nitro),
  () => import('./routes/adapters/trpc/stack.ts').then(({ trpc }) => trpc),
];
export const tableStacks: readonly (() => Promise<TableStack>)[] = [
  () => import('./tables/adapters/prisma/stack.ts').then(({ prisma }) => prisma),
  () => import('./tables/adapters/typeorm/stack.ts').then(({ typeorm }) => typeorm),
  () => import('./tables/adapters/sequelize/stack.ts').then(({ sequelize }) => sequelize),
  () => import('./tables/adapters/drizzle/stack.ts').then(({ drizzle }) => drizzle),
  () => import('./tables/adapters/knex/stack.ts').then(({ knex }) => knex),
  () => import('./tables/adapters/sequelize/migrations.ts').then(({ sequelizeMigrations }) => sequelizeMigrations),
  () => import('./tables/adapters/typeorm/migrations.ts').then(({ typeormMigrations }) => typeormMigrations),
  () => import('./tables/adapters/typeorm/migrations.ts').then(({ mikroOrmMigrations }) => mikroOrmMigrations),
  () => import('./tables/adapters/mongoose/stack.ts').then(({ mongoose }) => mongoose),
  () => import('./tables/adapters/mikro-orm/stack.ts').then(({ mikroOrm }) => mikroOrm),
  () => import('./tables/adapters/rails.ts').then(({ railsTables }) => railsTables),
  () => import('./tables/adapters/jpa/stack.ts').then(({ jpa }) => jpa),
  () => import('./tables/adapters/gorm/stack.ts').then(({ gorm }) => gorm),
  () => import('./tables/adapters/liquibase/stack.ts').then(({ liquibase }) => liquibase),
  () => import('./tables/adapters/sqlalchemy.ts').then(({ sqlalchemy }) => sqlalchemy),
  () => import('./tables/adapters/alembic.ts').then(({ alembic }) => alembic),
  () => import('./tables/adapters/django.ts').then(({ djangoTables }) => djangoTables),
];
