// What the context plugins found, as far as it is drawn: the outputs of schema-map, api-contracts and io-trace.
import type { Json } from '../../contract/schema.ts';

export interface Unclear {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
}
export interface ColumnFound {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}
export interface TableFound {
  readonly name: string;
  readonly columns: readonly ColumnFound[];
  readonly 'primary-key': { readonly columns: readonly string[] } | null;
  readonly uniques: readonly { readonly columns: readonly string[] }[];
  readonly 'foreign-keys': readonly {
    readonly columns: readonly string[];
    readonly table: string;
    readonly references: readonly string[];
  }[];
  readonly file: string;
  readonly entity?: string | null;
  readonly kind?: string;
}
export interface RelationFound {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly columns: readonly string[];
  readonly optional: boolean;
  readonly through: string | null;
}
export interface MigrationFound {
  readonly file: string;
  readonly does: readonly string[];
  readonly down: string | null;
}
export interface SchemaFound {
  readonly tables: readonly TableFound[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly views: readonly { readonly name: string; readonly reads: readonly string[] }[];
  readonly relations: readonly RelationFound[];
  readonly migrations: readonly MigrationFound[];
  readonly sources?: readonly { readonly kind: string; readonly stack: string; readonly dialect: string | null }[];
  readonly disagreements?: readonly { readonly table: string; readonly column: string | null; readonly what: string }[];
  readonly 'not-understood': readonly Unclear[];
}
interface Place {
  readonly file: string;
  readonly line: number;
}
export interface RouteFound {
  readonly method: string;
  readonly path: string;
  readonly framework: string;
  readonly handler: Place;
  readonly auth: readonly { readonly by: string; readonly scopes: readonly string[] }[];
  /** False: a condition decides whether it exists. */
  readonly certain?: boolean;
  readonly request: Json;
  readonly response: Json;
}
interface GraphqlField {
  readonly name: string;
  readonly type: string;
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
  readonly at: Place;
  readonly resolver: Place | null;
  readonly auth: readonly { readonly by: string; readonly scopes: readonly string[] }[];
}
interface GraphqlFound {
  readonly queries: readonly GraphqlField[];
  readonly mutations: readonly GraphqlField[];
  readonly subscriptions: readonly GraphqlField[];
  readonly types: readonly { readonly name: string }[];
}
export interface ContractsFound {
  readonly routes: readonly RouteFound[];
  readonly operations: readonly { readonly method: string; readonly path: string; readonly at: Place }[];
  readonly undocumented: readonly { readonly method: string; readonly path: string; readonly at: Place }[];
  readonly unrouted: readonly { readonly method: string; readonly path: string; readonly at: Place }[];
  readonly differences: readonly { readonly method: string; readonly path: string; readonly what: string }[];
  readonly graphql?: GraphqlFound;
  readonly 'not-understood': readonly Unclear[];
}
export interface IoFound {
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly line: number;
    readonly code: string;
    readonly what: string;
    readonly why: string;
    readonly hint: string;
    readonly routes: readonly string[];
    readonly chain: readonly { readonly name: string; readonly file: string; readonly line: number }[];
  }[];
  readonly 'not-understood': readonly Unclear[];
}
/** A part that was not asked for is left out. */
export interface Found {
  readonly schema?: SchemaFound;
  readonly contracts?: ContractsFound;
  readonly io?: IoFound;
}
