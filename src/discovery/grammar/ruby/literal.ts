import { childOf, namedOf, type Plain, within } from '../plain.ts';

/** Values of the variables of blocks: `%w[a b].each do |name|`. */
export type Locals = ReadonlyMap<string, string>;

/** The text of a string or a symbol. */
export function textOf(node: Plain | undefined, locals: Locals = new Map()): string | undefined {
  switch (node?.kind) {
    case 'string':
    case 'bare_string':
    case 'bare_symbol':
    case 'delimited_symbol': {
      const parts = namedOf(node).map((part) => (part.kind === 'interpolation' ? textOf(namedOf(part)[0], locals) : part.text));
      return parts.includes(undefined) ? undefined : parts.join('');
    }
    case 'simple_symbol':
      return node.text.slice(1);
    case 'hash_key_symbol':
      return node.text;
    case 'identifier':
      return locals.get(node.text);
    case 'integer':
      return node.text.replaceAll('_', '');
    default:
      return undefined;
  }
}

/** Texts of `[:a, 'b']`, `%w[a b]`, `%i[a b]`, or of one alone; undefined: not known. */
export function textsOf(node: Plain | undefined, locals: Locals = new Map()): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'call' && childOf(node, 'method')?.text === 'freeze') return textsOf(childOf(node, 'receiver'), locals);
  if (!/array$/.test(node.kind)) {
    const one = textOf(node, locals);
    return one === undefined ? undefined : [one];
  }
  const all = namedOf(node).map((one) => textOf(one, locals));
  return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? []);
}

/** A call with what it is given. */
export interface Call {
  readonly node: Plain;
  readonly name: string;
  readonly receiver: Plain | undefined;
  readonly positional: readonly Plain[];
  /** `only: x` and `:only => x`. */
  readonly options: ReadonlyMap<string, Plain>;
  /** `'path' => 'home#index'`. */
  readonly pairs: readonly Plain[];
  readonly block: Plain | undefined;
  /** Names of the block's parameters. */
  readonly parameters: readonly string[];
}

export function callOf(node: Plain): Call | undefined {
  if (node.kind === 'identifier')
    return {
      node,
      name: node.text,
      receiver: undefined,
      positional: [],
      options: new Map(),
      pairs: [],
      block: undefined,
      parameters: [],
    };
  const name = node.kind === 'call' ? childOf(node, 'method')?.text : undefined;
  if (name === undefined) return undefined;
  const given = namedOf(childOf(node, 'arguments')).flatMap((one) => (one.kind === 'hash' ? namedOf(one) : [one]));
  const options = new Map<string, Plain>();
  const pairs = given.filter(({ kind }) => kind === 'pair');
  for (const pair of pairs) {
    const [key, value] = [childOf(pair, 'key'), childOf(pair, 'value')];
    const text = key?.kind === 'string' ? undefined : textOf(key);
    if (text !== undefined && value) options.set(text, value);
  }
  const block = childOf(node, 'block');
  return {
    node,
    name,
    receiver: childOf(node, 'receiver'),
    positional: given.filter(({ kind }) => kind !== 'pair' && kind !== 'hash_splat_argument' && kind !== 'block_argument'),
    options,
    pairs: pairs.filter((pair) => childOf(pair, 'key')?.kind === 'string'),
    block,
    parameters: namedOf(block && childOf(block, 'parameters')).map(({ text }) => text),
  };
}

/** Statements of a block, of a method or of a file. */
export const bodyOf = (node: Plain | undefined): readonly Plain[] => namedOf((node && childOf(node, 'body')) ?? node);

/** The method of a file with a name. */
export const methodOf = (root: Plain | undefined, name: string): Plain | undefined =>
  within(root, ['method']).find((node) => childOf(node, 'name')?.text === name);
