// What a GraphQL schema offers, and who answers it.
import type { Place } from '../contract/place.ts';
import type { Guard } from '../contract/route.ts';

export type Root = 'queries' | 'mutations' | 'subscriptions';
export interface GraphqlArgument {
  readonly name: string;
  /** As GraphQL writes it: `[ID!]!`. */
  readonly type: string;
}
export interface GraphqlField {
  readonly name: string;
  readonly type: string;
  readonly arguments: readonly GraphqlArgument[];
  /** Where it is declared. */
  readonly at: Place;
  /** The function that answers; null: none was found. */
  readonly resolver: Place | null;
  readonly guards: readonly Guard[];
}
export interface GraphqlType {
  readonly name: string;
  readonly kind: 'object' | 'input' | 'interface' | 'enum' | 'union' | 'scalar';
  /** Fields of a type; values of an enum and members of a union, whose type is their name. */
  readonly fields: readonly GraphqlArgument[];
  readonly at: Place;
}
export interface GraphqlMap extends Readonly<Record<Root, readonly GraphqlField[]>> {
  readonly types: readonly GraphqlType[];
}
export const rootOf = (kind: string): Root | undefined =>
  kind === 'Query' ? 'queries' : kind === 'Mutation' ? 'mutations' : kind === 'Subscription' ? 'subscriptions' : undefined;
/** What a reading needs besides sources. */
export const graphqlFiles = { reads: ['**/*.{graphql,graphqls,gql}', '**/nest-cli.json'] };
