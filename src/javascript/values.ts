// What an expression stands for, as far as the source says: followed through declarations, imports, factories, classes and the
// arguments of calls, without running anything.

import { argumentsOf, callSites } from './calls.ts';
import { exported, importedModule } from './imports.ts';
import type { Module } from './module.ts';
import type { Node } from './node.ts';
import { type Declaration, declarationOf, isFunction, stringText } from './scope.ts';

export type Value =
  | { readonly kind: 'function' | 'class' | 'object' | 'array' | 'other'; readonly node: Node; readonly module: Module }
  | { readonly kind: 'instance'; readonly node: Node; readonly module: Module }
  | { readonly kind: 'namespace'; readonly module: Module }
  /** Something of a package: `name` is `default`, `*`, or a path such as `Pool` or `default.Router`. */
  | { readonly kind: 'external'; readonly from: string; readonly name: string }
  /** What a call of something of a package gives; `name` goes on where properties of it are taken. */
  | { readonly kind: 'made'; readonly from: string; readonly name: string; readonly call: Node; readonly module: Module }
  /** A parameter whose callers do not say what it is. */
  | {
      readonly kind: 'parameter';
      readonly of: Node;
      readonly module: Module;
      readonly index: number;
      readonly path: readonly string[];
    };

export interface Reading {
  readonly modules: ReadonlyMap<string, Module>;
  /** Follow parameters to the arguments of their callers? */
  readonly throughCalls: boolean;
}
type Maybe = Value | undefined;
/** Longer ways than this are cycles, or nothing that a reader could follow either. */
const furthest = 40;

interface Memory {
  readonly through: Map<Node, Maybe>;
  readonly direct: Map<Node, Maybe>;
}
const memories = new WeakMap<ReadonlyMap<string, Module>, Memory>();

export function meaningOf(reading: Reading, module: Module, node: Node | null | undefined, depth = 0): Maybe {
  if (node === null || node === undefined || depth > furthest) return undefined;
  const memory = memories.get(reading.modules) ?? { through: new Map(), direct: new Map() };
  memories.set(reading.modules, memory);
  const known = reading.throughCalls ? memory.through : memory.direct;
  if (known.has(node)) return known.get(node);
  // What is asked for while it is being answered means itself, and that is nothing.
  known.set(node, undefined);
  const meaning = evaluated(reading, module, { node, depth });
  known.set(node, meaning);
  return meaning;
}

function evaluated(reading: Reading, module: Module, o: { readonly node: Node; readonly depth: number }): Maybe {
  const { node, depth } = o;
  const next = (one: Node | null | undefined): Maybe => meaningOf(reading, module, one, depth + 1);
  if (isFunction(node)) return { kind: 'function', node, module };
  switch (node.kind()) {
    case 'identifier':
    case 'shorthand_property_identifier': {
      const declaration = declarationOf(module, node);
      return declaration === undefined ? undefined : declared(reading, module, declaration, depth + 1);
    }
    case 'class_declaration':
    case 'class':
      return { kind: 'class', node, module };
    case 'undefined':
    case 'null':
      return undefined;
    case 'object':
      return { kind: 'object', node, module };
    case 'array':
      return { kind: 'array', node, module };
    case 'parenthesized_expression':
    case 'await_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
      return next(node.named()[0]);
    case 'sequence_expression':
    case 'assignment_expression':
      return next(node.field('right') ?? node.children().at(-1));
    case 'binary_expression':
      if (!/^(\?\?|\|\||&&)$/.test(node.field('operator')?.text() ?? '')) return { kind: 'other', node, module };
      return next(node.field('left')) ?? next(node.field('right'));
    case 'ternary_expression':
      return next(node.field('consequence')) ?? next(node.field('alternative'));
    case 'this':
      return owner(module, node);
    case 'member_expression': {
      const base = next(node.field('object'));
      return base === undefined ? undefined : propertyOf(reading, base, node.field('property')?.text() ?? '', depth + 1);
    }
    case 'subscript_expression': {
      const base = next(node.field('object'));
      const key = stringText(node.field('index'));
      return base === undefined || key === undefined ? undefined : propertyOf(reading, base, key, depth + 1);
    }
    case 'new_expression': {
      const made = next(node.field('constructor'));
      if (made?.kind === 'class') return { ...made, kind: 'instance' };
      return made?.kind === 'external' ? { ...made, kind: 'made', call: node, module } : undefined;
    }
    case 'call_expression':
      return called(reading, module, node, depth);
    default:
      return { kind: 'other', node, module };
  }
}

