// The function that a file answers with.
import type { Node } from 'oxc-parser';
import type { Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import type { Guard, Route } from '../../../contract/route.ts';
import { exportsOf } from '../../../ecma/exports.ts';
import { bare, isFunction, nameOf } from '../../../ecma/node.ts';
import { looksLikeAuth } from '../../guards.ts';
import { placeOf } from '../../model.ts';

export interface Handler {
  readonly place: Route['handler'];
  /** Where it is exported. */
  readonly at: Node;
  /** Functions that it is wrapped in, and what it asks first: who is there. */
  readonly guards: readonly Guard[];
  /** Its source. */
  readonly text: string;
}

export function handlerOf(reading: Reading, unit: EcmaUnit, name: string): Handler | undefined {
  const { names, all } = exportsOf(unit);
  const found = names.get(name);
  if (found === undefined && all.length === 0) return undefined;
  const value = reading.js.exportOf(unit.file, name);
  if (found === undefined && value === undefined) return undefined;
  const written = found?.kind === 'node' ? setTo(reading, unit, found.node) : undefined;
  const inner = functionIn(reading, unit, written) ?? (value?.kind === 'function' ? value : undefined);
  const at = found?.kind === 'node' ? found.node : unit.tree;
  const own = inner === undefined ? undefined : nameOfFunction(inner.node);
  const shown = inner ?? { unit, node: written ?? at };
  return {
    place: { ...placeOf(shown.unit, shown.node), name: own ?? (name === 'default' ? null : name) },
    at,
    guards: [...wrappers(unit, written), ...(inner === undefined ? [] : askedIn(inner.unit, inner.node))],
    text: inner === undefined ? unit.text : inner.unit.textOf(inner.node),
  };
}

const nameOfFunction = (node: Node): string | undefined =>
  node.type === 'FunctionDeclaration' ? (node.id?.name ?? undefined) : undefined;

/** What a name that is exported was set to. */
function setTo(reading: Reading, unit: EcmaUnit, asked: Node): Node {
  let node = bare(asked);
  for (let hop = 0; hop < 5 && node.type === 'Identifier'; hop += 1) {
    const declaration = reading.js.declarationOf(unit, node);
    if (declaration?.kind === 'function') return declaration.node;
    if (declaration?.kind !== 'value' || declaration.path.length > 0) return node;
    node = bare(declaration.node);
  }
  return node;
}

/** `withAuth(withLog(async () => …))`: the innermost function that is written there. */
function functionIn(
  reading: Reading,
  unit: EcmaUnit,
  node: Node | undefined,
  depth = 0,
): { readonly unit: EcmaUnit; readonly node: Node } | undefined {
  if (node === undefined || depth > 6) return undefined;
  if (isFunction(node)) return { unit, node };
  if (node.type === 'CallExpression') {
    for (const one of node.arguments) {
      const found = functionIn(reading, unit, bare(one), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (node.type === 'ObjectExpression') {
    const handler = node.properties.find((one) => one.type === 'Property' && /^(handler|fn)$/.test(nameOf(one.key) ?? ''));
    return handler?.type === 'Property' ? functionIn(reading, unit, bare(handler.value), depth + 1) : undefined;
  }
  const value: Value | undefined = depth > 0 ? reading.js.meaningOf(unit, node) : undefined;
  return value?.kind === 'function' ? value : undefined;
}

/** Calls that make a handler, and stand before none: the sign-in itself among them. */
const makers =
  /^(define|create|wrap|cached|event|lazy)?(Lazy|Cached)?(Event|Route|Api)?(Handler|Function)?$|^(NextAuth|handleAuth|handle|serve|toNextJsHandler|createYoga|createRouteHandler|createNextApiHandler|fetchRequestHandler)$/i;
function wrappers(unit: EcmaUnit, node: Node | undefined): readonly Guard[] {
  const guards: Guard[] = [];
  for (let at = node; at?.type === 'CallExpression'; at = at.arguments.map(bare).find((one) => one.type === 'CallExpression')) {
    const by = unit.excerpt(bare(at.callee));
    if (!makers.test(by.split('.').at(-1) ?? ''))
      guards.push({ by, scopes: [], stage: 'wrapper', isAuth: looksLikeAuth(by), at: placeOf(unit, at) });
  }
  return guards;
}

/** Calls that ask who is there: of Auth.js, Clerk, nuxt-auth-utils, Supabase, Better Auth and most people's own. */
const asks =
  /^(auth|currentUser|getAuth|getToken|getServerSession|getServerAuthSession|getServerUser|getSession|getUserSession|requireUserSession|requireAuth|requireUser|requireSession|verifySession|verifyAuth|validateRequest|authenticate|authorize|protectRoute)$|auth\w*\.getUser$/i;
function askedIn(unit: EcmaUnit, fn: Node): readonly Guard[] {
  const found = new Map<string, Guard>();
  for (const call of unit.nodes('CallExpression')) {
    if (call.start < fn.start || call.end > fn.end) continue;
    const callee = bare(call.callee);
    const name = callee.type === 'MemberExpression' ? nameOf(callee.property) : nameOf(callee);
    const by = unit.excerpt(callee);
    if (name === undefined || !(asks.test(name) || asks.test(by))) continue;
    if (!found.has(by)) found.set(by, { by, scopes: [], stage: 'handler', isAuth: true, at: placeOf(unit, call) });
  }
  return [...found.values()];
}
