// Paths with methods, as middleware is put on them and the global prefix leaves them out.
import type { Node } from 'oxc-parser';
import type { Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { joinPaths, plainPath } from '../../model.ts';
import { plainName } from './decorators.ts';
import { propertyNode } from './module-graph.ts';
import { textsOf } from './texts.ts';

export interface PathPattern {
  readonly path: string;
  /** Null: any. */
  readonly method: string | null;
  /** A path without a method counts for all below it where it is put on middleware. */
  readonly below: boolean;
  /** Null: none is written. */
  readonly version: string | null;
}

/** Texts, `{ path, method }`, and lists of them. */
export function patternsOf(reading: Reading, at: { readonly unit: EcmaUnit; readonly node: Node }): readonly PathPattern[] {
  const texts = textsOf(reading, { unit: at.unit }, at.node);
  if (texts !== undefined)
    return texts.flatMap((text) =>
      text === null ? [] : [{ path: joinPaths('', plainPath(text)), method: null, below: true, version: null }],
    );
  const value = reading.js.meaningOf(at.unit, at.node);
  if (value?.kind === 'array' && value.node.type === 'ArrayExpression')
    return value.node.elements.flatMap((one) =>
      one === null ? [] : patternsOf(reading, { unit: value.unit, node: one.type === 'SpreadElement' ? one.argument : one }),
    );
  return value?.kind === 'object' ? withMethod(reading, value) : [];
}

function withMethod(reading: Reading, value: Value & { readonly kind: 'object' }): readonly PathPattern[] {
  const texts = textsOf(reading, { unit: value.unit, round: value.round }, propertyNode(value, 'path')) ?? [];
  const method = requestMethod(reading, value.unit, propertyNode(value, 'method'));
  const [version = null] = textsOf(reading, { unit: value.unit, round: value.round }, propertyNode(value, 'version')) ?? [];
  return texts.flatMap((text) =>
    text === null ? [] : [{ path: joinPaths('', plainPath(text)), method, below: false, version }],
  );
}

/** `RequestMethod.GET`; null: any. */
export function requestMethod(reading: Reading, unit: EcmaUnit, node: Node | undefined): string | null {
  const value = reading.js.meaningOf(unit, node);
  const name = value?.kind === 'external' ? plainName(value.name).split('.')[1] : undefined;
  return name === undefined || name === 'ALL' ? null : name;
}

export function matches(pattern: PathPattern, route: { readonly method: string; readonly path: string }): boolean {
  if (pattern.method !== null && pattern.method !== route.method && route.method !== 'ALL') return false;
  const source = pattern.path
    .split(/(\{[^}]*\})/)
    .map((part) =>
      part.startsWith('{') && part.endsWith('}')
        ? part.endsWith('*}')
          ? '.*'
          : '[^/]+'
        : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const rest = pattern.below ? '(?:/.*)?' : '';
  return new RegExp(`^${source === '/' ? '' : source}${rest}/?$`).test(route.path);
}
