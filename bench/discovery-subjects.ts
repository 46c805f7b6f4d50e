// Public back ends that discovery is tried on. Their code is not kept here; what is true of them is, in bench/truth.

export interface Subject {
  /** Of bench/truth/<name>.json. */
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
  /** What its routes and its tables are written with; a part that is left out has no truth. */
  readonly stack: { readonly routes?: string; readonly tables?: string };
  readonly licence: string;
  /** The folder of the service. */
  readonly scope?: string;
}

export const subjects: readonly Subject[] = [
  {
    name: 'express-realworld',
    repository: 'gothinkster/node-express-realworld-example-app',
    commit: '30b68e1e881462b2f4164ea09ab4c4f5699c7b0b',
    stack: { routes: 'Express', tables: 'Prisma' },
    licence: 'MIT',
  },
  {
    name: 'express-boilerplate',
    repository: 'hagopj13/node-express-boilerplate',
    commit: '179ae84efec61b14206d0305d941daed6c6d07f9',
    stack: { routes: 'Express', tables: 'Mongoose' },
    licence: 'MIT',
  },
  {
    name: 'fastify-demo',
    repository: 'fastify/demo',
    commit: '1f50cc1dc6c22c27da937eb96a0ce048ebab23a9',
    stack: { routes: 'Fastify', tables: 'MySQL' },
    licence: 'MIT',
  },
  {
    name: 'koa-realworld',
    repository: 'gothinkster/koa-knex-realworld-example',
    commit: '602e234139c453825eb3939cf24bdf00fc164e0e',
    stack: { routes: 'Koa', tables: 'Knex' },
    licence: 'MIT',
  },
  {
    name: 'hapi-university',
    repository: 'hapijs/university',
    commit: '73bdc20cb8fe7cc9db65c7018462e3bbf6e80e57',
    stack: { routes: 'Hapi' },
    licence: 'BSD-3-Clause',
  },
  {
    name: 'nestjs-realworld',
    repository: 'lujakob/nestjs-realworld-example-app',
    commit: 'c1c2cc4e448b279ff083272df1ac50d20c3304fa',
    stack: { routes: 'NestJS', tables: 'TypeORM' },
    licence: 'ISC',
  },
  {
    name: 'nestjs-mikro-orm',
    repository: 'mikro-orm/nestjs-realworld-example-app',
    commit: '681d8fc8012bd7179ff545f055f8731f16407313',
    stack: { routes: 'NestJS', tables: 'MikroORM' },
    licence: 'MIT',
  },
  {
    name: 'nestjs-boilerplate',
    repository: 'brocoders/nestjs-boilerplate',
    commit: '9620f159eefe38f47747d02ab162852367c5472c',
    stack: { routes: 'NestJS', tables: 'TypeORM' },
    licence: 'MIT',
  },
  {
    name: 'hoppscotch',
    repository: 'hoppscotch/hoppscotch',
    commit: 'afc2cf181c16e56647b099e5d18cfe55710c6cdd',
    stack: { tables: 'Prisma' },
    licence: 'MIT',
    scope: 'packages/hoppscotch-backend',
  },
  {
    name: 'documenso',
    repository: 'documenso/documenso',
    commit: '75330166cc00b29c14399bc2e391e4b4d8080c00',
    stack: { tables: 'Prisma' },
    licence: 'AGPL-3.0',
    scope: 'packages/prisma',
  },
  {
    name: 'nuxt-elk',
    repository: 'elk-zone/elk',
    commit: 'ae4ebf3375eb68f1f355390b4f163adb10f5026c',
    stack: { routes: 'Nitro' },
    licence: 'MIT',
  },
  {
    name: 'simplebank',
    repository: 'techschool/simplebank',
    commit: '7c6f92f2bc5dd7ffe30552bd2fe9699de06b5512',
    stack: { routes: 'gin', tables: 'PostgreSQL' },
    licence: 'MIT',
  },
  {
    name: 'gin-realworld',
    repository: 'gothinkster/golang-gin-realworld-example-app',
    commit: '728cb04bfefc00982600676ea1ad70ff01c6e598',
    stack: { routes: 'gin', tables: 'GORM' },
    licence: 'MIT',
  },
  {
    name: 'echo-realworld',
    repository: 'xesina/golang-echo-realworld-example-app',
    commit: '2afa470f1b1d0f28cdb589170826075f372cf1ee',
    stack: { routes: 'echo', tables: 'GORM' },
    licence: 'MIT',
  },
  {
    name: 'flask-realworld',
    repository: 'gothinkster/flask-realworld-example-app',
    commit: '4b95fb2227dfeb5dd1a45d89b2bf48630b93fd28',
    stack: { routes: 'Flask', tables: 'SQLAlchemy' },
    licence: 'MIT',
  },
  {
    name: 'django-realworld',
    repository: 'gothinkster/django-realworld-example-app',
    commit: '29c9d42831fa0cfc5a4aa7561f674396eacf20a2',
    stack: { routes: 'Django', tables: 'Django' },
    licence: 'MIT',
  },
  {
    name: 'fastapi-template',
    repository: 'fastapi/full-stack-fastapi-template',
    commit: '68adb40d37425f6f8668ec7e5a054500d045e43e',
    stack: { routes: 'FastAPI', tables: 'SQLAlchemy' },
    licence: 'MIT',
    scope: 'backend',
  },
  {
    name: 'fastapi-realworld',
    repository: 'nsidnev/fastapi-realworld-example-app',
    commit: '029eb7781c60d5f563ee8990a0cbfb79b244538c',
    stack: { routes: 'FastAPI', tables: 'Alembic' },
    licence: 'MIT',
  },
  {
    name: 'spring-petclinic',
    repository: 'spring-projects/spring-petclinic',
    commit: 'edf4db28affcc4741c79850a3d95bc3f177b5ff9',
    stack: { routes: 'Spring', tables: 'JPA' },
    licence: 'Apache-2.0',
  },
  {
    name: 'spring-realworld',
    repository: 'gothinkster/spring-boot-realworld-example-app',
    commit: 'ee17e31aafe733d98c4853c8b9a74d7f2f6c924a',
    stack: { routes: 'Spring', tables: 'Flyway' },
    licence: 'MIT',
  },
  {
    name: 'rails-realworld',
    repository: 'gothinkster/rails-realworld-example-app',
    commit: 'a2ae4fff78b3337683cea988c023281dcb5551b9',
    stack: { routes: 'Rails', tables: 'Rails' },
    licence: 'MIT',
  },
  {
    name: 'lobsters',
    repository: 'lobsters/lobsters',
    commit: '57268d762e1c2c95b7a8e64ee8deb259cddd8cc0',
    stack: { tables: 'Rails' },
    licence: 'BSD-3-Clause',
  },
  {
    name: 'rubygems',
    repository: 'rubygems/rubygems.org',
    commit: '3c8ea0d4cbe85bd2a2bb5d22486247656a3dfb6c',
    stack: { tables: 'Rails' },
    licence: 'MIT',
  },
  {
    name: 'outline',
    repository: 'outline/outline',
    commit: 'd77dcdf853868c5d5fe125c895c9b71f0eff5c68',
    stack: { routes: 'Koa', tables: 'Sequelize' },
    licence: 'BUSL-1.1',
  },
  {
    name: 'unkey',
    repository: 'unkeyed/unkey',
    commit: 'fc99b6b925b9f455886832261883f4086eb64d3d',
    stack: { tables: 'Drizzle' },
    licence: 'AGPL-3.0',
    scope: 'web/internal/db',
  },
  {
    name: 'juice-shop',
    repository: 'juice-shop/juice-shop',
    commit: '33518f5a0911e25d9df747b1e70fb7af279a755c',
    stack: { routes: 'Express with finale-rest', tables: 'Sequelize' },
    licence: 'MIT',
  },
  {
    name: 'miniflux',
    repository: 'miniflux/v2',
    commit: '106cdd09e1557222303f3ed1376e1dadf0638621',
    stack: { routes: 'net/http' },
    licence: 'Apache-2.0',
  },
  {
    name: 'express-typescript',
    repository: 'edwinhern/express-typescript',
    commit: 'f795eab920730af950d9983ee6462e40f52f2ce8',
    stack: { routes: 'Express' },
    licence: 'MIT',
  },
  {
    name: 'jhipster',
    repository: 'jhipster/jhipster-sample-app',
    commit: 'f8da577c944ecc4db46fc961a1ba022d5bbf8964',
    stack: { routes: 'Spring', tables: 'Liquibase' },
    licence: 'Apache-2.0',
  },
  {
    name: 'hono-basic',
    repository: 'honojs/examples',
    commit: '50da66a7b477f2acbf812c0f77080b104a0de7b6',
    stack: { routes: 'Hono' },
    licence: 'MIT',
    scope: 'basic',
  },
  {
    name: 'hono-blog',
    repository: 'honojs/examples',
    commit: '50da66a7b477f2acbf812c0f77080b104a0de7b6',
    stack: { routes: 'Hono' },
    licence: 'MIT',
    scope: 'blog',
  },
];
