// Reading what models and migrations in JavaScript write down: objects, lists, texts and flags, through constants and spreads.
import type { Node } from 'oxc-parser';
import type { Spot, Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, nameOf } from '../../../ecma/node.ts';
import type { Place } from '../../model.ts';

export type { Spot } from '../../../contract/meaning.ts';
export type Bag = ReadonlyMap<string, Spot>;
type Asked = Spot | undefined;

export const spotOf = (unit: EcmaUnit, node: Node | null | undefined): Asked =>
  node === null || node === undefined ? undefined : { unit, node: bare(node) };
export const placeOf = ({ unit, node }: Spot): Place => ({ file: unit.file, line: unit.lineOf(node) });
export const sourceOf = ({ unit, node }: Spot): string => unit.excerpt(node, 120);

export const meaning = (reading: Reading, spot: Asked): Value | undefined =>
  spot === undefined ? undefined : reading.js.meaningOf(spot.unit, spot.node);
/** What it leads to through names, as a place in the code. */
export function followed(reading: Reading, spot: Asked): Asked {
  if (spot === undefined) return undefined;
  const value = meaning(reading, spot);
  return value !== undefined && 'node' in value && value.kind !== 'instance'
    ? { unit: value.unit, node: bare(value.node) }
    : spot;
}

const deepest = 12;
/** The properties of an object; `...` for spreads that are not known. Undefined: it is no object that is written down. */
export function bagOf(reading: Reading, spot: Asked, depth = 0): Bag | undefined {
  const found = followed(reading, spot);
  if (found === undefined || depth > deepest) return undefined;
  const { unit, node } = found;
  if (node.type !== 'ObjectExpression') return undefined;
  const bag = new Map<string, Spot>();
  for (const one of node.properties) {
    if (one.type === 'SpreadElement') {
      const spread = { unit, node: bare(one.argument) };
      const inner = bagOf(reading, spread, depth + 1) ?? bagOf(reading, resultOf(reading, spread), depth + 1);
      if (inner === undefined) bag.set('...', spread);
      else for (const [name, value] of inner) bag.set(name, value);
    } else {
      const name = one.computed ? reading.js.constantText(unit, one.key) : nameOf(one.key);
      if (name !== undefined) bag.set(name, { unit, node: bare(one.value) });
    }
  }
  return bag;
}

/** What the call of a function of the project returns. */
export function resultOf(reading: Reading, spot: Asked): Asked {
  if (spot?.node.type !== 'CallExpression') return undefined;
  const fn = meaning(reading, spotOf(spot.unit, spot.node.callee));
  if (fn?.kind !== 'function') return undefined;
  return spotOf(fn.unit, reading.js.resultsOf(fn.unit, fn.node)[0]);
}

export function listOf(reading: Reading, spot: Asked): readonly Spot[] | undefined {
  const found = followed(reading, spot);
  if (found?.node.type !== 'ArrayExpression') return undefined;
  return found.node.elements.flatMap((one): readonly Spot[] => {
    if (one === null) return [];
    if (one.type === 'SpreadElement') return listOf(reading, spotOf(found.unit, one.argument)) ?? [];
    return [{ unit: found.unit, node: bare(one) }];
  });
}

export const textOf = (reading: Reading, spot: Asked): string | undefined =>
  spot === undefined ? undefined : reading.js.constantText(spot.unit, spot.node);
/** Texts of a list, or a single text. */
export function textsOf(reading: Reading, spot: Asked): readonly string[] | undefined {
  const single = textOf(reading, spot);
  if (single !== undefined) return [single];
  const list = listOf(reading, spot);
  return list?.flatMap((one) => textOf(reading, one) ?? []);
}
export function flagOf(reading: Reading, spot: Asked): boolean | undefined {
  const node = followed(reading, spot)?.node;
  return node?.type === 'Literal' && typeof node.value === 'boolean' ? node.value : undefined;
}
export function numberOf(reading: Reading, spot: Asked): number | undefined {
  const node = followed(reading, spot)?.node;
  return node?.type === 'Literal' && typeof node.value === 'number' ? node.value : undefined;
}

/** `DataTypes.STRING(20)`: the names DataTypes and STRING. */
export function dotted(node: Node): readonly string[] {
  const at = bare(node);
  if (at.type === 'Identifier') return [at.name];
  if (at.type === 'ThisExpression') return ['this'];
  if (at.type === 'CallExpression' || at.type === 'NewExpression') return dotted(at.callee);
  if (at.type !== 'MemberExpression') return [];
  const last = at.computed ? undefined : nameOf(at.property);
  return [...dotted(at.object), ...(last === undefined ? [] : [last])];
}
export const argumentsOf = (spot: Asked): readonly Spot[] =>
  spot?.node.type === 'CallExpression' || spot?.node.type === 'NewExpression'
    ? spot.node.arguments.flatMap((one) => (one.type === 'SpreadElement' ? [] : (spotOf(spot.unit, one) ?? [])))
    : [];

/** One call of a chain `a('x').b(1).c()`: its name and its arguments. */
export interface Link {
  readonly name: string;
  readonly arguments: readonly Spot[];
  readonly spot: Spot;
}
/** Innermost first. `head`: what the chain begins with. */
export function chainOf(spot: Spot): { readonly head: Spot; readonly links: readonly Link[] } {
  const links: Link[] = [];
  let at = bare(spot.node);
  for (let n = 0; n < 500; n++) {
    if (at.type === 'CallExpression') {
      const callee = bare(at.callee);
      const here = { unit: spot.unit, node: at };
      if (callee.type !== 'MemberExpression') {
        links.unshift({ name: callee.type === 'Identifier' ? callee.name : '', arguments: argumentsOf(here), spot: here });
        at = callee;
        break;
      }
      links.unshift({
        name: (callee.computed ? undefined : nameOf(callee.property)) ?? '',
        arguments: argumentsOf(here),
        spot: here,
      });
      at = bare(callee.object);
    } else if (at.type === 'MemberExpression') at = bare(at.object);
    else break;
  }
  return { head: { unit: spot.unit, node: at }, links };
}

/** The last call of the chain that a call begins. */
export function wholeChain(spot: Spot): Spot {
  let whole = spot.node;
  for (let at = spot.node.parent; at !== null && at !== undefined; at = at.parent) {
    if (at.type === 'CallExpression' && at.callee.end > whole.end) whole = at;
    else if (at.type !== 'MemberExpression') break;
  }
  return { unit: spot.unit, node: whole };
}

/** What a literal is in SQL. Undefined: a running program computes it. */
export function sqlLiteral(reading: Reading, spot: Asked): string | undefined {
  const found = followed(reading, spot);
  const node = found?.node;
  if (node?.type === 'Literal' && (typeof node.value === 'number' || typeof node.value === 'boolean')) return String(node.value);
  if (node?.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'Literal')
    return `-${node.argument.raw}`;
  const text = textOf(reading, found);
  return text === undefined ? undefined : `'${text.replaceAll("'", "''")}'`;
}
