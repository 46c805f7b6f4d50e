// From the root module of an application to the controllers that it serves.
import type { Node } from 'oxc-parser';
import type { Round, Value } from '../../../contract/meaning.ts';
import type { NotUnderstood, Place } from '../../../contract/place.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { type ClassNode, isClass } from '../../../ecma/node.ts';
import { joinPaths, placeOf } from '../../model.ts';
import { decoratorsOf, packageOf, question } from './decorators.ts';
import { type Listed, listedIn } from './module-list.ts';
import { textsOf } from './texts.ts';

export interface ClassAt {
  readonly node: ClassNode;
  readonly unit: EcmaUnit;
  readonly round?: Round | undefined;
}
export interface ServedController {
  readonly of: ClassAt;
  /** The module that lists it. */
  readonly module: ClassAt;
  readonly certain: boolean;
}
export interface Modules {
  readonly controllers: readonly ServedController[];
  readonly modules: readonly ClassAt[];
  /** `provide: APP_GUARD`. */
  readonly guards: readonly { readonly unit: EcmaUnit; readonly node: Node }[];
  /** Paths that a RouterModule gives to modules, by their key. */
  readonly paths: ReadonlyMap<string, { readonly path: string; readonly at: Place }>;
  /** False: a list of modules or controllers is known only while the program runs. */
  readonly whole: boolean;
}
type Say = (what: NotUnderstood) => void;
export const said = (unit: EcmaUnit, node: Node, why: string): NotUnderstood => ({
  ...placeOf(unit, node),
  what: unit.excerpt(node),
  why,
  about: 'route',
  stack: 'nestjs',
});

export function modulesFrom(reading: Reading, root: Listed, say: Say): Modules {
  const graph = new Graph(reading, say);
  graph.enter(root);
  return graph;
}

class Graph implements Modules {
  readonly #reading: Reading;
  readonly #say: Say;
  /** Whether it is certain, by key. */
  readonly #entered = new Map<string, boolean>();
  readonly controllers: ServedController[] = [];
  readonly modules: ClassAt[] = [];
  readonly guards: { readonly unit: EcmaUnit; readonly node: Node }[] = [];
  readonly paths = new Map<string, { readonly path: string; readonly at: Place }>();
  whole = true;

  constructor(reading: Reading, say: Say) {
    this.#reading = reading;
    this.#say = say;
  }

