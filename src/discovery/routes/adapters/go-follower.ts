import { type Declared, type GoProgram, parametersOf } from '../../grammar/go/program.ts';
import { around, childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { frameworks, netHttp } from './go-frameworks.ts';
import type { Entry, Group, Router } from './go-router.ts';

export type GoValue =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'routes'; readonly entries: readonly Entry[]; readonly group: Group }
  /** `http.StripPrefix("/api", router)`. */
  | { readonly kind: 'stripped'; readonly group: Group }
  | { readonly kind: 'closure'; readonly node: Plain }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown' };
export interface Frame {
  readonly file: string;
  readonly names: Map<string, GoValue>;
  readonly depth: number;
  readonly certain: boolean;
  readonly returns: GoValue[];
}
export const unknown = { kind: 'unknown' } as const;

export interface Called {
  readonly name: string;
  readonly given: readonly Plain[];
  readonly frame: Frame;
}

/** Follows routers through the functions of a program: which prefix they have, and what is used before. Runs nothing. */
export abstract class GoFollower {
  readonly program: GoProgram;
  readonly #fields = new Map<string, GoValue>();
  readonly routers: Router[] = [];
  /** Registrations that were understood, by node. */
  readonly met = new Set<Plain>();
  readonly say: (at: Declared, why: string) => void;
  #steps = 0;
  #shared: Group | undefined;

  constructor(program: GoProgram, say: (at: Declared, why: string) => void) {
    this.program = program;
    this.say = say;
  }

  /** What a method of a router does. */
  abstract method(node: Plain, o: Called & { readonly group: Group }): GoValue;
  /** What is said of a route that was just registered. */
  abstract refined(target: Extract<GoValue, { readonly kind: 'routes' }>, o: Called): GoValue;

  /** Looks at a function by itself. */
  begin(of: Declared): void {
    this.call(of, [], { depth: 0, certain: true });
  }

  call(of: Declared, given: readonly GoValue[], o: { readonly depth: number; readonly certain: boolean }): GoValue {
    const body = childOf(of.node, 'body');
    if (body === undefined || o.depth > 10 || this.#steps > 20_000) return unknown;
    const names = new Map<string, GoValue>();
    for (const [n, { name }] of parametersOf(childOf(of.node, 'parameters')).entries()) names.set(name, given[n] ?? unknown);
    const frame = { file: of.file, names, depth: o.depth, certain: o.certain, returns: [] as GoValue[] };
    this.statement(body, frame);
    return frame.returns.find(({ kind }) => kind !== 'unknown') ?? unknown;
  }

  statement(node: Plain, frame: Frame): undefined {
    this.#steps += 1;
    switch (node.kind) {
      case 'block':
      case 'statement_list':
      case 'expression_statement':
      case 'defer_statement':
      case 'go_statement':
      case 'labeled_statement':
        for (const one of namedOf(node)) this.statement(one, frame);
        return;
      case 'if_statement':
      case 'for_statement':
      case 'expression_switch_statement':
      case 'expression_case':
      case 'default_case':
      case 'select_statement': {
        const start = childOf(node, 'initializer');
        if (start) this.statement(start, frame);
        for (const one of namedOf(node))
          if (/block|_case$|if_statement|statement_list|_statement$/.test(one.kind) && one.field !== 'initializer')
            this.statement(one, { ...frame, certain: false });
        return;
      }
      case 'short_var_declaration':
      case 'assignment_statement':
        return this.#assign(namedOf(childOf(node, 'left')), namedOf(childOf(node, 'right')), frame);
      case 'var_declaration':
        for (const spec of within(node, ['var_spec']))
          this.#assign(
            spec.children.filter(({ field, named }) => field === 'name' && named),
            namedOf(childOf(spec, 'value')),
            frame,
          );
        return;
      case 'return_statement':
        frame.returns.push(
          ...namedOf(namedOf(node)[0])
            .slice(0, 1)
            .map((one) => this.value(one, frame)),
        );
        return;
      default:
        this.value(node, frame);
    }
  }

