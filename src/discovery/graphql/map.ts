// The GraphQL of a scope: what is written out and what classes say, each field once.
import type { NotUnderstood } from '../contract/place.ts';
import type { Reading } from '../contract/reading.ts';
import { codeIn, type Resolved } from './code.ts';
import { documentsIn } from './documents.ts';
import type { GraphqlField, GraphqlMap, GraphqlType, Root } from './model.ts';
import { resolverMapsIn } from './resolver-maps.ts';
import { declaredIn } from './written.ts';

/** They build a schema call by call. */
const builders = ['@pothos/core', 'nexus', '@nexus/schema', 'gqtx'];
type Rooted = GraphqlField & { readonly root: Root };

export function graphqlIn(reading: Reading): { readonly map: GraphqlMap; readonly notUnderstood: readonly NotUnderstood[] } {
  const notUnderstood: NotUnderstood[] = [];
  const say = (what: NotUnderstood): void => void notUnderstood.push(what);
  const written = declaredIn(documentsIn(reading, say));
  const code = codeIn(reading, say);
  const cli = reading.files.find((file) => /(^|\/)nest-cli\.json$/.test(file) && reading.text(file)?.includes('@nestjs/graphql'));
  if (cli !== undefined) {
    const why = 'the plugin of the Nest CLI adds fields that have no decorator; they are not in the map';
    say({ file: cli, line: null, what: '@nestjs/graphql', why, about: 'contract', stack: 'graphql' });
  }
  for (const name of builders) {
    const [file] = reading.marked(name);
    if (file !== undefined)
      say({
        file,
        line: null,
        what: name,
        why: `schemas that ${name} builds are not followed`,
        about: 'contract',
        stack: 'graphql',
      });
  }
  const places = written.roots.length > 0 ? resolverMapsIn(reading) : new Map();
  const answered = written.roots.map((field): Rooted => {
    const resolver = code.roots.find((one) => one.root === field.root && one.name === field.name);
    return {
      ...field,
      resolver: resolver?.resolver ?? places.get(`${field.root} ${field.name}`) ?? null,
      guards: resolver?.guards ?? [],
    };
  });
  const known = new Set(answered.map(({ root, name }) => `${root} ${name}`));
  for (const one of code.roots) if (!known.has(`${one.root} ${one.name}`) && !one.typed) notUnderstood.push(without(one));
  const fields = [...answered, ...code.roots.filter((one) => !known.has(`${one.root} ${one.name}`) && one.typed)];
  const of = (root: Root): readonly GraphqlField[] =>
    fields
      .filter((one) => one.root === root)
      .map(({ name, type, arguments: given, at, resolver, guards }) => ({ name, type, arguments: given, at, resolver, guards }))
      .sort((a, b) => (`${a.name} ${a.at.file}` < `${b.name} ${b.at.file}` ? -1 : 1));
  const types = new Map<string, GraphqlType>();
  for (const type of [...written.types, ...code.types]) if (!types.has(type.name)) types.set(type.name, type);
  return {
    map: {
      queries: of('queries'),
      mutations: of('mutations'),
      subscriptions: of('subscriptions'),
      types: [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
    notUnderstood,
  };
}
const without = ({ name, at }: Resolved): NotUnderstood => ({
  ...at,
  what: name,
  why: 'a resolver for a field that no schema here declares',
  about: 'contract',
  stack: 'graphql',
});
