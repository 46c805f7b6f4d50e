// Guards, what turns them off, and what they ask for: https://docs.nestjs.com/guards
import type { Node } from 'oxc-parser';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import type { Guard } from '../../../contract/route.ts';
import { bare, propertyName } from '../../../ecma/node.ts';
import { looksLikeAuth } from '../../guards.ts';
import { placeOf } from '../../model.ts';
import { type Applied, question } from './decorators.ts';

/** A guard with the source that decides, for what it reads of a route's metadata. */
export interface Guarding extends Guard {
  readonly source: string;
}

export function guardFrom(
  reading: Reading,
  at: { readonly unit: EcmaUnit; readonly node: Node; readonly stage: string },
): Guarding {
  const { unit, stage } = at;
  const node = bare(at.node);
  const named = node.type === 'NewExpression' ? bare(node.callee) : node;
  const by = unit.excerpt(named);
  const value = reading.js.meaningOf(unit, at.node);
  const source = value !== undefined && 'node' in value ? value.unit.textOf(value.node) : '';
  // Every guard is called one: the word says nothing.
  const isAuth = looksLikeAuth(by.replace(/Guard/g, ''), source) || /Unauthorized|Forbidden|AuthGuard\(/.test(source);
  const given =
    (node.type === 'CallExpression' || node.type === 'NewExpression') && !by.startsWith('AuthGuard(') ? node.arguments : [];
  const scopes = given.flatMap((one) => reading.js.constantText(unit, one) ?? []);
  return { by, scopes, stage, isAuth, at: placeOf(unit, node), source };
}

export const guardsOfDecorators = (reading: Reading, applied: readonly Applied[], stage: string): readonly Guarding[] =>
  applied
    .filter(({ from, name }) => from === '@nestjs/common' && name === 'UseGuards')
    .flatMap(({ arguments: given, unit }) => given.map((node) => guardFrom(reading, { unit, node, stage })));

const opens = /public|anonymous|skip_?(jwt|auth|guard)|no_?auth|un(authenticated|guarded|protected)|allow_?(all|any)|guest|open/i;

/** Roles and permissions that everybody has. */
const everybody = /^(public|everyone|everybody|anonymous|guest)$/i;

/** What a decorator writes on a route, by the names that a guard may read it under. */
interface Metadata {
  readonly names: readonly string[];
  readonly texts: readonly string[];
  readonly opens: boolean;
}
function metadataOf(reading: Reading, applied: readonly Applied[]): readonly Metadata[] {
  return applied.flatMap((one) => {
    const isSet = one.from === '@nestjs/common' && one.name === 'SetMetadata';
    if (!isSet && !one.name.endsWith('Reflector.createDecorator')) return [];
    const [key] = isSet ? one.arguments : [];
    const texts = isSet ? one.arguments.slice(1) : one.written.arguments;
    const names = [
      one.written.name,
      one.as,
      ...(key === undefined ? [] : [one.unit.textOf(key), reading.js.constantText(one.unit, key, question(one.round))]),
    ].filter((name) => name !== undefined);
    const given = [
      ...one.written.arguments.map((node) => [one.written.unit, node] as const),
      ...texts.map((node) => [one.unit, node] as const),
    ];
    const written = [...new Set(given.flatMap(([unit, node]) => textsIn(reading, unit, node)))];
    const isOpen =
      names.some((name) => opens.test(name)) || (written.length > 0 && written.every((text) => everybody.test(text)));
    return [{ names, texts: written, opens: isOpen }];
  });
}
function textsIn(reading: Reading, unit: EcmaUnit, asked: Node, depth = 0): readonly string[] {
  const node = bare(asked);
  const text = reading.js.constantText(unit, node);
  // `Role.Admin` says more than its number, and is all that is known of an enum of a package.
  const member = node.type === 'MemberExpression' && (text === undefined || /^\d+$/.test(text)) ? propertyName(node) : undefined;
  if (member !== undefined || text !== undefined) return [member ?? text ?? ''];
  if (node.type !== 'ArrayExpression' || depth > 3) return [];
  return node.elements.flatMap((one) => (one === null ? [] : textsIn(reading, unit, one, depth + 1)));
}

/** Guards as they count for one route. `applied`: decorators of the method, then of the class: the method's word goes first. */
export function withMetadata(reading: Reading, guards: readonly Guarding[], applied: readonly Applied[]): readonly Guard[] {
  const metadata = metadataOf(reading, applied);
  return guards.flatMap(({ source, ...guard }) => {
    const read = metadata.filter(({ names }) => names.some((name) => reads(source, name)));
    if (guard.isAuth && read.some((one) => one.opens)) return [];
    const [nearest] = read.filter((one) => !one.opens && one.texts.length > 0);
    return [{ ...guard, scopes: [...guard.scopes, ...(nearest?.texts ?? [])] }];
  });
}
const reads = (source: string, name: string): boolean =>
  /^[\w$.]+$/.test(name)
    ? new RegExp(`(^|[^\\w$])${name.replace(/[$.]/g, '\\$&')}(?![\\w$])`).test(source)
    : source.includes(name);
