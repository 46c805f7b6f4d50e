// A procedure, built link by link: https://trpc.io/docs/server/procedures, https://trpc.io/docs/server/middlewares
import type { Node } from 'oxc-parser';
import type { Json } from '../../../../contract/schema.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Guard, Route } from '../../../contract/route.ts';
import { bare, isFunction, propertyName } from '../../../ecma/node.ts';
import { looksLikeAuth } from '../../guards.ts';
import { placeOf } from '../../model.ts';
import { type Written, writtenAt } from './written.ts';

export interface Procedure {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly at: Written;
  readonly handler: Route['handler'];
  readonly guards: readonly Guard[];
  /** Null: none is declared. */
  readonly input: Json;
  readonly output: Json;
  readonly meta: Written | undefined;
}
interface Link {
  readonly name: string;
  readonly at: Written;
  readonly argument: Node | undefined;
  /** The base that it was added to, by name: `protectedProcedure`. */
  readonly base: string | undefined;
}

export function procedureOf(reading: Reading, at: Written): Procedure | undefined {
  const { unit, node } = at;
  if (node.type !== 'CallExpression') return undefined;
  const kind = propertyName(bare(node.callee));
  if (kind !== 'query' && kind !== 'mutation' && kind !== 'subscription') return undefined;
  const links = linksOf(reading, { unit, node }, undefined, 0);
  const resolver = node.arguments[0] === undefined ? undefined : writtenAt(reading, { unit, node: node.arguments[0] });
  const answers = resolver !== undefined && isFunction(resolver.node) ? resolver : { unit, node };
  const last = (name: string): Link | undefined => links.findLast((one) => one.name === name);
  const json = (link: Link | undefined): Json =>
    link?.argument === undefined ? null : reading.js.jsonOf(link.at.unit, link.argument);
  const meta = last('meta');
  return {
    kind,
    at,
    handler: { ...placeOf(answers.unit, answers.node), name: null },
    guards: links.flatMap((link) => guardOf(reading, link)),
    input: json(last('input')),
    output: json(last('output')),
    meta: meta?.argument === undefined ? undefined : { unit: meta.at.unit, node: meta.argument },
  };
}

/** The links of a chain, first ones first, with those of the procedure that it begins with. */
function linksOf(reading: Reading, at: Written, base: string | undefined, depth: number): readonly Link[] {
  const own: Link[] = [];
  let node = bare(at.node);
  while (node.type === 'CallExpression') {
    const callee = bare(node.callee);
    if (callee.type !== 'MemberExpression') break;
    own.unshift({ name: propertyName(callee) ?? '', at: { unit: at.unit, node }, argument: node.arguments[0], base });
    node = bare(callee.object);
  }
  if (depth > 8 || node.type === 'CallExpression') return own;
  const name = at.unit.excerpt(node);
  const before = writtenAt(reading, { unit: at.unit, node });
  if (before !== undefined && before.node !== node && before.node.type === 'CallExpression')
    return [...linksOf(reading, before, name, depth + 1), ...own];
  // A base of a package, or of a file that is not read: its name is all that is known.
  const isPlain = /(^|\.)(public|base|t\.)?procedure$/i.test(name);
  return isPlain ? own : [{ name: 'use', at: { unit: at.unit, node }, argument: undefined, base: name }, ...own];
}

function guardOf(reading: Reading, { name, at, argument, base }: Link): readonly Guard[] {
  if (name !== 'use' && name !== 'unstable_concat' && name !== 'concat') return [];
  const written = argument === undefined ? undefined : writtenAt(reading, { unit: at.unit, node: argument });
  const call = argument?.type === 'CallExpression' ? argument : undefined;
  const named = call === undefined ? argument : bare(call.callee);
  const isNamed = named?.type === 'Identifier' || named?.type === 'MemberExpression';
  const by = isNamed ? at.unit.excerpt(named) : (base ?? 'a function written in place');
  const maker = call === undefined ? undefined : reading.js.meaningOf(at.unit, call.callee);
  const source = [written, maker?.kind === 'function' ? maker : undefined]
    .map((one) => (one === undefined ? '' : one.unit.textOf(one.node)))
    .join('\n');
  const names = `${by} ${base ?? ''}`;
  const isAuth = !/maybe|optional/i.test(names) && (looksLikeAuth(names) || /UNAUTHORIZED|FORBIDDEN/.test(source));
  const scopes = (call?.arguments ?? []).flatMap((one) => reading.js.constantText(at.unit, one) ?? []);
  return [{ by, scopes, stage: 'procedure', isAuth, at: placeOf(at.unit, argument ?? at.node) }];
}
