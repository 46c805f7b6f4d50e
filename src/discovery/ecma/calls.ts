// Who calls a function, with what, and what it gives.
import type { CallExpression, NewExpression, Node } from 'oxc-parser';
import type { CallSite, Declaration, Spot, Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import { type Asking, keyOf, type Sources } from './asking.ts';
import { imported } from './imports.ts';
import { bare, type FunctionNode, isClass, isFunction, propertyName, stringOf } from './node.ts';
import { declarationOf } from './scope.ts';
import { along, declared, meaningOf } from './values.ts';

type Maybe = Value | undefined;

/** What a call gives: of a package, of `require`, or of a function of the project, with the arguments of this call. */
export function called(asking: Asking, unit: EcmaUnit, call: CallExpression, depth: number): Maybe {
  const { callee } = call;
  const specifier = stringOf(call.arguments[0]);
  if (callee.type === 'Identifier' && callee.name === 'require' && specifier !== undefined) {
    // `require('./x').default` takes a name of the module, not of what it exports.
    const isNamed = call.parent?.type === 'MemberExpression' && propertyName(call.parent) === 'default';
    const whole = isNamed ? undefined : imported(asking, { unit, from: specifier, name: 'default', depth });
    if (whole !== undefined) return whole;
    const file = asking.sources.resolve(unit.file, specifier);
    const there = file === undefined ? undefined : asking.sources.unit(file);
    return there === undefined ? undefined : { kind: 'namespace', unit: there };
  }
  // `Object.freeze(o)` is o.
  if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'Object') {
    const name = propertyName(callee);
    if (name === 'freeze' || name === 'seal') return meaningOf(asking, unit, call.arguments[0], depth + 1);
  }
  const value = meaningOf(asking, unit, callee, depth + 1);
  if (value?.kind === 'external') return madeBy(asking, value, { node: call, unit });
  if (value?.kind === 'made') return { ...value, name: `${value.name}()` };
  if (value?.kind !== 'function' || !isFunction(value.node)) return undefined;
  // `f.bind(this)` is f.
  if (propertyName(callee) === 'bind') return value;
  const bound = boundTo(asking, { node: call, unit }, value, depth);
  return resultOf(asking.inside(bound.round), { node: value.node, unit: value.unit }, depth);
}

export function madeBy(asking: Asking, value: Value & { readonly kind: 'external' }, { node: call, unit }: Spot<Call>): Value {
  const made = { kind: 'made', from: value.from, name: value.name, call, unit } as const;
  return asking.round === undefined ? made : { ...made, round: asking.round };
}

type Call = CallExpression | NewExpression;
/** A function or a class with what this call gives for its parameters. */
export function boundTo<V extends Spot>(asking: Asking, { node, unit }: Spot<Call>, value: V, depth: number): V {
  const fn = isClass(value.node) ? constructorOf(value.node) : value.node;
  if (fn === undefined || !isFunction(fn) || fn.params.length === 0 || node.arguments.length === 0) return value;
  const spread = node.arguments.findIndex(({ type }) => type === 'SpreadElement');
  const known = spread < 0 ? node.arguments : node.arguments.slice(0, spread);
  const given = fn.params.map((_, n) => (n < known.length ? meaningOf(asking, unit, known[n], depth + 1) : undefined));
  const key = keyOf(value.unit, fn);
  // A function that calls itself would make rounds without end.
  if (given.every((one) => one === undefined) || asking.round?.has(key) === true) return value;
  return { ...value, round: new Map([...(value.round ?? []), [key, { value: given[0], key: '0', given }] as const]) };
}

/** What a function gives: what says most of it first, for a way that returns a constant early is a way out. */
export function resultOf(asking: Asking, fn: Spot<FunctionNode>, depth: number): Maybe {
  let plain: Maybe;
  for (const result of resultsOf(fn.unit, fn.node)) {
    const made = meaningOf(asking, fn.unit, result, depth + 1);
    if (made !== undefined && made.kind !== 'other' && made.kind !== 'text') return made;
    plain ??= made;
  }
  return plain;
}

/** What a function returns, but for what functions inside it return. */
export function resultsOf(unit: EcmaUnit, fn: Node): readonly Node[] {
  if (!isFunction(fn) || fn.body === null) return [];
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  return unit.nodes('ReturnStatement').flatMap((statement) => {
    if (statement.start < fn.start || statement.end > fn.end || statement.argument === null) return [];
    let at: Node | null | undefined = statement.parent;
    while (at !== null && at !== undefined && !isFunction(at)) at = at.parent;
    return at === fn ? [statement.argument] : [];
  });
}

