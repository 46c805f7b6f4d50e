// The GraphQL of a project, as the outputs of this plugin hold it and as a brief says it.
import type { GraphqlField, GraphqlMap, Place } from '../../src/discovery/index.ts';

interface At {
  readonly file: string;
  readonly line: number;
}
const at = ({ file, line }: Place): At => ({ file, line: line ?? 1 });

const fieldOf = ({ name, type, arguments: given, at: declared, resolver, guards }: GraphqlField) => ({
  name,
  type,
  arguments: given.map((one) => ({ ...one })),
  at: at(declared),
  resolver: resolver === null ? null : at(resolver),
  auth: guards.filter(({ isAuth }) => isAuth).map(({ by, scopes, stage }) => ({ by, scopes, stage })),
});

export const outputOf = ({ queries, mutations, subscriptions, types }: GraphqlMap) => ({
  queries: queries.map(fieldOf),
  mutations: mutations.map(fieldOf),
  subscriptions: subscriptions.map(fieldOf),
  types: types.map(({ name, kind, fields, at: declared }) => ({
    name,
    kind,
    fields: fields.map((one) => ({ ...one })),
    at: at(declared),
  })),
});

/** One line a field, mutations first: they change something. */
export function graphqlLines({ queries, mutations, subscriptions }: GraphqlMap): readonly string[] {
  const line = (kind: string, one: GraphqlField): string => {
    const { name, type, arguments: given, auth, resolver, at: declared } = fieldOf(one);
    const signature = `${name}${given.length > 0 ? `(${given.map((argument) => `${argument.name}: ${argument.type}`).join(', ')})` : ''}: ${type}`;
    const place = resolver ?? declared;
    const guards = auth.map(({ by, scopes }) => (scopes.length > 0 ? `${by}(${scopes.join(', ')})` : by));
    const words = [
      `${kind} ${signature}`,
      `${place.file}:${place.line}`,
      guards.length > 0 ? `auth ${guards.join(' + ')}` : 'no auth',
    ];
    return [...words, ...(resolver === null ? ['no resolver was found'] : [])].join(' · ');
  };
  return [
    ...mutations.map((one) => line('mutation', one)),
    ...queries.map((one) => line('query', one)),
    ...subscriptions.map((one) => line('subscription', one)),
  ];
}