  enter(listed: Listed): void {
    switch (listed.kind) {
      case 'class':
        if (isClass(listed.node)) this.#module({ node: listed.node, unit: listed.unit, round: listed.round }, listed.certain);
        return;
      case 'object':
        this.#dynamic({ kind: 'object', node: listed.node, unit: listed.unit, ...question(listed.round) }, listed.certain);
        return;
      case 'external':
        if (packageOf(listed.from) === '@nestjs/core' && /^RouterModule\.(register|forRoutes)$/.test(listed.name))
          this.#routed({ unit: listed.unit, node: listed.arguments[0], round: listed.round }, '');
        return;
      case 'unknown':
        this.#unknown(listed.unit, listed.node);
    }
  }
  #unknown(unit: EcmaUnit, node: Node): void {
    this.whole = false;
    this.#say(said(unit, node, 'which modules or controllers these are is known only while the program runs'));
  }

  #module(of: ClassAt, certain: boolean): void {
    const key = this.#reading.js.keyOf(of.unit, of.node);
    const before = this.#entered.get(key);
    // What was reached through a condition first may be reached without one later.
    if (before === true || before === certain) return;
    this.#entered.set(key, certain);
    if (before === undefined) this.modules.push(of);
    const decorators = decoratorsOf(this.#reading, of.unit, of.node.decorators);
    const own = decorators.find((one) => one.from === '@nestjs/common' && one.name === 'Module');
    // A decorator of the project, or of a framework on top of Nest, may take the lists of a module and more.
    const metadata = [...decorators.filter(({ from }) => from === null), ...(own === undefined ? [] : [own])];
    for (const one of metadata) {
      const given = listedIn(this.#reading, { unit: one.unit, round: one.round, node: one.arguments[0], certain });
      for (const { kind, ...rest } of given) {
        if (kind === 'object' && 'node' in rest)
          this.#lists({ kind, node: rest.node, unit: rest.unit, ...question(rest.round) }, of, rest.certain);
        else if (one.from !== null) this.#unknown(one.written.unit, one.written.node);
      }
    }
  }
  /** `{ module: X, imports, controllers, providers }`: what it names comes on top of what X itself does. */
  #dynamic(value: Value & { readonly kind: 'object' }, certain: boolean): void {
    const module = this.#reading.js.propertyOf(value, 'module');
    const of =
      module?.kind === 'class' && isClass(module.node)
        ? { node: module.node, unit: module.unit, round: module.round }
        : undefined;
    if (of === undefined) return;
    this.#module(of, certain);
    this.#lists(value, of, certain);
  }

  #lists(value: Value & { readonly kind: 'object' }, of: ClassAt, certain: boolean): void {
    for (const name of ['imports', 'controllers', 'providers'] as const) {
      const node = propertyNode(value, name);
      const items = listedIn(this.#reading, { unit: value.unit, round: value.round, node, certain });
      if (name === 'imports') for (const one of items) this.enter(one);
      if (name === 'controllers') for (const one of items) this.#controller(one, of);
      if (name === 'providers') for (const one of items) this.#provider(one);
    }
  }
  #controller(listed: Listed, module: ClassAt): void {
    if (listed.kind === 'class' && isClass(listed.node)) {
      const of = { node: listed.node, unit: listed.unit, round: listed.round };
      this.controllers.push({ of, module, certain: listed.certain });
    } else if (listed.kind === 'external') {
      this.#say(said(module.unit, module.node, `the controller ${listed.name} is of the package ${listed.from}`));
    } else this.#unknown(listed.unit, listed.node);
  }
  #provider(listed: Listed): void {
    if (listed.kind !== 'object') return;
    const value: Value = { kind: 'object', node: listed.node, unit: listed.unit, ...question(listed.round) };
    const token = this.#reading.js.propertyOf(value, 'provide');
    if (token?.kind !== 'external' || token.name !== 'APP_GUARD') return;
    const node = ['useClass', 'useExisting', 'useValue', 'useFactory']
      .map((name) => propertyNode(value, name))
      .find((one) => one);
    if (node === undefined) return;
    const factory = node.type === 'ArrowFunctionExpression' ? this.#reading.js.resultsOf(listed.unit, node)[0] : undefined;
    const guard = factory ?? node;
    if (!this.guards.some((one) => one.node === guard)) this.guards.push({ unit: listed.unit, node: guard });
  }

  /** https://docs.nestjs.com/recipes/router-module */
  #routed(
    at: { readonly unit: EcmaUnit; readonly node: Node | undefined; readonly round: Round | undefined },
    prefix: string,
  ): void {
    for (const one of listedIn(this.#reading, { ...at, certain: true })) {
      if (one.kind === 'class') {
        this.paths.set(this.#reading.js.keyOf(one.unit, one.node), { path: prefix, at: placeOf(at.unit, one.node) });
        continue;
      }
      if (one.kind !== 'object') {
        this.#unknown(one.unit, one.kind === 'unknown' ? one.node : (at.node ?? one.unit.tree));
        continue;
      }
      const value: Value = { kind: 'object', node: one.node, unit: one.unit, ...question(one.round) };
      const [text] = textsOf(this.#reading, one, propertyNode(value, 'path')) ?? [];
      if (typeof text !== 'string') {
        this.#unknown(one.unit, one.node);
        continue;
      }
      const path = joinPaths(prefix, text);
      const module = this.#reading.js.propertyOf(value, 'module');
      if (module?.kind === 'class')
        this.paths.set(this.#reading.js.keyOf(module.unit, module.node), { path, at: placeOf(one.unit, one.node) });
      const children = propertyNode(value, 'children');
      if (children !== undefined) this.#routed({ unit: one.unit, node: children, round: one.round }, path);
    }
  }
}

/** What is written for a property of an object literal. */
export function propertyNode(value: Value & { readonly kind: 'object' }, name: string): Node | undefined {
  if (value.node.type !== 'ObjectExpression') return undefined;
  const found = value.node.properties.findLast(
    (one) => one.type === 'Property' && !one.computed && one.key.type === 'Identifier' && one.key.name === name,
  );
  return found?.type === 'Property' ? found.value : undefined;
}