function declared(reading: Reading, module: Module, declaration: Declaration, depth: number): Maybe {
  switch (declaration.kind) {
    case 'function':
    case 'class':
      return { kind: declaration.kind, node: declaration.node, module };
    case 'value':
      return along(reading, meaningOf(reading, module, declaration.node, depth), declaration.path, depth);
    case 'import':
      return imported(reading, { module, from: declaration.from, name: declaration.name, depth });
    case 'parameter':
      return argument(reading, module, declaration, depth);
    case 'other':
      return undefined;
  }
}

const along = (reading: Reading, value: Maybe, path: readonly string[], depth: number): Maybe =>
  path.reduce<Maybe>((at, name) => (at === undefined ? undefined : propertyOf(reading, at, name, depth)), value);

interface Import {
  readonly module: Module;
  readonly from: string;
  readonly name: string;
  readonly depth: number;
}
function imported(reading: Reading, o: Import): Maybe {
  if (!o.from.startsWith('.')) return { kind: 'external', from: o.from.replace(/^node:/, ''), name: o.name };
  const target = importedModule(reading.modules, o.module.file, o.from);
  if (target === undefined || o.depth > furthest) return undefined;
  if (o.name === '*') return { kind: 'namespace', module: target };
  const { found, all } = exported(target, o.name);
  if (found?.kind === 'node') return meaningOf(reading, target, found.node, o.depth + 1);
  if (found?.kind === 'elsewhere')
    return imported(reading, { module: target, from: found.from, name: found.name, depth: o.depth + 1 });
  for (const from of all) {
    const value = imported(reading, { module: target, from, name: o.name, depth: o.depth + 1 });
    if (value !== undefined) return value;
  }
  // CommonJS: the names are properties of what module.exports is.
  const whole = o.name === 'default' ? undefined : exported(target, 'default').found;
  const value = whole?.kind === 'node' ? meaningOf(reading, target, whole.node, o.depth + 1) : undefined;
  return value === undefined ? undefined : propertyOf(reading, value, o.name, o.depth + 1);
}

function argument(
  reading: Reading,
  module: Module,
  declaration: Declaration & { readonly kind: 'parameter' },
  depth: number,
): Maybe {
  const { of, index, path } = declaration;
  const typed = classOfType(reading, module, declaration.type, depth);
  if (typed !== undefined) return along(reading, typed, path, depth);
  if (reading.throughCalls) {
    for (const site of callSites(reading.modules, of, module)) {
      const value = along(reading, meaningOf(reading, site.module, site.arguments[index], depth + 1), path, depth);
      if (value !== undefined) return value;
    }
  }
  return { kind: 'parameter', of, module, index, path };
}

/** A parameter that is declared to be of a class of the project, as injected services are. */
function classOfType(reading: Reading, module: Module, type: Node | undefined, depth: number): Maybe {
  const name = type?.children().find((one) => one.kind() === 'type_identifier');
  const declaration = name === undefined ? undefined : declarationOf(module, name);
  const value = declaration === undefined ? undefined : declared(reading, module, declaration, depth);
  return value?.kind === 'class' ? { ...value, kind: 'instance' } : undefined;
}

function called(reading: Reading, module: Module, call: Node, depth: number): Maybe {
  const callee = call.field('function');
  const given = argumentsOf(call);
  const specifier = stringText(given[0]);
  if (callee?.kind() === 'import' && specifier !== undefined)
    return imported(reading, { module, from: specifier, name: '*', depth });
  if (callee?.text() === 'require' && specifier !== undefined) {
    if (!specifier.startsWith('.')) return { kind: 'external', from: specifier.replace(/^node:/, ''), name: 'default' };
    const target = importedModule(reading.modules, module.file, specifier);
    if (target === undefined) return undefined;
    return imported(reading, { module, from: specifier, name: 'default', depth }) ?? { kind: 'namespace', module: target };
  }
  const value = meaningOf(reading, module, callee, depth + 1);
  if (value?.kind === 'external') return { ...value, kind: 'made', call, module };
  if (value?.kind === 'made') return { ...value, name: `${value.name}()` };
  if (value?.kind !== 'function') return undefined;
  for (const result of resultsOf(value.node)) {
    const made = meaningOf(reading, value.module, result, depth + 1);
    if (made !== undefined && made.kind !== 'other') return made;
  }
  return undefined;
}

/** What a function returns, but for what functions inside it return. */
function resultsOf(fn: Node): readonly Node[] {
  const body = fn.field('body');
  if (body === null) return [];
  if (body.kind() !== 'statement_block') return [body];
  return body.findAll('return_statement').flatMap((statement) => {
    for (let at = statement.parent(); at !== null && at.id() !== fn.id(); at = at.parent()) if (isFunction(at)) return [];
    return statement.named().slice(0, 1);
  });
}

