// Names of expressions replaced before they are checked: `item` of a `foreach`, `inputs` of an `include`, and ids of included steps.
import { TokenType } from '@actions/expressions/lexer';
import { type PlacedToken, parseExpression } from '../expression/parse.ts';
import { splitTemplate } from '../expression/template.ts';
import type { Json } from '../plugin-api.ts';
import { type Node, type Origin, plain } from './tree.ts';

/** `inputs.goal` is the context `inputs` and the path `goal`. Where it stands in the text of `node`. */
export interface Asked {
  readonly context: string;
  readonly path: readonly string[];
  readonly node: Node;
  readonly offset: number;
  readonly length: number;
}
/** What takes the place of a name and the first `used` parts of its path: a value, or other words of the expression. */
export type Found = { readonly used: number; readonly node: Node } | { readonly used: number; readonly expression: string };
export interface Names {
  readonly find: (asked: Asked) => Found | undefined;
  /** Hears of a text that would become longer than `textLimit`; it stays as it is. */
  readonly tooLong: (node: Node) => void;
}

/** Replacements multiply where files include each other: what grows beyond this is no playbook that somebody reads. */
export const textLimit = 100_000;

/** Keys of a step whose text is handed to a shell or a program as it stands: an expression there is refused. */
const verbatim: ReadonlySet<string> = new Set(['run', 'argv']);

/** A step in which every name that `find` knows is replaced. */
export function substituteStep(step: Node, names: Names): Node {
  if (step.kind !== 'map') return step;
  const fields = new Map<string, Node>();
  for (const [key, node] of step.fields) {
    if (verbatim.has(key)) fields.set(key, node);
    else fields.set(key, key === 'if' ? condition(node, names) : substitute(node, names));
  }
  return { ...step, fields };
}

function substitute(node: Node, names: Names): Node {
  switch (node.kind) {
    case 'map':
      return { ...node, fields: new Map([...node.fields].map(([key, item]) => [key, substitute(item, names)])) };
    case 'list':
      return { ...node, items: node.items.map((item) => substitute(item, names)) };
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('${{') ? text(node, node.value, names) : node;
  }
}

/** An `if:`, whose braces may be left out. */
function condition(node: Node, names: Names): Node {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  if (node.value.includes('${{')) return text(node, node.value, names, true);
  const edits = editsOf({ text: node.value, inner: 0, node, names });
  return edited(node, node.value, { edits, names });
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
  readonly found: Found;
}

function text(node: Node, value: string, names: Names, expressionOnly = false): Node {
  const pieces = splitTemplate(value);
  const all: Edit[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'expression') continue;
    const edits = editsOf({ text: piece.text, inner: piece.inner, node, names });
    const [only] = edits;
    const whole =
      only !== undefined && edits.length === 1 && only.end - only.start === piece.text.length ? only.found : undefined;
    if (whole === undefined || !('node' in whole) || expressionOnly) all.push(...edits);
    else if (pieces.length === 1) return whole.node;
    else all.push(asText(whole, piece) ?? only ?? { start: 0, end: 0, by: '', found: whole });
  }
  return edited(node, value, { edits: all, names });
}

/** A known scalar in the middle of a text is part of that text. */
function asText(found: Found, piece: { readonly offset: number; readonly length: number }): Edit | undefined {
  if (!('node' in found) || found.node.kind !== 'scalar') return undefined;
  const by = found.node.value === null ? '' : String(found.node.value);
  return { start: piece.offset, end: piece.offset + piece.length, by, found };
}

/** Replacements in one expression; `inner` is where it begins in the text of the node. */
function editsOf(of: {
  readonly text: string;
  readonly inner: number;
  readonly node: Node;
  readonly names: Names;
}): readonly Edit[] {
  const parsed = parseExpression(of.text);
  if (!parsed.ok) return [];
  const { tokens } = parsed.value;
  const compared = tokens.some(({ token }) => token.type === TokenType.EQUAL_EQUAL || token.type === TokenType.BANG_EQUAL);
  const edits: Edit[] = [];
  for (const [at, first] of tokens.entries()) {
    if (first.token.type !== TokenType.IDENTIFIER) continue;
    if (tokens[at - 1]?.token.type === TokenType.DOT || tokens[at + 1]?.token.type === TokenType.LEFT_PAREN) continue;
    const parts = pathBehind(tokens, at);
    const last = parts.at(-1)?.last ?? first;
    const found = of.names.find({
      context: first.token.lexeme.toLowerCase(),
      path: parts.map(({ name }) => name),
      node: of.node,
      offset: of.inner + first.offset,
      length: last.offset + last.length - first.offset,
    });
    if (found === undefined) continue;
    const end = found.used === 0 ? first : (parts[found.used - 1]?.last ?? first);
    const by = 'expression' in found ? found.expression : written(found.node, compared);
    edits.push({ start: of.inner + first.offset, end: of.inner + end.offset + end.length, by, found });
  }
  return edits;
}