export function argument(
  asking: Asking,
  unit: EcmaUnit,
  declaration: Declaration & { readonly kind: 'parameter' },
  depth: number,
): Maybe {
  const { of, index, path } = declaration;
  const turn = asking.round?.get(keyOf(unit, of));
  const own = turn?.given?.[index];
  if (own !== undefined) return along(asking, own, path, depth);
  if (turn !== undefined && turn.given === undefined)
    return along(asking, index === 0 ? turn.value : { kind: 'text', text: turn.key }, path, depth);
  const typed = classOfType(asking, unit, declaration.type, depth);
  if (typed !== undefined) return along(asking, typed, path, depth);
  if (asking.throughCalls) {
    for (const site of callSites(asking, unit, of)) {
      const value = along(asking, meaningOf(asking, site.unit, site.arguments[index], depth + 1), path, depth);
      if (value !== undefined) return value;
    }
  }
  return { kind: 'parameter', of, unit, index, path };
}

/** A parameter or a field that is declared to be of a class of the project, as injected services are. */
export function classOfType(asking: Asking, unit: EcmaUnit, type: Node | null | undefined, depth: number): Maybe {
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined;
  const declaration = declarationOf(unit, type.typeName);
  const value = declaration === undefined ? undefined : declared(asking, unit, declaration, depth);
  return value?.kind === 'class' ? { ...value, kind: 'instance' } : undefined;
}

type Index = ReadonlyMap<string, readonly CallSite[]>;
const indexes = new WeakMap<Sources, WeakMap<EcmaUnit, Index>>();

/** Calls whose callee is known without following parameters: in the function's own file, and in files that import it. */
export function callSites(asking: Asking, unit: EcmaUnit, fn: Node): readonly CallSite[] {
  const key = keyOf(unit, fn);
  return [unit.file, ...asking.sources.importers(unit.file)].flatMap((file) => {
    const there = file === unit.file ? unit : asking.sources.unit(file);
    return there === undefined ? [] : (sitesIn(asking, there).get(key) ?? []);
  });
}

function sitesIn(asking: Asking, unit: EcmaUnit): Index {
  const known = indexes.get(asking.sources) ?? new WeakMap<EcmaUnit, Index>();
  indexes.set(asking.sources, known);
  const before = known.get(unit);
  if (before !== undefined) return before;
  const index = new Map<string, CallSite[]>();
  // Calls may be needed to know calls: those are then not known.
  known.set(unit, index);
  const add = (callee: Node | undefined, site: Omit<CallSite, 'unit'>): void => {
    const value = meaningOf(asking.fresh(), unit, callee);
    const target = value?.kind === 'class' ? constructorOf(value.node) : value?.kind === 'function' ? value.node : undefined;
    if (target === undefined || value === undefined || !('unit' in value)) return;
    const key = keyOf(value.unit, target);
    const sites = index.get(key) ?? [];
    sites.push({ ...site, unit });
    index.set(key, sites);
  };
  for (const call of unit.nodes('CallExpression')) {
    add(call.callee, { call, arguments: call.arguments });
    const { callee } = call;
    // Fastify's plugins: https://fastify.dev/docs/v5.6.x/Reference/Plugins/
    if (callee.type === 'MemberExpression' && propertyName(callee) === 'register')
      add(unwrapped(call.arguments[0]), { call, arguments: [callee.object, ...call.arguments.slice(1)] });
  }
  for (const call of unit.nodes('NewExpression')) add(call.callee, { call, arguments: call.arguments });
  return index;
}

function constructorOf(node: Node): Node | undefined {
  if (!isClass(node)) return undefined;
  const found = node.body.body.find((one) => one.type === 'MethodDefinition' && one.kind === 'constructor');
  return found?.type === 'MethodDefinition' ? found.value : undefined;
}

/** `fp(fn)` stands for `fn`. */
function unwrapped(node: Node | undefined): Node | undefined {
  const plain = node === undefined ? undefined : bare(node);
  return plain?.type === 'CallExpression' ? (plain.arguments[0] ?? plain) : plain;
}