/** The object or the class instance whose method a `this` stands in. */
function owner(module: Module, node: Node): Maybe {
  for (let at = node.parent(); at !== null; at = at.parent()) {
    const parent = at.parent();
    const kind = at.kind();
    const bound =
      kind === 'method_definition' || (kind.includes('function') && kind !== 'arrow_function' && parent?.kind() === 'pair');
    const holder = kind === 'method_definition' ? parent : parent?.parent();
    if (bound && holder?.kind() === 'object') return { kind: 'object', node: holder, module };
    if (kind === 'class_body') return parent === null ? undefined : { kind: 'instance', node: parent, module };
    if (kind.includes('function') && kind !== 'arrow_function') return undefined;
  }
  return undefined;
}

const keyText = (node: Node | null): string => (node === null ? '' : (stringText(node) ?? node.text().replace(/^#/, '')));

export function propertyOf(reading: Reading, value: Value, name: string, depth = 0): Maybe {
  if (depth > furthest) return undefined;
  switch (value.kind) {
    case 'namespace':
      return imported(reading, {
        module: value.module,
        from: `./${value.module.file.split('/').at(-1)}`,
        name,
        depth: depth + 1,
      });
    case 'external':
      return { ...value, name: value.name === '*' ? name : `${value.name}.${name}` };
    case 'made':
      return { ...value, name: `${value.name}.${name}` };
    case 'parameter':
      return { ...value, path: [...value.path, name] };
    case 'object':
      return ofObject(reading, value, name, depth);
    case 'array': {
      const element = /^\d+$/.test(name) ? value.node.named()[Number(name)] : undefined;
      return meaningOf(reading, value.module, element, depth + 1);
    }
    case 'instance':
    case 'class':
      return ofClass(reading, value, name.replace(/^#/, ''), depth);
    case 'function':
    case 'other':
      return undefined;
  }
}

function ofObject(
  reading: Reading,
  value: Value & { readonly node: Node; readonly module: Module },
  name: string,
  depth: number,
): Maybe {
  for (const one of [...value.node.children()].reverse()) {
    const kind = one.kind();
    if (kind === 'pair' && keyText(one.field('key')) === name)
      return meaningOf(reading, value.module, one.field('value'), depth + 1);
    if (kind === 'method_definition' && keyText(one.field('name')) === name)
      return { kind: 'function', node: one, module: value.module };
    if (kind === 'shorthand_property_identifier' && one.text() === name) return meaningOf(reading, value.module, one, depth + 1);
    if (kind === 'spread_element') {
      const spread = meaningOf(reading, value.module, one.named()[0], depth + 1);
      const found =
        spread === undefined || spread.kind === 'parameter' ? undefined : propertyOf(reading, spread, name, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function ofClass(
  reading: Reading,
  value: Value & { readonly node: Node; readonly module: Module },
  name: string,
  depth: number,
): Maybe {
  const { node, module } = value;
  for (const one of node.field('body')?.children() ?? []) {
    const kind = one.kind();
    if (kind === 'method_definition' && keyText(one.field('name')) === name) return { kind: 'function', node: one, module };
    if (
      (kind === 'public_field_definition' || kind === 'field_definition') &&
      keyText(one.field('name') ?? one.field('property')) === name
    ) {
      const found =
        meaningOf(reading, module, one.field('value'), depth + 1) ??
        classOfType(reading, module, one.field('type') ?? undefined, depth + 1);
      if (found !== undefined) return found;
    }
    if (kind === 'method_definition' && one.field('name')?.text() === 'constructor') {
      const found = inConstructor(reading, { module, constructor: one, name, depth });
      if (found !== undefined) return found;
    }
  }
  const heritage = node.children().find((one) => one.kind() === 'class_heritage');
  const parent = heritage?.find('identifier');
  const base = meaningOf(reading, module, parent, depth + 1);
  return base?.kind === 'class'
    ? propertyOf(reading, { ...base, kind: value.kind === 'class' ? 'class' : 'instance' }, name, depth + 1)
    : undefined;
}

/** `this.x = …`, and TypeScript's `constructor(private readonly x: X)`. */
function inConstructor(
  reading: Reading,
  o: { readonly module: Module; readonly constructor: Node; readonly name: string; readonly depth: number },
): Maybe {
  for (const parameter of o.constructor.field('parameters')?.children() ?? []) {
    if (!parameter.children().some((one) => one.kind() === 'accessibility_modifier' || one.text() === 'readonly')) continue;
    const pattern = parameter.field('pattern');
    if (pattern?.text() === o.name) return meaningOf(reading, o.module, pattern, o.depth + 1) ?? undefined;
  }
  for (const assignment of o.constructor.findAll('assignment_expression')) {
    const left = assignment.field('left')?.text().replace('this.#', 'this.');
    if (left === `this.${o.name}`) return meaningOf(reading, o.module, assignment.field('right'), o.depth + 1);
  }
  return undefined;
}
