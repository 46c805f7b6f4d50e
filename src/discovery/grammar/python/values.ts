import { around, childOf, namedOf, type Plain, within } from '../plain.ts';
import { argument, decoratorsOf, piecesOf } from './literal.ts';
import { type Module, Modules, type PythonFiles } from './modules.ts';
import { type Binding, basesOf, parametersOf, returnsOf, type Scope, scopeOf, statementsOf } from './names.ts';

/** What an expression stands for, as far as the text of the program says it. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Located[] }
  | { readonly kind: 'class' | 'function'; readonly node: Plain; readonly module: Module }
  | { readonly kind: 'call'; readonly node: Plain; readonly module: Module; readonly of: Value }
  | { readonly kind: 'module'; readonly module: Module }
  /** Of a package that is not in the tree: `django.db.models.CharField`. */
  | { readonly kind: 'outside'; readonly name: string }
  | { readonly kind: 'unknown' };
export interface Located {
  readonly node: Plain;
  readonly module: Module;
}

/** A definition of the program. */
export type ClassValue = Extract<Value, { readonly kind: 'class' | 'function' }>;

const unknown = { kind: 'unknown' } as const;
/** Questions inside questions: a program may go in circles. */
const deepest = 40;
const mostCalls = 8;

/** What names of a Python program mean. Nothing is executed; what only running it would say is `unknown`. */
export class Python {
  readonly modules: Modules;
  readonly #scopes = new Map<Plain, Scope>();
  readonly #values = new WeakMap<Plain, Value>();
  readonly #parameters = new Map<Plain, Map<string, Value>>();
  readonly #calls = new Map<string, readonly Located[]>();
  #depth = 0;

  constructor(sources: PythonFiles) {
    this.modules = new Modules(sources);
  }

  scope(body: Plain): Scope {
    const known = this.#scopes.get(body) ?? scopeOf(body);
    this.#scopes.set(body, known);
    return known;
  }

  value(node: Plain | undefined, module: Module): Value {
    if (node === undefined || this.#depth > deepest) return unknown;
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    this.#depth += 1;
    try {
      const value = this.#value(node, module);
      // Of what is unknown this deep the reason may be the depth.
      if (value.kind !== 'unknown' || this.#depth < deepest / 4) this.#values.set(node, value);
      return value;
    } finally {
      this.#depth -= 1;
    }
  }

  #value(node: Plain, module: Module): Value {
    switch (node.kind) {
      case 'string':
      case 'concatenated_string': {
        const pieces = piecesOf(node)?.map((piece) => (typeof piece === 'string' ? piece : this.text(piece, module)));
        return pieces === undefined || pieces.includes(undefined) ? unknown : { kind: 'text', text: pieces.join('') };
      }
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
        return { kind: 'list', items: this.#items(node, module) };
      case 'identifier':
        return this.#named(node.text, node, module);
      case 'attribute':
        return this.member(this.value(childOf(node, 'object'), module), childOf(node, 'attribute')?.text ?? '');
      case 'parenthesized_expression':
      case 'await':
        return this.value(namedOf(node)[0], module);
      case 'boolean_operator':
        return childOf(node, 'operator')?.kind === 'or' ? this.value(childOf(node, 'right'), module) : unknown;
      case 'binary_operator':
        return this.#sum(node, module);
      case 'call':
        return this.#called(node, module);
      default:
        return unknown;
    }
  }

  #items(node: Plain, module: Module): readonly Located[] {
    return namedOf(node).flatMap((one) => {
      if (one.kind !== 'list_splat') return [{ node: one, module }];
      return this.list(namedOf(one)[0], module) ?? [];
    });
  }

  #sum(node: Plain, module: Module): Value {
    if (childOf(node, 'operator')?.kind !== '+') return unknown;
    const [left, right] = [this.value(childOf(node, 'left'), module), this.value(childOf(node, 'right'), module)];
    if (left.kind === 'text' && right.kind === 'text') return { kind: 'text', text: left.text + right.text };
    const items = [left, right].flatMap((part) => (part.kind === 'list' ? part.items : []));
    return left.kind === 'list' || right.kind === 'list' ? { kind: 'list', items } : unknown;
  }

