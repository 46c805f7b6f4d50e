import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, type GraphqlField, graphqlOf, type Reading, sharedReading } from '../../../../src/discovery/index.ts';
import { filesOf } from '../../../rig/reading.ts';

const read = async (files: Readonly<Record<string, string>>) => graphqlOf(await sharedReading({ tree: filesOf(files) }));
const signature = ({ name, arguments: given, type }: GraphqlField) =>
  `${name}(${given.map((one) => `${one.name}: ${one.type}`).join(', ')}): ${type}`;
const place = (at: { readonly file: string; readonly line: number | null } | null) =>
  at === null ? null : `${at.file}:${at.line}`;

describe('a schema that classes of NestJS make', () => {
  const folder = path.resolve(import.meta.dirname, '../../../../plugins/api-contracts/fixtures/graphql');
  const open = (): Promise<Reading> => sharedReading({ tree: filesIn(folder), files: ['src/**'] });

  it('is the one that NestJS itself makes of them', async () => {
    const truth = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
    const { map, notUnderstood } = await graphqlOf(await open());
    const types = map.types.map(({ kind, name, fields }) => {
      const isPlain = kind === 'enum' || kind === 'union';
      return `${kind} ${name} { ${fields.map((one) => (isPlain ? one.name : `${one.name}: ${one.type}`)).join(', ')} }`;
    });
    expect({
      queries: map.queries.map(signature),
      mutations: map.mutations.map(signature),
      subscriptions: map.subscriptions.map(signature),
      types: types.sort(),
    }).toEqual(truth);
    expect(notUnderstood).toEqual([]);
  });
  it('says who answers and what guards it', async () => {
    const { map } = await graphqlOf(await open());
    const club = map.queries.find(({ name }) => name === 'club');
    expect([place(club?.resolver ?? null), club?.guards.map(({ by, isAuth }) => `${by} ${isAuth}`)]).toEqual([
      'src/resolvers.ts:20',
      ['SignedIn true'],
    ]);
    expect(map.queries.find(({ name }) => name === 'search')?.guards).toEqual([]);
  });
});

it('reads schemas of files: extensions, roots of other names, directives of federation, and no operations of clients', async () => {
  const { map, notUnderstood } = await read({
    'schema/main.graphql': `schema { query: Root mutation: Mutation }\ntype Root {\n  "all"\n  users(first: Int = 10): [User!]! @deprecated\n  _service: String\n}\nscalar Date\nunion Any = User | Team`,
    'schema/team.graphqls': `extend type Root { team(id: ID!): Team }\ntype Mutation { rename(input: Rename!): Team }\ninput Rename { id: ID! name: String }\ntype Team @key(fields: "id") { id: ID! }\nextend type User @key(fields: "id") { team: Team since: Date }`,
    'schema/user.gql': 'interface Node { id: ID! }\ntype User implements Node { id: ID! }\nenum Role { ADMIN USER }',
    'client/query.graphql': 'query Users { users { id } }',
    'schema/broken.graphql': 'type Broken {\n  x: [Int\n}',
  });
  expect(map.queries.map((one) => `${signature(one)} ${place(one.at)}`)).toEqual([
    'team(id: ID!): Team schema/team.graphqls:1',
    'users(first: Int): [User!]! schema/main.graphql:4',
  ]);
  expect(map.mutations.map(signature)).toEqual(['rename(input: Rename!): Team']);
  expect(map.types.map(({ kind, name, fields }) => `${kind} ${name} ${fields.map((one) => one.name)}`)).toEqual([
    'union Any User,Team',
    'scalar Date ',
    'interface Node id',
    'input Rename id,name',
    'enum Role ADMIN,USER',
    'object Team id',
    'object User team,since,id',
  ]);
  expect(notUnderstood.map((one) => `${place(one)} ${one.why.split(':')[0]}`)).toEqual([
    'schema/broken.graphql:3 this schema cannot be read',
  ]);
});

it('reads schemas in templates and finds their resolvers in objects of other files', async () => {
  const { map } = await read({
    'schema.ts': `import { gql } from 'graphql-tag'; import { shared } from './shared';\nexport const typeDefs = gql\`\n  \${shared}\n  type Query {\n    me: User\n    users(page: Int): [User!]!\n    lost: Int\n  }\n  type User { id: ID! }\n\`;`,
    'shared.ts': `export const shared = /* GraphQL */ \`\n  scalar Time\n\`;\nexport const text = \`type Query { no: Int }\`;`,
    'resolvers.ts': `import { users } from './users';\nexport const resolvers = { Query: { me: (_, args, { user }) => user, users } };`,
    'users.ts': `const nothing = 1;\nexport async function users() { return []; }`,
    'operations.ts': 'const query = gql`query { me { id } }`;',
  });
  expect(map.queries.map((one) => `${one.name} ${place(one.at)} ${place(one.resolver)}`)).toEqual([
    'lost schema.ts:7 null',
    'me schema.ts:5 resolvers.ts:2',
    'users schema.ts:6 users.ts:2',
  ]);
  expect(map.types.map(({ name }) => name)).toEqual(['Time', 'User']);
});

