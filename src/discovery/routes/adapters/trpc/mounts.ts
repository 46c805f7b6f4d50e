// Where routers are served: https://trpc.io/docs/server/adapters
import type { Node } from 'oxc-parser';
import type { NotUnderstood, Place } from '../../../contract/place.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, nameOf, propertyName } from '../../../ecma/node.ts';
import { joinPaths, placeOf } from '../../model.ts';
import { type Written, writtenAt } from './written.ts';

export interface Mounted {
  readonly router: Written;
  readonly prefix: string;
  readonly at: Place;
  /** By the paths and methods that `meta.openapi` gives to procedures. */
  readonly rest: boolean;
  readonly certain: boolean;
}
type Call = Node & { readonly type: 'CallExpression' };
const adapters =
  /^(createNextApiHandler|createNextPagesApiHandler|fetchRequestHandler|createExpressMiddleware|createHTTPServer|createHTTPHandler|createHono|trpcServer|createNuxtApiHandler|awsLambdaRequestHandler|applyWSSHandler|fastifyTRPCPlugin)$/;
const restful = /^createOpenApi\w*(Handler|Middleware|Plugin)$/;

export function mountsIn(reading: Reading, say: (what: NotUnderstood) => void): readonly Mounted[] {
  const files = [...reading.facts]
    .filter(([, { imports }]) => imports.some(({ from }) => /trpc/i.test(from)))
    .map(([file]) => file);
  return files.flatMap((file) => {
    const unit = reading.ecma(file);
    return (unit?.nodes('CallExpression') ?? []).flatMap((call) => (unit === undefined ? [] : mountOf(reading, unit, call, say)));
  });
}

function mountOf(reading: Reading, unit: EcmaUnit, call: Call, say: (what: NotUnderstood) => void): readonly Mounted[] {
  const callee = bare(call.callee);
  const called = (callee.type === 'MemberExpression' ? propertyName(callee) : nameOf(callee)) ?? '';
  // `app.register(fastifyTRPCPlugin, { prefix, trpcOptions: { router } })`
  const first = nameOf(call.arguments[0]) ?? '';
  const isPlugin = called === 'register' && first === 'fastifyTRPCPlugin';
  const name = isPlugin ? first : called;
  const rest = restful.test(name);
  if (!adapters.test(name) && !rest) return [];
  const options = writtenAt(reading, { unit, node: call.arguments[isPlugin ? 1 : 0] ?? call });
  if (options?.node.type !== 'ObjectExpression') return [];
  const inner = isPlugin ? property(options, 'trpcOptions') : options;
  const within = inner === undefined ? undefined : writtenAt(reading, inner);
  const given = within === undefined ? undefined : property(within, 'router');
  const router = given === undefined ? undefined : writtenAt(reading, given);
  if (router === undefined) {
    // A parameter: the adapter of the project's own, whose callers are found as well.
    if (given !== undefined && nameOf(bare(given.node)) === undefined)
      say(unclear(unit, call, 'which router is served here is known only while the program runs'));
    return [];
  }
  const paths = prefixesOf(reading, { unit, call, name, options });
  if (paths.some(({ whole }) => !whole))
    say(unclear(unit, call, 'the path of this router is known only while the program runs, or not wholly'));
  return paths.map(({ text, whole }) => ({ router, prefix: text, at: placeOf(unit, call), rest, certain: whole }));
}
const unclear = (unit: EcmaUnit, call: Call, why: string): NotUnderstood => ({
  ...placeOf(unit, call),
  what: unit.excerpt(call),
  why,
  about: 'route',
  stack: 'trpc',
});

function property(of: Written, name: string): Written | undefined {
  if (of.node.type !== 'ObjectExpression') return undefined;
  const found = of.node.properties.find((one) => one.type === 'Property' && nameOf(one.key) === name);
  return found?.type === 'Property' ? { unit: of.unit, node: found.value } : undefined;
}

interface Path {
  readonly text: string;
  readonly whole: boolean;
}
function prefixesOf(
  reading: Reading,
  o: { readonly unit: EcmaUnit; readonly call: Call; readonly name: string; readonly options: Written },
): readonly Path[] {
  const { unit, call, name, options } = o;
  const written = ['endpoint', 'prefix', 'basePath'].map((key) => property(options, key)).find((one) => one !== undefined);
  if (written !== undefined) return textsOf(reading, written);
  if (/Next|Nuxt/.test(name) && !restful.test(name)) {
    const [, path] = /(?:^|\/)(?:pages|server)\/(api\/.*?)\/\[/.exec(unit.file) ?? [];
    return [path === undefined ? { text: '', whole: false } : { text: joinPaths('', path), whole: true }];
  }
  if (/^(createHTTP|awsLambda|applyWSS)/.test(name)) return [{ text: '', whole: true }];
  const use = mounting(unit, call);
  const [at] = use?.arguments ?? [];
  if (at === undefined || use?.arguments.length === 1) return [{ text: '', whole: use !== undefined }];
  return textsOf(reading, { unit, node: at }).map((path) => ({ ...path, text: path.text.replace(/\/\*.*$/, '') }));
}

/** `app.use('/trpc', createExpressMiddleware(…))`, also where the middleware has a name first. */
function mounting(unit: EcmaUnit, call: Call): Call | undefined {
  const declarator = call.parent?.type === 'VariableDeclarator' ? nameOf(call.parent.id) : undefined;
  return unit.nodes('CallExpression').find((one) => {
    const callee = bare(one.callee);
    if (callee.type !== 'MemberExpression' || !/^(use|all|mount)$/.test(propertyName(callee) ?? '')) return false;
    return one.arguments.some((given) => bare(given) === call || (declarator !== undefined && nameOf(given) === declarator));
  });
}

/** A text, or the one that is given to a function that makes the text; both where a condition decides. */
function textsOf(reading: Reading, at: Written): readonly Path[] {
  const { unit, node } = writtenAt(reading, at) ?? at;
  const [given] = node.type === 'CallExpression' ? node.arguments : [node];
  const one = given === undefined ? undefined : bare(given);
  const ways = one?.type === 'ConditionalExpression' ? [one.consequent, one.alternate] : one === undefined ? [] : [one];
  const known = ways.flatMap((way) => reading.js.constantText(unit, way) ?? []);
  const text = reading.js.constantText(unit, node);
  const [first, ...others] = known;
  if (text === undefined) return [{ text: known.find((way) => way.startsWith('/')) ?? '', whole: false }];
  const rest = first === undefined || !text.includes(first) ? [] : others.map((other) => text.replace(first, other));
  return [text, ...rest].map((way) => ({ text: way, whole: true }));
}