  #assign(left: readonly Plain[], right: readonly Plain[], frame: Frame): undefined {
    const values = right.map((one) => this.value(one, frame));
    for (const [n, target] of left.entries()) {
      const value = values[n] ?? unknown;
      if (target.kind === 'identifier') frame.names.set(target.text, value);
      else if (target.kind === 'selector_expression' && value.kind === 'group')
        this.#fields.set(childOf(target, 'field')?.text ?? '', value);
    }
  }

  value(node: Plain, frame: Frame): GoValue {
    switch (node.kind) {
      case 'identifier':
        return frame.names.get(node.text) ?? this.#text(node, frame);
      case 'selector_expression':
        if (node.text === 'http.DefaultServeMux') return { kind: 'group', group: this.#default(node, frame) };
        return this.#fields.get(childOf(node, 'field')?.text ?? '') ?? this.#text(node, frame);
      case 'call_expression':
        return this.#called(node, frame);
      case 'func_literal':
        return { kind: 'closure', node };
      case 'unary_expression':
      case 'parenthesized_expression':
      case 'composite_literal':
      case 'literal_value':
        for (const one of within(node, ['keyed_element'])) {
          const [name, value] = namedOf(one).map((part) => namedOf(part)[0] ?? part);
          const made =
            value && /^(identifier|call_expression|selector_expression)$/.test(value.kind) ? this.value(value, frame) : unknown;
          if (name && made.kind === 'group') this.#fields.set(name.text, made);
        }
        return node.kind === 'parenthesized_expression' && namedOf(node)[0]
          ? this.value(namedOf(node)[0] ?? node, frame)
          : unknown;
      default:
        return this.#text(node, frame);
    }
  }
  #text(node: Plain, frame: Frame): GoValue {
    const text = this.program.text(node, frame.file);
    return text === undefined ? unknown : { kind: 'text', text };
  }
  textOf(node: Plain | undefined, frame: Frame): string | undefined {
    const value = node && this.value(node, frame);
    if (value?.kind === 'text') return value.text;
    if (node?.kind !== 'binary_expression') return undefined;
    const [left, right] = [this.textOf(childOf(node, 'left'), frame), this.textOf(childOf(node, 'right'), frame)];
    return left !== undefined && right !== undefined ? left + right : undefined;
  }

  #router(node: Plain, frame: Frame, framework: (typeof frameworks)[number]): Group {
    const router: Router = {
      framework,
      made: node,
      file: frame.file,
      alone: frame.depth === 0,
      isMounted: false,
      entries: [],
      mounts: [],
    };
    this.routers.push(router);
    return { router, prefix: '', guards: [], mounted: [] };
  }
  #default(node: Plain, frame: Frame): Group {
    this.#shared ??= this.#router(node, { ...frame, depth: 1 }, netHttp);
    return this.#shared;
  }

  #called(node: Plain, frame: Frame): GoValue {
    const callee = childOf(node, 'function');
    if (callee === undefined) return unknown;
    const given = namedOf(childOf(node, 'arguments'));
    const [operand, name] = [childOf(callee, 'operand'), childOf(callee, 'field')?.text ?? ''];
    const path =
      operand?.kind === 'identifier' && !frame.names.has(operand.text)
        ? this.program.imports(frame.file).get(operand.text)
        : undefined;
    if (path !== undefined) {
      const made = frameworks.find(({ packages, makes }) => packages.test(path) && makes.test(name));
      if (made !== undefined) return { kind: 'group', group: this.#router(node, frame, made) };
      if (path === 'net/http' && /^Handle(Func)?$/.test(name))
        return this.method(node, { group: this.#default(node, frame), name, given, frame });
      if (path === 'net/http' && name === 'StripPrefix' && given[1]) {
        const inner = this.value(given[1], frame);
        return inner.kind === 'group' ? { kind: 'stripped', group: inner.group } : unknown;
      }
    } else if (operand !== undefined) {
      const target = this.value(operand, frame);
      if (target.kind === 'group') return this.method(node, { group: target.group, name, given, frame });
      if (target.kind === 'routes') return this.refined(target, { name, given, frame });
    }
    return this.#follow(node, { callee, given, frame });
  }

  #follow(node: Plain, o: { readonly callee: Plain; readonly given: readonly Plain[]; readonly frame: Frame }): GoValue {
    const { callee, given, frame } = o;
    const values = given.map((one) => this.value(one, frame));
    const name = childOf(callee, 'field')?.text;
    const direct = this.program.function(callee, frame.file);
    const next = { depth: frame.depth + 1, certain: frame.certain };
    if (direct !== undefined) {
      const isRouter = frameworks.some(({ types }) => types.test(childOf(direct.node, 'result')?.text ?? ''));
      const matters = values.some(({ kind }) => kind === 'group') || isRouter || this.#makes(direct);
      return matters ? this.call(direct, values, next) : unknown;
    }
    if (callee.kind === 'func_literal') return this.call({ node: callee, file: frame.file }, values, next);
    if (name === undefined) return unknown;
    const fits = this.program
      .methods(name)
      .filter(({ node: method }) => parametersOf(childOf(method, 'parameters')).length === given.length);
    const routed = fits.filter((one) =>
      values.some(
        (value, n) =>
          value.kind === 'group' &&
          value.group.router.framework.types.test(parametersOf(childOf(one.node, 'parameters'))[n]?.type ?? ''),
      ),
    );
    const typed =
      routed.length > 0
        ? routed
        : fits.filter(
            (one) => this.#makes(one) || frameworks.some(({ types }) => types.test(childOf(one.node, 'result')?.text ?? '')),
          );
    const near = typed.length > 1 ? typed.filter((one) => this.#isNear(one, childOf(callee, 'operand'), frame)) : typed;
    const [only, more] = near.length === 0 ? typed : near;
    if (only === undefined) return unknown;
    if (more !== undefined) {
      this.say({ node, file: frame.file }, `several types have a method ${name}; which one is called is not known from the text`);
      return unknown;
    }
    return this.call(only, values, next);
  }
  /** Does the receiver's type look like what the call names: `bookHandler.Register` of `BookHandler`? */
  #isNear(method: Declared, operand: Plain | undefined, frame: Frame): boolean {
    const type = /(\w+)\s*\)$/.exec(childOf(method.node, 'receiver')?.text ?? '')?.[1] ?? '';
    const written = within(around(operand ?? method.node, ['block']) ?? operand, ['short_var_declaration', 'var_spec'])
      .filter((one) => (childOf(one, 'left') ?? childOf(one, 'name'))?.text.split(',')[0]?.trim() === operand?.text)
      .map(({ text }) => text)
      .join(' ');
    if (operand?.kind === 'call_expression') return (childOf(operand, 'function')?.text ?? '').includes(type);
    const own = around(operand ?? method.node, ['method_declaration']);
    const receiver = own && parametersOf(childOf(own, 'receiver'))[0];
    if (receiver && receiver.name === operand?.text)
      return (
        receiver.type.replace('*', '') === type &&
        frame.file.split('/').slice(0, -1).join('/') === method.file.split('/').slice(0, -1).join('/')
      );
    return written.toLowerCase().includes(type.toLowerCase()) || (operand?.text ?? '').toLowerCase().endsWith(type.toLowerCase());
  }
  #makes(of: Declared): boolean {
    return within(childOf(of.node, 'body'), ['selector_expression']).some((one) => {
      const path = this.program.imports(of.file).get(childOf(one, 'operand')?.text ?? '');
      const name = childOf(one, 'field')?.text ?? '';
      return (
        path !== undefined &&
        frameworks.some(
          ({ packages, makes }) =>
            packages.test(path) && (makes.test(name) || (path === 'net/http' && /^Handle(Func)?$/.test(name))),
        )
      );
    });
  }
}
