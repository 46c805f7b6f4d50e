// What an expression of JavaScript stands for, as far as the source says.

import type { CallExpression, NewExpression, Node } from 'oxc-parser';
import type { Json } from '../../contract/schema.ts';
import type { EcmaUnit } from './reading.ts';

/** A node with the file that it is in. */
export interface Spot<N extends Node = Node> {
  readonly node: N;
  readonly unit: EcmaUnit;
  /** What the names around it are, where it was made by a call or in a turn of a loop: ask about its parts with this round. */
  readonly round?: Round;
}
type Of<Kind extends string> = { readonly kind: Kind } & Spot;
export type Value =
  | Of<'function'>
  | Of<'class'>
  | Of<'object'>
  | Of<'array'>
  | Of<'other'>
  /** `node`: the class. */
  | ({ readonly kind: 'instance' } & Spot)
  /** `node`: the TypeScript enum. */
  | ({ readonly kind: 'enum' } & Spot)
  /** A text that no node writes: the name of a property, a number of an enum. */
  | { readonly kind: 'text'; readonly text: string }
  /** A list that no node writes: an entry of `Object.entries`. */
  | { readonly kind: 'list'; readonly items: readonly (Value | undefined)[] }
  | { readonly kind: 'namespace'; readonly unit: EcmaUnit }
  /** Something of a package: `name` is `default`, `*`, or a path such as `Pool` or `default.Router`. */
  | { readonly kind: 'external'; readonly from: string; readonly name: string }
  /** What a call of something of a package gives; `name` goes on where properties of it are taken: `default()` gives `default`, then `default.Router`. */
  | {
      readonly kind: 'made';
      readonly from: string;
      readonly name: string;
      readonly call: CallExpression | NewExpression;
      readonly unit: EcmaUnit;
      /** As of `Spot`: ask about the arguments of `call` with it. */
      readonly round?: Round;
    }
  /** A parameter whose callers do not say what it is. `path`: properties taken of it. */
  | {
      readonly kind: 'parameter';
      readonly of: Node;
      readonly unit: EcmaUnit;
      readonly index: number;
      readonly path: readonly string[];
    };

export type Declaration =
  /** `standard`: what a pattern gives where there is nothing. */
  | { readonly kind: 'value'; readonly node: Node; readonly path: readonly string[]; readonly standard?: Node }
  | { readonly kind: 'function' | 'class' | 'enum' | 'type'; readonly node: Node }
  /** `name`: `default`, `*`, or the exported name. */
  | { readonly kind: 'import'; readonly from: string; readonly name: string }
  | {
      readonly kind: 'parameter';
      readonly of: Node;
      readonly index: number;
      /** Properties that a pattern takes out of it. */
      readonly path: readonly string[];
      /** Its type annotation. */
      readonly type: Node | undefined;
    }
  /** The variable of a loop; `path` as above. */
  | { readonly kind: 'element'; readonly loop: Node; readonly path: readonly string[] }
  | { readonly kind: 'other' };

export interface CallSite {
  readonly call: CallExpression | NewExpression;
  readonly unit: EcmaUnit;
  /** As the called function sees them. */
  readonly arguments: readonly (Node | undefined)[];
}

/** One turn of the loops around a place: what each loop's variable is in it, by `keyOf` of the loop or of the function that is called in turn. */
export type Round = ReadonlyMap<string, Element>;
export interface Element {
  /** Undefined: nothing known, but that there is one. */
  readonly value: Value | undefined;
  /** Its place in the list, or its name in the object. */
  readonly key: string;
  /** Where it was made in a turn of its own, as by `map`: what its parts are to be asked with. */
  readonly round?: Round;
  /** Of a function that is called once for each turn, as a factory: what its parameters are. */
  readonly given?: readonly (Value | undefined)[];
}

export interface Question {
  /** Follow parameters to the arguments of their callers? Default: no. */
  readonly throughCalls?: boolean;
  /** From `rounds`: what the variables of loops are. */
  readonly round?: Round;
}
type Maybe<T> = T | undefined;
type Asked = Node | null | undefined;

/** Partial evaluation. Nothing runs; what only a running program knows is undefined. */
export interface Ecma {
  meaningOf(unit: EcmaUnit, node: Asked, question?: Question): Maybe<Value>;
  propertyOf(value: Value, name: string, question?: Question): Maybe<Value>;
  /** The text that an expression gives, constants, joined parts and enums filled in. */
  constantText(unit: EcmaUnit, node: Asked, question?: Question): Maybe<string>;
  /** Literals as JSON; `{ $source: "z.object({…})" }` where the value is not written as a literal. */
  jsonOf(unit: EcmaUnit, node: Asked, question?: Question): Json;
  /** The elements of a list: spreads, `concat`, `Object.entries|keys|values`, `map` over known lists followed. Undefined: not known wholly. */
  elementsOf(unit: EcmaUnit, node: Asked, question?: Question): Maybe<readonly Element[]>;
  /** Name and value of an object's own properties, spreads followed. Undefined: not known wholly. */
  entriesOf(unit: EcmaUnit, node: Asked, question?: Question): Maybe<readonly Element[]>;
  /**
   * The turns of the loops around a node (for-of, for-in, for over an index, forEach, map): one empty round where there is no loop; undefined where
   * a loop goes over what is not known.
   */
  rounds(unit: EcmaUnit, node: Node): Maybe<readonly Round[]>;
  /** Does a condition around a node (if, ?:, &&, switch, catch) decide whether it runs? Looks as far as the function around it. */
  isConditional(unit: EcmaUnit, node: Node): boolean;
  declarationOf(unit: EcmaUnit, identifier: Node): Maybe<Declaration>;
  /** Path of the file of the scope that a specifier means: relative, tsconfig `paths`, workspaces, `imports`. Undefined: a package, or not read. */
  resolve(from: string, specifier: string): Maybe<string>;
  /** What a module exports under a name (`default`, `*`), followed through files that pass it on. */
  exportOf(file: string, name: string): Maybe<Value>;
  /** Calls whose callee is known without following parameters; `app.register(fn, options)` counts as `fn(app, options)`. */
  callSites(unit: EcmaUnit, fn: Node): readonly CallSite[];
  /** Calls of a method of one of these names, whatever they are made on, in the order of files and places. */
  callsNamed(names: ReadonlySet<string>): readonly Spot<CallExpression>[];
  /** What a function returns, but for what functions inside it return. */
  resultsOf(unit: EcmaUnit, fn: Node): readonly Node[];
  /** A key that stays the same when a file is parsed again: what is kept long should be kept by it, for a node holds its whole tree. */
  keyOf(unit: EcmaUnit, node: Node): string;
  /** The node of a key. */
  at(key: string): Maybe<Spot>;
}
