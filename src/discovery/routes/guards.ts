// What runs before a handler, and whether it looks like authentication.
import type { Node } from 'oxc-parser';
import type { Question, Value } from '../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import type { Guard } from '../contract/route.ts';
import { bare, propertyName } from '../ecma/node.ts';
import { placeOf } from './model.ts';

const byName =
  /auth|jwt|token|session|guard|permission|scope|role|acl|api_?key|bearer|credential|verif(y|ied)|signed_?in|logged_?in|protect|passport|clerk/i;
const byBody =
  /headers\s*(\.|\[['"])authorization|jwtVerify|jwt\.verify|verifyToken|www-authenticate|\b401\b|req(uest)?\.(user|session)\b|\.(get|header)\(['"]authorization/i;

/** They name what they guard from, or prepare for. */
const notByName = /limit|initialize|frame_?guard|csrf|logger|log_?requests?|rate|cors/i;

export const looksLikeAuth = (name: string, body = ''): boolean =>
  !notByName.test(name) && (byName.test(name) || byBody.test(body));

export interface Asked {
  readonly reading: Reading;
  readonly unit: EcmaUnit;
  readonly stage: string;
  readonly question: Question;
  /** What a name means that the framework was taught, as Fastify's decorators. */
  readonly taught?: (name: string) => Value | undefined;
}

export function guardsOf(asked: Asked, node: Node | null | undefined): readonly Guard[] {
  if (node === null || node === undefined) return [];
  const { reading, unit, question, stage } = asked;
  const written = writtenOf(asked, bare(node));
  if (written.type === 'ArrayExpression') return written.elements.flatMap((one) => guardsOf(asked, one));
  if (written.type === 'SpreadElement') return guardsOf(asked, written.argument);
  const call = written.type === 'CallExpression' ? written : undefined;
  const callee = call === undefined ? written : bare(call.callee);
  const by = nameOf(unit, callee);
  const taught = asked.taught?.(propertyName(callee) ?? '');
  const value = taught ?? reading.js.meaningOf(unit, callee, question);
  const body = value?.kind === 'function' ? value.unit.textOf(value.node) : '';
  const scopes = call === undefined ? [] : call.arguments.flatMap((one) => textsIn(asked, one, 0));
  return [{ by, scopes, stage, isAuth: looksLikeAuth(by, body), at: placeOf(unit, written) }];
}

/** A local constant stands for what it was set to: `const read = app.requireScope('read')`. */
function writtenOf(asked: Asked, node: Node, depth = 0): Node {
  if (node.type !== 'Identifier' || depth > 8) return node;
  const declaration = asked.reading.js.declarationOf(asked.unit, node);
  if (declaration?.kind !== 'value' || declaration.path.length > 0) return node;
  const set = bare(declaration.node);
  if (set.type === 'CallExpression' && set.callee.type === 'Identifier' && set.callee.name === 'require') return node;
  return ['CallExpression', 'ArrayExpression', 'Identifier', 'MemberExpression'].includes(set.type)
    ? writtenOf(asked, set, depth + 1)
    : node;
}

function nameOf(unit: EcmaUnit, node: Node): string {
  // `jwt({ secret }).unless({ path })` is known as jwt.
  for (let at = node; ; at = bare(at.type === 'MemberExpression' ? at.object : at.callee)) {
    const text = at.end - at.start > 200 ? '' : unit.textOf(at).replace(/\s+/g, ' ');
    if (/^[\w$.#]+$/.test(text)) return text;
    if (at.type !== 'MemberExpression' && at.type !== 'CallExpression') return 'a function written in place';
  }
}

function textsIn(asked: Asked, node: Node, depth: number): readonly string[] {
  if (depth > 6) return [];
  const text = asked.reading.js.constantText(asked.unit, node, asked.question);
  if (text !== undefined) return [text];
  const plain = bare(node);
  if (plain.type === 'ArrayExpression')
    return plain.elements.flatMap((one) => (one === null ? [] : textsIn(asked, one, depth + 1)));
  if (plain.type === 'ObjectExpression')
    return plain.properties.flatMap((one) => (one.type === 'Property' ? textsIn(asked, one.value, depth + 1) : []));
  return [];
}
