// The fields and types of schemas that are written out.
import { type DefinitionNode, Kind, print, type TypeNode } from 'graphql';
import type { Place } from '../contract/place.ts';
import type { Written } from './documents.ts';
import { type GraphqlArgument, type GraphqlField, type GraphqlType, type Root, rootOf } from './model.ts';

export interface Declared {
  readonly roots: readonly (GraphqlField & { readonly root: Root })[];
  readonly types: readonly GraphqlType[];
}

export function declaredIn(documents: readonly Written[]): Declared {
  const names = rootNames(documents);
  const found = documents.flatMap((one) => one.document.definitions.map((definition) => declared(one, definition, names)));
  return { roots: found.flatMap(({ roots }) => roots), types: merged(found.flatMap(({ types }) => types)) };
}

/** `schema { query: Root }`; without it the roots have their usual names. */
function rootNames(documents: readonly Written[]): ReadonlyMap<string, Root> {
  const names = new Map<string, Root>([
    ['Query', 'queries'],
    ['Mutation', 'mutations'],
    ['Subscription', 'subscriptions'],
  ]);
  for (const { document } of documents) {
    for (const one of document.definitions) {
      if (one.kind !== Kind.SCHEMA_DEFINITION && one.kind !== Kind.SCHEMA_EXTENSION) continue;
      for (const { operation, type } of one.operationTypes ?? []) {
        const root = rootOf(`${operation[0]?.toUpperCase()}${operation.slice(1)}`);
        if (root !== undefined) names.set(type.name.value, root);
      }
    }
  }
  return names;
}

function declared(written: Written, definition: DefinitionNode, names: ReadonlyMap<string, Root>): Declared {
  const at = (node: { readonly loc?: { readonly startToken: { readonly line: number } } }): Place => ({
    file: written.file,
    line: node.loc === undefined ? null : written.above + node.loc.startToken.line,
  });
  const nothing: Declared = { roots: [], types: [] };
  const type = (kind: GraphqlType['kind'], name: string, fields: readonly GraphqlArgument[]): Declared => ({
    roots: [],
    types: [{ name, kind, fields, at: at('name' in definition && definition.name !== undefined ? definition.name : definition) }],
  });
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION: {
      const root = names.get(definition.name.value);
      const fields = definition.fields ?? [];
      if (root === undefined) return type('object', definition.name.value, fields.map(argumentOf));
      const roots = fields
        // What federation adds: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
        .filter(({ name }) => !name.value.startsWith('_'))
        .map((field) => ({
          root,
          ...argumentOf(field),
          arguments: (field.arguments ?? []).map(argumentOf),
          at: at(field.name),
          resolver: null,
          guards: [],
        }));
      return { roots, types: [] };
    }
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      return type('interface', definition.name.value, (definition.fields ?? []).map(argumentOf));
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return type('input', definition.name.value, (definition.fields ?? []).map(argumentOf));
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      return type(
        'enum',
        definition.name.value,
        (definition.values ?? []).map(({ name }) => itself(name.value)),
      );
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      return type(
        'union',
        definition.name.value,
        (definition.types ?? []).map(({ name }) => itself(name.value)),
      );
    case Kind.SCALAR_TYPE_DEFINITION:
      return type('scalar', definition.name.value, []);
    default:
      return nothing;
  }
}
const itself = (name: string): GraphqlArgument => ({ name, type: name });
const argumentOf = (one: { readonly name: { readonly value: string }; readonly type: TypeNode }): GraphqlArgument => ({
  name: one.name.value,
  type: print(one.type),
});

/** A type and what extends it are one; it stands where it is said first. */
function merged(types: readonly GraphqlType[]): readonly GraphqlType[] {
  const byName = new Map<string, GraphqlType>();
  for (const type of types) {
    const before = byName.get(type.name);
    const fields =
      before === undefined
        ? type.fields
        : [...new Map([...before.fields, ...type.fields].map((one) => [one.name, one])).values()];
    byName.set(type.name, before === undefined ? type : { ...before, fields });
  }
  return [...byName.values()];
}
