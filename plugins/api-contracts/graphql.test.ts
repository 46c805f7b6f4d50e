import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

it('tells in outputs and brief what GraphQL offers, who answers, and what guards it', async () => {
  const seen = await testContext(plugin, {
    candidate: {
      'schema.graphql':
        'type Query { books(first: Int): [Book!]! }\ntype Mutation { lend(id: ID!): Book }\ntype Book { id: ID! }',
      'library.ts': `import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { UseGuards } from '@nestjs/common';
@Resolver()
export class Library {
  @Query() books() { return []; }
  @UseGuards(RolesGuard('reader')) @Mutation() lend(@Args('id') id: string) {}
}`,
    },
    with: {},
  });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  expect(outputs?.graphql.mutations).toEqual([
    {
      name: 'lend',
      type: 'Book',
      arguments: [{ name: 'id', type: 'ID!' }],
      at: { file: 'schema.graphql', line: 2 },
      resolver: { file: 'library.ts', line: 6 },
      auth: [{ by: "RolesGuard('reader')", scopes: ['reader'], stage: 'method' }],
    },
  ]);
  expect(outputs?.graphql.types.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['object Book']);
  expect(seen.result?.brief.find(({ title }) => title === 'GraphQL')?.text).toBe(
    "mutation lend(id: ID!): Book · library.ts:6 · auth RolesGuard('reader')(reader)\nquery books(first: Int): [Book!]! · library.ts:5 · no auth",
  );
});