it('joins classes that answer with a schema that is written out, and says which answer nothing', async () => {
  const { map, notUnderstood } = await read({
    'api.graphql': 'type Query { asset(id: ID!): String }',
    'asset.resolver.ts': `import { Query, Resolver } from '@nestjs/graphql'; import { SetMetadata, UseGuards } from '@nestjs/common';
const Allow = (...permissions) => SetMetadata('permissions', permissions);
class PermissionGuard { constructor(reflector) {} canActivate() { return this.reflector.get('permissions'); } }
@UseGuards(PermissionGuard)
@Resolver('Asset') export class AssetResolver {
  @Query() @Allow('ReadAsset') asset() {}
  @Query() gone() {}
}`,
  });
  expect(map.queries).toMatchObject([
    {
      name: 'asset',
      at: { file: 'api.graphql' },
      resolver: { file: 'asset.resolver.ts', line: 6 },
      guards: [{ by: 'PermissionGuard', scopes: ['ReadAsset'], isAuth: true }],
    },
  ]);
  expect(notUnderstood).toMatchObject([
    { file: 'asset.resolver.ts', line: 7, what: 'gone', why: expect.stringContaining('no schema here declares') },
  ]);
});

it('reads TypeGraphQL, and says of builders that they are not followed', async () => {
  const { map, notUnderstood } = await read({
    'book.ts': `import { Arg, Authorized, Field, Int, ObjectType, Query, Mutation, Resolver, UseMiddleware } from 'type-graphql';
const isAuth = async ({ context }, next) => { if (!context.user) throw new Error(); return next(); };
@ObjectType() export class Book { @Field() title: string; @Field(() => [Int]) years: number[]; }
@Resolver(() => Book) export class BookResolver {
  @Query(() => [Book]) books(@Arg('from', () => Int, { nullable: true }) from?: number) {}
  @Authorized('ADMIN') @Mutation(() => Boolean) remove(@Arg('title') title: string) {}
  @UseMiddleware(isAuth) @Mutation() add(@Arg('title') title: string): Promise<Book> {}
}`,
    'pothos.ts': `import SchemaBuilder from '@pothos/core'; const builder = new SchemaBuilder({});`,
  });
  expect(
    [...map.queries, ...map.mutations].map((one) => `${signature(one)} ${one.guards.map(({ by, scopes }) => [by, ...scopes])}`),
  ).toEqual([
    'books(from: Int): [Book!]! ',
    'add(title: String!): Book! isAuth',
    'remove(title: String!): Boolean! Authorized,ADMIN',
  ]);
  expect(map.types[0]?.fields).toEqual([
    { name: 'title', type: 'String!' },
    { name: 'years', type: '[Int!]!' },
  ]);
  expect(notUnderstood).toMatchObject([
    { file: 'pothos.ts', why: expect.stringContaining('@pothos/core builds are not followed') },
  ]);
});

it('counts the guards of the whole application, but for what everybody may ask', async () => {
  const { map, notUnderstood } = await read({
    'nest-cli.json': '{ "compilerOptions": { "plugins": ["@nestjs/graphql"] } }',
    'main.ts': `import { NestFactory, APP_GUARD } from '@nestjs/core'; import { Module, SetMetadata } from '@nestjs/common'; import { Query, Resolver } from '@nestjs/graphql'; import { Permission } from 'permissions';
export const Allow = (...permissions) => SetMetadata('permissions', permissions);
class AuthGuard { canActivate() { return this.reflector.get('permissions'); } }
@Resolver() export class Shop {
  @Query(() => String) @Allow(Permission.Public) catalogue() {}
  @Query(() => String) @Allow('Owner') basket() {}
}
@Module({ providers: [Shop, { provide: APP_GUARD, useClass: AuthGuard }] }) class AppModule {}
NestFactory.create(AppModule).then((app) => app.listen(1));`,
  });
  expect(
    map.queries.map(({ name, guards }) => [name, ...guards.map(({ by, scopes, stage }) => `${by} ${scopes} ${stage}`)]),
  ).toEqual([['basket', 'AuthGuard Owner global'], ['catalogue']]);
  expect(notUnderstood).toMatchObject([
    { file: 'nest-cli.json', why: expect.stringContaining('adds fields that have no decorator') },
  ]);
});
