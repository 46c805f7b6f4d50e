import { childOf, namedOf, type Plain } from '../plain.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\n': '' };

const unescaped = (text: string): string =>
  text.replace(/\\(\n|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, what: string) =>
    /^[ux]./.test(what)
      ? String.fromCodePoint(Number.parseInt(what.slice(1), 16))
      : (escapes[what] ?? (/["'\\]/.test(what) ? what : `\\${what}`)),
  );

/** Pieces of a text: what is written, and expressions of an f-string. */
export function piecesOf(node: Plain): readonly (string | Plain)[] | undefined {
  if (node.kind === 'concatenated_string') {
    const parts = namedOf(node).map(piecesOf);
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  if (node.kind !== 'string') return undefined;
  const start = node.children[0]?.text.toLowerCase() ?? '';
  if (start.includes('b')) return undefined;
  const raw = start.includes('r');
  const open = start.includes('f');
  return node.children.flatMap((part): readonly (string | Plain)[] => {
    if (part.kind === 'interpolation') return [childOf(part, 'expression') ?? part];
    if (part.kind !== 'string_content') return [];
    const text = open ? part.text.replace(/\{\{/g, '{').replace(/\}\}/g, '}') : part.text;
    return [raw ? text : unescaped(text)];
  });
}

/** A text that is written as it is. */
export function textLiteral(node: Plain | undefined): string | undefined {
  const pieces = node && piecesOf(node);
  return pieces?.every((piece) => typeof piece === 'string') === true ? pieces.join('') : undefined;
}

/** The arguments of a call by position, and by keyword. */
export interface Arguments {
  readonly positional: readonly Plain[];
  readonly named: ReadonlyMap<string, Plain>;
  /** `*x` or `**x` is among them: there may be others. */
  readonly open: boolean;
}

export function argumentsOf(call: Plain | undefined): Arguments {
  const given = namedOf(call && (childOf(call, 'arguments') ?? childOf(call, 'superclasses')));
  const named = new Map<string, Plain>();
  for (const one of given) {
    const [name, value] = [childOf(one, 'name'), childOf(one, 'value')];
    if (one.kind === 'keyword_argument' && name && value) named.set(name.text, value);
  }
  const spread = ['list_splat', 'dictionary_splat'];
  return {
    positional: given.filter(({ kind }) => kind !== 'keyword_argument' && !spread.includes(kind)),
    named,
    open: given.some(({ kind }) => spread.includes(kind)),
  };
}

/** An argument that is given by its place or by its name. */
export function argument(call: Plain | undefined, place: number | null, ...names: readonly string[]): Plain | undefined {
  const { positional, named } = argumentsOf(call);
  for (const name of names) if (named.has(name)) return named.get(name);
  return place === null ? undefined : positional[place];
}

/** What stands below a decorator: the function or class. */
export const decorated = (node: Plain): Plain =>
  node.kind === 'decorated_definition' ? (childOf(node, 'definition') ?? node) : node;
export const decoratorsOf = (definition: Plain): readonly Plain[] =>
  definition.parent?.kind === 'decorated_definition'
    ? definition.parent.children.filter(({ kind }) => kind === 'decorator').flatMap((one) => namedOf(one).slice(0, 1))
    : [];
