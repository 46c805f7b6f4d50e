// What runs before a handler, and whether it looks like authentication.

import { argumentsOf } from '../../src/javascript/calls.ts';
import { constantText } from '../../src/javascript/literal.ts';
import type { Module } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { declarationOf } from '../../src/javascript/scope.ts';
import { meaningOf, type Reading } from '../../src/javascript/values.ts';
import type { Guard } from './route.ts';

const byName =
  /auth|jwt|token|session|guard|permission|scope|role|acl|api_?key|bearer|credential|verif(y|ied)|signed_?in|logged_?in|protect|passport|clerk/i;
const byBody =
  /headers\s*(\.|\[['"])authorization|jwtVerify|jwt\.verify|verifyToken|www-authenticate|\b401\b|req(uest)?\.(user|session)\b/i;

/** Stages of Fastify that come before the handler, in their order. */
export const stages = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];

export function guardsOf(
  reading: Reading,
  module: Module,
  o: { readonly node: Node | null | undefined; readonly stage: string },
): readonly Guard[] {
  const { node, stage } = o;
  if (node === null || node === undefined) return [];
  const written = writtenOf(module, node);
  if (written.kind() === 'array') {
    return written.named().flatMap((one) => guardsOf(reading, module, { node: one, stage }));
  }
  const call = written.kind() === 'call_expression' ? written : undefined;
  const callee = call?.field('function') ?? written;
  const by = nameOf(callee);
  const value = meaningOf(reading, module, callee);
  const body = value?.kind === 'function' ? value.node.text() : '';
  const scopes = call === undefined ? [] : argumentsOf(call).flatMap((one) => textsIn(reading, module, one));
  return [{ by, scopes, stage, isAuth: byName.test(by) || byBody.test(body) }];
}

/** A local constant stands for what it was set to: `const read = app.requireScope('read')`. */
function writtenOf(module: Module, node: Node): Node {
  if (node.kind() !== 'identifier') return node;
  const declaration = declarationOf(module, node);
  if (declaration?.kind !== 'value' || declaration.path.length > 0) return node;
  return ['call_expression', 'array', 'identifier', 'member_expression'].includes(declaration.node.kind())
    ? writtenOf(module, declaration.node)
    : node;
}

function nameOf(node: Node): string {
  const text = node.text().replace(/\s+/g, ' ');
  return /^[\w$.#]+$/.test(text)
    ? text
    : node.kind() === 'call_expression'
      ? nameOf(node.field('function') ?? node)
      : 'a function written in place';
}

function textsIn(reading: Reading, module: Module, node: Node): readonly string[] {
  const text = constantText(reading, module, node);
  if (text !== undefined) return [text];
  if (node.kind() === 'array' || node.kind() === 'object' || node.kind() === 'pair') {
    return node
      .children()
      .filter((one) => one.isNamed() && one.kind() !== 'property_identifier')
      .flatMap((one) => textsIn(reading, module, one));
  }
  return [];
}
