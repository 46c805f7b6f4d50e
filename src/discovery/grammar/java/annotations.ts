import { childOf, childrenOf, namedOf, type Plain } from '../plain.ts';

/** `@RequestMapping(path = "/x", method = GET)`. */
export interface Annotation {
  readonly node: Plain;
  /** Without its package. */
  readonly name: string;
  /** `value` of one that is given without a name. */
  readonly given: ReadonlyMap<string, Plain>;
}

/** The annotations of a type, of a member or of a parameter. */
export function annotationsOf(node: Plain): readonly Annotation[] {
  return childrenOf(node, 'modifiers')
    .flatMap(({ children }) => children)
    .filter(({ kind }) => kind === 'annotation' || kind === 'marker_annotation')
    .map((one) => annotationOf(one));
}
export function annotationOf(node: Plain): Annotation {
  const given = new Map<string, Plain>();
  for (const one of namedOf(childOf(node, 'arguments'))) {
    const value = one.kind === 'element_value_pair' ? childOf(one, 'value') : one;
    if (value !== undefined) given.set(one.kind === 'element_value_pair' ? (childOf(one, 'key')?.text ?? '') : 'value', value);
  }
  return { node, name: childOf(node, 'name')?.text.split('.').at(-1) ?? '', given };
}
/** One value, or those of `{a, b}`. */
export const valuesOf = (node: Plain | undefined): readonly Plain[] =>
  node?.kind === 'element_value_array_initializer' ? namedOf(node) : node === undefined ? [] : [node];

/** `List` of `java.util.List<Pet>`. */
export function typeName(node: Plain | undefined): string {
  if (node === undefined) return '';
  const of = node.kind === 'generic_type' ? namedOf(node)[0] : node;
  return (of?.text ?? '').split('.').at(-1)?.replace(/\[\]$/, '') ?? '';
}
/** `Pet` of `List<Pet>`. */
export const typeArguments = (node: Plain | undefined): readonly Plain[] =>
  node?.kind === 'generic_type' ? namedOf(childrenOf(node, 'type_arguments')[0]) : [];
