// Syntax trees of oxc: https://oxc.rs/docs/guide/usage/parser.html, ESTree with TypeScript's nodes. All use of the parser goes through here.
import { type Node, type ParserOptions, type Program, parseSync, visitorKeys } from 'oxc-parser';
import type { EcmaUnit, FileFacts, NodeOf } from '../contract/reading.ts';
import { SourceText } from '../grammar/plain.ts';

export interface SyntaxFault {
  readonly message: string;
  readonly start: number;
}
export interface Parsed {
  readonly program: Program;
  /** Where the parser gave up: the program is empty then. */
  readonly faults: readonly SyntaxFault[];
}

/** `.js` may hold JSX, and types where another tool takes them out; `<any>x` is only TypeScript. */
function languagesOf(file: string): readonly NonNullable<ParserOptions['lang']>[] {
  if (/\.[mc]?ts$/.test(file)) return ['ts'];
  return file.endsWith('.tsx') ? ['tsx'] : ['jsx', 'tsx'];
}

export function parse(file: string, text: string): Parsed {
  let first: Parsed | undefined;
  for (const lang of languagesOf(file)) {
    const { program, errors } = parseSync(file, text, { lang, astType: 'ts', preserveParens: false });
    const faults = errors.map(({ message, labels }) => ({ message, start: labels[0]?.start ?? 0 }));
    // Some errors, such as a `return` outside of functions, leave the tree whole.
    if (faults.length === 0 || program.body.length > 0) return { program, faults: [] };
    first ??= { program, faults };
  }
  return first ?? { program: { type: 'Program', body: [], sourceType: 'module', hashbang: null, start: 0, end: 0 }, faults: [] };
}

/** The nodes directly below one. */
function childrenOf(node: Node): readonly Node[] {
  const found: Node[] = [];
  const properties = node as unknown as Readonly<Record<string, Node | readonly (Node | null)[] | null | undefined>>;
  for (const key of visitorKeys[node.type] ?? []) {
    const value = properties[key];
    if (value === null || value === undefined) continue;
    if (!('type' in value)) {
      for (const one of value) if (one !== null) found.push(one);
    } else found.push(value);
  }
  return found;
}

const none: [] = [];
type Groups = ReadonlyMap<string, readonly Node[]>;
/** Sets parents and sorts the nodes by type. A loop: a tree that oxc can read may be deeper than the stack of JavaScript. */
function link(program: Program): Groups {
  const groups = new Map<string, Node[]>();
  const open: Node[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const group = groups.get(node.type);
    if (group === undefined) groups.set(node.type, [node]);
    else group.push(node);
    const children = childrenOf(node);
    for (let n = children.length - 1; n >= 0; n -= 1) {
      const child = children[n];
      if (child === undefined) continue;
      child.parent = node;
      // Most nodes have an empty list of their own: a fifth of what a tree takes.
      if ('decorators' in child && child.decorators?.length === 0) child.decorators = none;
      open.push(child);
    }
  }
  return groups;
}

interface Span {
  readonly start: number;
  readonly end: number;
}
export class ParsedUnit implements EcmaUnit {
  readonly file: string;
  readonly text: string;
  /** Set again once they are known: they are made from this. */
  facts: FileFacts;
  readonly tree: Program;
  readonly #lines: SourceText;
  readonly #groups: Groups;

  constructor(of: Pick<EcmaUnit, 'file' | 'text' | 'facts' | 'tree'>) {
    this.file = of.file;
    this.text = of.text;
    this.facts = of.facts;
    this.tree = of.tree;
    this.#lines = new SourceText(of.text);
    this.#groups = link(of.tree);
  }
  nodes<T extends Node['type']>(type: T): readonly NodeOf<T>[] {
    return (this.#groups.get(type) ?? []) as unknown as readonly NodeOf<T>[];
  }
  textOf({ start, end }: Span): string {
    return this.text.slice(start, end);
  }
  excerpt(span: Span, longest = 80): string {
    return this.textOf({ start: span.start, end: Math.min(span.end, span.start + 20 * longest) })
      .replace(/\s+/g, ' ')
      .slice(0, longest);
  }
  lineAt(offset: number): number {
    return this.#lines.lineAt(offset);
  }
  lineOf({ start }: { readonly start: number }): number {
    return this.lineAt(start);
  }
}

export type FunctionNode = NodeOf<'FunctionDeclaration'> | NodeOf<'ArrowFunctionExpression'>;
export const isFunction = (node: Node): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
export type ClassNode = NodeOf<'ClassDeclaration'>;
export const isClass = (node: Node): node is ClassNode => node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

/** Without what only says a type, waits, or groups. */
export function bare(node: Node): Node {
  for (let at = node; ; ) {
    switch (at.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        at = at.expression;
        break;
      case 'AwaitExpression':
        at = at.argument;
        break;
      default:
        return at;
    }
  }
}

/** The text of a string literal, or of a template without expressions. */
export function stringOf(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}

/** The name that a key, a property or an identifier writes; undefined: it is computed. */
export function nameOf(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'number') return String(node.value);
  return stringOf(node);
}

/** The name of the property that a member expression takes; undefined: it is computed. */
export function propertyName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  return node.computed ? stringOf(node.property) : nameOf(node.property);
}