/** The steps behind a name that are known before the run: `.goal`, `['goal']`, `[0]`. */
function pathBehind(
  tokens: readonly PlacedToken[],
  at: number,
): readonly { readonly name: string; readonly last: PlacedToken }[] {
  const parts: { readonly name: string; readonly last: PlacedToken }[] = [];
  for (let next = at + 1; ; ) {
    const [sign, value, close] = [tokens[next], tokens[next + 1], tokens[next + 2]];
    if (sign === undefined || value === undefined) return parts;
    if (sign.token.type === TokenType.DOT && value.token.type === TokenType.IDENTIFIER) {
      parts.push({ name: value.token.lexeme, last: value });
      next += 2;
    } else if (
      sign.token.type === TokenType.LEFT_BRACKET &&
      (value.token.type === TokenType.STRING || value.token.type === TokenType.NUMBER) &&
      close?.token.type === TokenType.RIGHT_BRACKET
    ) {
      parts.push({ name: String(value.token.value), last: close });
      next += 3;
    } else return parts;
  }
}

/** A value as part of an expression. In a comparison a text is not written as a literal: that it is always or never equal is no mistake. */
function written(node: Node, compared: boolean): string {
  if (node.kind === 'scalar') {
    const { value } = node;
    if (typeof value !== 'string') return String(value);
    const whole = isWholeExpression(value);
    if (whole !== undefined) return `(${whole})`;
    const mixed = value.includes('${{') ? formatted(value) : undefined;
    if (mixed !== undefined) return mixed;
    return compared ? `fromJSON(${quoted(JSON.stringify(value))})` : quoted(value);
  }
  return `fromJSON(${quoted(JSON.stringify(plain(node)))})`;
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The expression of a text that is nothing else. */
function isWholeExpression(value: string): string | undefined {
  const pieces = splitTemplate(value);
  return pieces.length === 1 && pieces[0]?.kind === 'expression' ? pieces[0].text : undefined;
}

/** `a ${{ x }}` as `format('a {0}', x)`. */
function formatted(value: string): string {
  const asked: string[] = [];
  const words = splitTemplate(value).map((piece) => {
    if (piece.kind !== 'expression') return piece.text.replaceAll('{', '{{').replaceAll('}', '}}');
    asked.push(piece.text);
    return `{${asked.length - 1}}`;
  });
  return `format(${[quoted(words.join('')), ...asked].join(', ')})`;
}

/** The node with its new text, which still knows where each character of it was written. */
function edited(node: Node, value: string, { edits, names }: { readonly edits: readonly Edit[]; readonly names: Names }): Node {
  if (edits.length === 0) return node;
  if (edits.reduce((length, { by, start, end }) => length + by.length - (end - start), value.length) > textLimit) {
    names.tooLong(node);
    return node;
  }
  let text = '';
  let from = 0;
  const starts: { readonly at: number; readonly was: number; readonly length: number }[] = [];
  for (const { start, end, by } of [...edits].sort((a, b) => a.start - b.start)) {
    text += value.slice(from, start);
    starts.push({ at: text.length, was: start, length: by.length });
    text += by;
    from = end;
    starts.push({ at: text.length, was: end, length: Number.POSITIVE_INFINITY });
  }
  const before = node.origin.offset ?? ((offset: number) => offset);
  const offset = (now: number): number => {
    const part = starts.findLast(({ at }) => at <= now);
    return before(part === undefined ? now : part.length === Number.POSITIVE_INFINITY ? part.was + (now - part.at) : part.was);
  };
  const origin: Origin = { ...node.origin, offset };
  return { kind: 'scalar', value: text + value.slice(from), origin };
}

/** A value that stands in no file, where the node stands that asked for it. */
export function nodeAt(value: Json, origin: Origin): Node {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item: Json) => nodeAt(item, origin)), origin };
  if (typeof value === 'object' && value !== null)
    return { kind: 'map', fields: new Map(Object.entries(value).map(([key, item]) => [key, nodeAt(item, origin)])), origin };
  return { kind: 'scalar', value: value as string | number | boolean | null, origin };
}
