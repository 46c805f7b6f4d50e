// Where requests come in: the handlers of the routes that are known, and what looks like a handler, a hook or middleware besides.
import type { CallExpression, Node } from 'oxc-parser';
import type { Place } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import type { Route } from '../contract/route.ts';
import { type FunctionNode, isFunction, nameOf, propertyName } from '../ecma/node.ts';
import { type Code, codeKey, codeOf, type Start } from './graph.ts';

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'del']);
const registering = new Set([...verbs, 'route', 'addHook', 'use']);
const parts = /^(handler|onRequest|preValidation|preHandler|preParsing|preSerialization)$/;

/** Where requests come in that are no routes: a field of GraphQL. */
export interface Entry {
  readonly label: string;
  readonly at: Place;
  readonly handler: Place;
}

export function startsIn(reading: Reading, routes: readonly Route[], others: readonly Entry[]): readonly Start[] {
  const byFile = new Map<string, Route[]>();
  for (const route of routes) {
    const list = byFile.get(route.registered.file);
    if (list === undefined) byFile.set(route.registered.file, [route]);
    else list.push(route);
  }
  // File by file: all calls at once would hold all trees.
  const files = [...new Set([...registering].flatMap((name) => reading.marked(`call ${name}`)))].sort();
  const starts = files.flatMap((file) => startsOf(reading, file, byFile.get(file) ?? []));
  const known = new Set(starts.map(({ key }) => key));
  const entries = [
    ...routes.map((route) => ({ label: labelOf(route), at: route.registered, handler: route.handler })),
    ...others,
  ];
  const more = entries.flatMap(({ label, at: { file, line }, handler }) => {
    const code = functionAt(reading, handler);
    if (code === undefined || known.has(codeKey(code))) return [];
    return [{ ...placeOf(code), labels: [label], at: { name: label, file, line: line ?? 1 } }];
  });
  return [...starts, ...more];
}
function startsOf(reading: Reading, file: string, routes: readonly Route[]): readonly Start[] {
  const unit = reading.ecma(file);
  if (unit === undefined) return [];
  const calls = unit.nodes('CallExpression').filter(({ callee }) => registering.has(propertyName(callee) ?? ''));
  return calls.flatMap((call) => registered({ reading, routes, unit }, call));
}
const placeOf = (code: Code) => ({ key: codeKey(code), file: code.unit.file });
const labelOf = ({ method, path }: Route): string => `${method} ${path}`;

/** The outermost function that begins on the line of a handler, or in the member of a class or an object that does. */
function functionAt(reading: Reading, { file, line }: Place): Code | undefined {
  const unit = line === null ? undefined : reading.ecma(file);
  if (unit === undefined) return undefined;
  const begins = (node: Node): number =>
    unit.lineOf(node.parent?.type === 'MethodDefinition' || node.parent?.type === 'Property' ? nameNode(node.parent) : node);
  const all: readonly FunctionNode[] = [
    ...unit.nodes('FunctionDeclaration'),
    ...unit.nodes('FunctionExpression'),
    ...unit.nodes('ArrowFunctionExpression'),
  ];
  const fn = all.filter((one) => begins(one) === line || unit.lineOf(one) === line).sort((a, b) => a.start - b.start)[0];
  return fn === undefined ? undefined : { fn, unit };
}
const nameNode = (member: Node): Node => ('key' in member ? (member.key as Node) : member);

interface Around {
  readonly reading: Reading;
  readonly routes: readonly Route[];
  readonly unit: EcmaUnit;
}
function registered({ reading, routes, unit }: Around, call: CallExpression): readonly Start[] {
  const name = propertyName(call.callee) ?? '';
  const given = call.arguments;
  const line = unit.lineOf(call.callee.type === 'MemberExpression' ? call.callee.property : call);
  const mapped = routes.filter(({ registered: at }) => at.line === line || at.line === unit.lineOf(call));
  const start = (written: string, node: Node | null | undefined): readonly Start[] => {
    const code = codeOf(reading, unit, node);
    if (code === undefined) return [];
    const labels = mapped.length > 0 && !/^(hook|middleware)/.test(written) ? mapped.map(labelOf) : [written];
    return [{ ...placeOf(code), labels, at: { name: labels[0] ?? written, file: unit.file, line } }];
  };
  const first = reading.js.constantText(unit, given[0]);
  if (verbs.has(name) && (first?.startsWith('/') === true || first === '*'))
    return given.slice(1).flatMap((node) => handlersIn(node).flatMap((one) => start(`${name.toUpperCase()} ${first}`, one)));
  if (name === 'route') return ofOptions({ reading, unit, start }, given[0]);
  if (name === 'addHook' && first !== undefined && !/^on(Close|Ready|Listen|Register|Route)$/.test(first))
    return start(`hook ${first}`, given[1]);
  return name === 'use' ? given.flatMap((node) => start('middleware', node)) : [];
}

function ofOptions(
  o: { readonly reading: Reading; readonly unit: EcmaUnit; start(written: string, node: Node): readonly Start[] },
  node: Node | undefined,
): readonly Start[] {
  const options = o.reading.js.meaningOf(o.unit, node);
  if (options?.kind !== 'object') return [];
  const written = o.reading.js.jsonOf(o.unit, node);
  const { method, url, path } =
    typeof written === 'object' && written !== null && !Array.isArray(written) ? (written as Record<string, unknown>) : {};
  const handler = o.reading.js.propertyOf(options, 'handler');
  if (handler?.kind !== 'function' || !isFunction(handler.node)) return [];
  const [made] = o.start(`${[method].flat().join(',')} ${url ?? path}`, handler.node);
  return made === undefined ? [] : [{ ...made, ...placeOf({ fn: handler.node, unit: handler.unit }) }];
}

/** The functions among the arguments of a route: handlers, middleware in arrays, `handler` in an object. */
function handlersIn(node: Node): readonly Node[] {
  if (node.type === 'ArrayExpression') return node.elements.flatMap((one) => (one === null ? [] : handlersIn(one)));
  if (node.type !== 'ObjectExpression') return [node];
  return node.properties.flatMap((one) => (one.type === 'Property' && parts.test(nameOf(one.key) ?? '') ? [one.value] : []));
}
