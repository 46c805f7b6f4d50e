// The attributes of a class that is kept in tables: its fields, or its getters where its key is annotated there.
import {
  type Annotation,
  annotationOf,
  annotationsOf,
  typeArguments,
  typeName,
  valuesOf,
} from '../../../grammar/java/annotations.ts';
import type { Java, JavaType } from '../../../grammar/java/classes.ts';
import { childOf, childrenOf, type Plain } from '../../../grammar/plain.ts';
import type { Place } from '../../model.ts';

export interface Attribute {
  readonly name: string;
  readonly of: JavaType;
  readonly type: Plain | undefined;
  /** `String`, `byte[]`, `List`. */
  readonly typeName: string;
  readonly annotations: ReadonlyMap<string, Annotation>;
  readonly at: Place;
}

const notKept = /\b(static|transient)\b/;
const modifiersOf = (node: Plain): string =>
  childrenOf(node, 'modifiers')
    .flatMap(({ children }) => children)
    .filter(({ kind }) => !kind.endsWith('annotation'))
    .map(({ text }) => text)
    .join(' ');

/** `values`: the attributes of what an annotation is given, as texts and as annotations. */
export class Given {
  readonly #java: Java;
  readonly #of: JavaType;
  readonly #annotation: Annotation | undefined;

  constructor(java: Java, of: JavaType, annotation: Annotation | undefined) {
    this.#java = java;
    this.#of = of;
    this.#annotation = annotation;
  }
  get isThere(): boolean {
    return this.#annotation !== undefined;
  }
  text(name: string): string | undefined {
    const found = this.#java.text(this.#annotation?.given.get(name), this.#of);
    return found === '' ? undefined : found;
  }
  texts(name: string): readonly string[] {
    return this.#java.texts(this.#annotation?.given.get(name), this.#of) ?? [];
  }
  /** `nullable = false`. */
  is(name: string, value: string): boolean {
    return this.#annotation?.given.get(name)?.text.split('.').at(-1) === value;
  }
  typeName(name: string): string | undefined {
    const written = this.#annotation?.given.get(name);
    return written?.kind === 'class_literal' ? written.text.replace(/\.class$/, '') : undefined;
  }
  each(name: string): readonly Given[] {
    return valuesOf(this.#annotation?.given.get(name))
      .filter(({ kind }) => kind === 'annotation' || kind === 'marker_annotation')
      .map((one) => new Given(this.#java, this.#of, annotationOf(one)));
  }
}

const written = (type: Plain | undefined): string =>
  type?.kind === 'array_type' ? type.text.replace(/\s/g, '') : typeName(type);
const byName = (node: Plain): ReadonlyMap<string, Annotation> => new Map(annotationsOf(node).map((one) => [one.name, one]));

export function attributesOf(java: Java, type: JavaType, byGetter: boolean): readonly Attribute[] {
  if (type.node.kind === 'record_declaration')
    return childrenOf(childOf(type.node, 'parameters') ?? type.node, 'formal_parameter').map((node) => made(type, node, node));
  if (!byGetter)
    return java
      .members(type, 'field_declaration')
      .flatMap(({ node }) =>
        notKept.test(modifiersOf(node))
          ? []
          : childrenOf(node, 'variable_declarator').map((declarator) => made(type, node, declarator)),
      );
  return java.members(type, 'method_declaration').flatMap(({ node }) => {
    const [, name] = /^(?:get|is)([A-Z]\w*)$/.exec(childOf(node, 'name')?.text ?? '') ?? [];
    const isGetter = name !== undefined && childrenOf(childOf(node, 'parameters') ?? node, 'formal_parameter').length === 0;
    return isGetter && !notKept.test(modifiersOf(node))
      ? [{ ...made(type, node, node), name: name.charAt(0).toLowerCase() + name.slice(1) }]
      : [];
  });
}
const made = (of: JavaType, node: Plain, declarator: Plain): Attribute => ({
  name: childOf(declarator, 'name')?.text ?? '',
  of,
  type: childOf(node, 'type'),
  typeName: written(childOf(node, 'type')),
  annotations: byName(node),
  at: { file: of.file, line: declarator.line },
});

/** `Pet` of `Set<Pet>` and of `Map<String, Pet>`; with what `targetEntity` says. */
export const elementOf = (attribute: Attribute): Plain | undefined => typeArguments(attribute.type).at(-1);
