import type { Path, Place } from '../model/location.ts';
import type { Expression, Template } from '../model/plan.ts';
import type { Json } from '../plugin-api.ts';

/** A piece of a text. `offset` and `length` cover all of it, braces included; `text` of an expression is without them, trimmed. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number; readonly length: number }
  | {
      readonly kind: 'expression';
      readonly text: string;
      readonly offset: number;
      readonly length: number;
      /** Where `text` begins, behind the brace and the white space. */
      readonly inner: number;
    }
  /** A `${{` without its `}}`: the rest of the text. */
  | { readonly kind: 'unterminated'; readonly text: string; readonly offset: number; readonly length: number };

/** Takes a text apart. `}}` inside single quotes does not end an expression. */
export function splitTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let open = text.indexOf('${{'); open !== -1; open = text.indexOf('${{', from)) {
    if (open > from) pieces.push(textPiece(text, from, open));
    const close = closing(text, open + 3);
    if (close === undefined) {
      pieces.push({ kind: 'unterminated', text: text.slice(open), offset: open, length: text.length - open });
      return pieces;
    }
    const raw = text.slice(open + 3, close);
    const inner = open + 3 + (raw.length - raw.trimStart().length);
    pieces.push({ kind: 'expression', text: raw.trim(), offset: open, length: close + 2 - open, inner });
    from = close + 2;
  }
  if (from < text.length) pieces.push(textPiece(text, from, text.length));
  return pieces;
}

const textPiece = (text: string, from: number, to: number): Piece => ({
  kind: 'text',
  text: text.slice(from, to),
  offset: from,
  length: to - from,
});

function closing(text: string, from: number): number | undefined {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', at)) return at;
  }
  return undefined;
}

/** Where `length` characters from `offset` of the text at `path` stand; the path begins at the value that is taken apart. */
export type PlaceOf = (path: Path, offset: number, length: number) => Place;

/** A value with its expressions found. A text that is one whole `${{ }}` keeps the expression's type; what has none stays a literal. */
export function templateOf(value: Json, placeOf: PlaceOf): Template {
  return convert(value, [], placeOf);
}

function convert(value: Json, path: Path, placeOf: PlaceOf): Template {
  if (typeof value === 'string') return ofText(value, path, placeOf);
  if (value === null || typeof value !== 'object') return { kind: 'literal', value };
  if (isList(value)) {
    const items = value.map((item, index) => convert(item, [...path, index], placeOf));
    return items.every(({ kind }) => kind === 'literal') ? { kind: 'literal', value } : { kind: 'list', items };
  }
  const entries = Object.entries(value).map(([key, item]) => [key, convert(item, [...path, key], placeOf)] as const);
  if (entries.every(([, { kind }]) => kind === 'literal')) return { kind: 'literal', value };
  return { kind: 'map', entries: Object.fromEntries(entries) };
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function ofText(text: string, path: Path, placeOf: PlaceOf): Template {
  const pieces = splitTemplate(text);
  const parts = pieces.map((piece): string | Expression =>
    piece.kind === 'expression' ? { text: piece.text, place: placeOf(path, piece.inner, piece.text.length) } : piece.text,
  );
  const [only] = parts;
  if (parts.every((part) => typeof part === 'string')) return { kind: 'literal', value: text };
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return { kind: 'expression', expression: only };
  return { kind: 'text', parts };
}

/** Every expression of a template, in order. */
export function expressionsOf(template: Template): readonly Expression[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [template.expression];
    case 'text':
      return template.parts.filter((part) => typeof part !== 'string');
    case 'list':
      return template.items.flatMap(expressionsOf);
    case 'map':
      return Object.values(template.entries).flatMap(expressionsOf);
  }
}