  #called(node: Plain, module: Module): Value {
    const of = this.value(childOf(node, 'function'), module);
    if (of.kind === 'outside') {
      // A setting that is taken from the environment: its default is what the text says.
      if (/(^|\.)(getenv|environ\.get|config|env)$/.test(of.name)) return this.value(argument(node, 1, 'default'), module);
      if (of.name === 'getattr') return this.value(argument(node, 2), module);
      if (/\b(str|list|tuple|sorted|Path)$/.test(of.name)) return this.value(argument(node, 0), module);
    }
    return { kind: 'call', node, module, of };
  }

  /** The text that an expression is, if it is known. */
  text(node: Plain | undefined, module: Module): string | undefined {
    const value = this.value(node, module);
    return value.kind === 'text' ? value.text : undefined;
  }
  /** What a list holds, with what is added to it in the scope where it is made. */
  list(node: Plain | undefined, module: Module): readonly Located[] | undefined {
    const value = this.value(node, module);
    if (value.kind === 'call' && value.of.kind === 'function') {
      const made = this.value(returnsOf(value.of.node)[0], value.of.module);
      return made.kind === 'list' ? made.items : undefined;
    }
    return value.kind === 'list' ? value.items : undefined;
  }
  /** The full name of what is outside of the tree: `flask.Blueprint`; of a class inside `file#name`. */
  nameOf(value: Value): string {
    if (value.kind === 'outside') return value.name;
    if (value.kind === 'class' || value.kind === 'function')
      return `${value.module.name}.${childOf(value.node, 'name')?.text ?? ''}`;
    return '';
  }
  callName(call: Plain, module: Module): string {
    return this.nameOf(this.value(childOf(call, 'function'), module));
  }

  #named(name: string, at: Plain, module: Module): Value {
    for (let node = at.parent; node !== null; node = node.parent) {
      if (node.kind !== 'function_definition') continue;
      const body = childOf(node, 'body');
      const inner = body && this.scope(body).names.get(name);
      if (inner && !(inner.kind === 'value' && inner.node.start <= at.start && at.end <= inner.node.end))
        return this.#bound(inner, module);
      if (parametersOf(node).has(name))
        return name === 'self' || name === 'cls' ? this.#self(node, module) : this.#given(name, node, module);
    }
    const inside = around(at, ['class_definition']);
    const body = inside && around(at, ['function_definition'])?.parent !== inside ? childOf(inside, 'body') : undefined;
    const own = body && this.scope(body).names.get(name);
    if (own && own.kind === 'value' && !(own.node.start <= at.start && at.end <= own.node.end)) return this.#bound(own, module);
    return this.global(module, name) ?? { kind: 'outside', name };
  }
  #self(method: Plain, module: Module): Value {
    const node = around(method, ['class_definition']);
    return node === undefined ? unknown : { kind: 'class', node, module };
  }

  /** What a parameter is given, where only one place calls the function. */
  #given(name: string, definition: Plain, module: Module): Value {
    const known = this.#parameters.get(definition) ?? new Map<string, Value>();
    this.#parameters.set(definition, known);
    const value = known.get(name);
    if (value !== undefined) return value;
    // While it is looked for it is unknown: a function may pass it on to itself.
    known.set(name, unknown);
    const found = this.#passed(name, definition, module);
    known.set(name, found);
    return found;
  }
  #passed(name: string, definition: Plain, module: Module): Value {
    const called = childOf(definition, 'name')?.text ?? '';
    const place = [...parametersOf(definition).keys()].filter((one) => one !== 'self' && one !== 'cls').indexOf(name);
    const all = this.calls(called);
    // A method of many classes: who calls which one is not known.
    if (all.length > mostCalls) return unknown;
    const calls = all.filter((one) => {
      const value = this.value(childOf(one.node, 'function'), one.module);
      return value.kind === 'function' && value.node === definition && value.module === module;
    });
    const [only, more] = calls;
    return only === undefined || more !== undefined ? unknown : this.value(argument(only.node, place, name), only.module);
  }
  /** All calls of what has this last name. */
  calls(name: string): readonly Located[] {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    const found = this.modules.files.flatMap((file) => {
      if (!(this.modules.text(file) ?? '').includes(`${name}(`)) return [];
      const module = this.modules.module(file);
      const calls = module === undefined ? [] : within(module.root, ['call']);
      return calls
        .filter((node) => childOf(node, 'function')?.text.split('.').at(-1) === name)
        .flatMap((node) => (module === undefined ? [] : [{ node, module }]));
    });
    this.#calls.set(name, found);
    return found;
  }

  #bound(binding: Binding, module: Module): Value {
    if (binding.kind === 'definition')
      return { kind: binding.node.kind === 'class_definition' ? 'class' : 'function', node: binding.node, module };
    if (binding.kind === 'value') return this.value(binding.node, module);
    return binding.kind === 'import'
      ? this.imported(this.modules.absolute(binding.module, module), binding.name, module)
      : unknown;
  }

  /** What a name of a module was set to, as it is written, through imports. */
  aliasOf(name: Plain, module: Module): Located | undefined {
    const [object, member] = [childOf(name, 'object'), childOf(name, 'attribute')?.text ?? name.text];
    let source: Module | undefined = module;
    if (object !== undefined) {
      const value = this.value(object, module);
      source = value.kind === 'module' ? value.module : undefined;
    }
    let wanted = member;
    for (let step = 0; source !== undefined && step < 8; step += 1) {
      const own = this.scope(source.root).names.get(wanted);
      if (own?.kind === 'value') return { node: own.node, module: source };
      if (own?.kind !== 'import' || own.name === null) return undefined;
      const file = this.modules.fileOf(this.modules.absolute(own.module, source), source.file);
      source = file === undefined ? undefined : this.modules.module(file);
      wanted = own.name;
    }
    return undefined;
  }

  /** A name of a module as others see it. */
  global(module: Module, name: string): Value | undefined {
    if (this.#depth > deepest) return undefined;
    this.#depth += 1;
    try {
      const scope = this.scope(module.root);
      const own = scope.names.get(name);
      if (own !== undefined) return this.#bound(own, module);
      for (const star of scope.stars) {
        const file = this.modules.fileOf(this.modules.absolute(star, module), module.file);
        const source = file === undefined || file === module.file ? undefined : this.modules.module(file);
        const found = source && this.global(source, name);
        if (found) return found;
      }
      return undefined;
    } finally {
      this.#depth -= 1;
    }
  }

  imported(name: string, member: string | null, from: Module): Value {
    const file = this.modules.fileOf(name, from.file);
    const module = file === undefined ? undefined : this.modules.module(file);
    if (module === undefined) {
      // `import app.models` names `app`, which may have no file of its own.
      const inner = member === null ? undefined : this.modules.fileOf(`${name}.${member}`, from.file);
      const found = inner === undefined ? undefined : this.modules.module(inner);
      return found ? { kind: 'module', module: found } : { kind: 'outside', name: member === null ? name : `${name}.${member}` };
    }
    return member === null ? { kind: 'module', module } : this.member({ kind: 'module', module }, member);
  }

  member(value: Value, name: string): Value {
    switch (value.kind) {
      case 'outside': {
        const stand = this.modules.stand(value.name);
        return (stand && this.global(stand, name)) ?? { kind: 'outside', name: `${value.name}.${name}` };
      }
      case 'module': {
        const own = this.global(value.module, name);
        if (own !== undefined) return own;
        const file = this.modules.fileOf(`${value.module.name}.${name}`, value.module.file);
        const inner = file === undefined ? undefined : this.modules.module(file);
        return inner ? { kind: 'module', module: inner } : unknown;
      }
      case 'class':
        return this.attribute(value, name) ?? unknown;
      case 'call': {
        const made = this.made(value);
        if (made.kind === 'class') return this.attribute(made, name) ?? unknown;
        return made.kind === 'outside' ? { kind: 'outside', name: `${made.name}().${name}` } : unknown;
      }
      default:
        return unknown;
    }
  }

  /** The class of what a call gives. A function may give what it itself gives. */
  made(value: Extract<Value, { readonly kind: 'call' }>): Value {
    let call = value;
    for (let turn = 0; turn <= deepest; turn++) {
      if (call.of.kind !== 'function') return call.of;
      const { node, module } = call.of;
      const annotated = this.value(namedOf(childOf(node, 'return_type'))[0], module);
      if (annotated.kind === 'class') return annotated;
      const [given] = returnsOf(node);
      const result = this.value(given, module);
      if (result.kind !== 'call') return result;
      call = result;
    }
    return unknown;
  }

  /** A class and those above it, nearest first; `outside` ones too. */
  lineage(value: Value, seen: readonly Plain[] = []): readonly Value[] {
    if (value.kind !== 'class' || seen.includes(value.node)) return [value];
    const above = basesOf(value.node).flatMap((base) => {
      const one = this.value(base.kind === 'subscript' ? childOf(base, 'value') : base, value.module);
      return this.lineage(one, [...seen, value.node]);
    });
    const last = (n: number, one: Value) => !above.slice(n + 1).some((other) => this.nameOf(other) === this.nameOf(one));
    return [value, ...above.filter((one, n) => one.kind === 'unknown' || last(n, one))];
  }

  /** The statement of a class or of those above it that gives a name its value: a definition, or the node of the value. */
  attributeNode(value: Value, name: string): Located | undefined {
    for (const one of this.lineage(value)) {
      const body = one.kind === 'class' ? childOf(one.node, 'body') : undefined;
      const found = body && this.scope(body).names.get(name);
      if (found && found.kind !== 'import' && one.kind === 'class') return { node: found.node, module: one.module };
    }
    return undefined;
  }
  attribute(value: Value, name: string): Value | undefined {
    const found = this.attributeNode(value, name);
    if (found === undefined) return undefined;
    if (found.node.kind !== 'function_definition') return this.value(found.node, found.module);
    const isProperty = decoratorsOf(found.node).some(({ text }) => /property$/.test(text));
    return isProperty ? this.value(returnsOf(found.node)[0], found.module) : { kind: 'function', ...found };
  }

  /** The classes of modules that matter by their path or text: to parse all would take most of the time. */
  *classes(matters: (file: string, text: string) => boolean): Generator<ClassValue> {
    for (const file of this.modules.files) {
      if (!matters(file, this.modules.text(file) ?? '')) continue;
      const module = this.modules.module(file);
      if (module === undefined) continue;
      for (const node of statementsOf(module.root)) {
        const definition = node.kind === 'decorated_definition' ? childOf(node, 'definition') : node;
        if (definition?.kind === 'class_definition') yield { kind: 'class', node: definition, module };
      }
    }
  }
}
