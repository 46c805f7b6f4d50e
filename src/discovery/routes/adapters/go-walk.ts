import { type GoProgram, parametersOf } from '../../grammar/go/program.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { type Frame, GoFollower, type GoValue, unknown } from './go-follower.ts';
import { joined, openPath } from './go-frameworks.ts';
import { GoHandlers } from './go-handlers.ts';
import type { Entry, Group } from './go-router.ts';

const verbOf = (name: string, verbs: Readonly<Record<string, string>>) => (Object.hasOwn(verbs, name) ? verbs[name] : undefined);

/** Routes, groups and mounts as methods of routers make them. */
export class GoWalk extends GoFollower {
  readonly #handlers: GoHandlers;

  constructor(program: GoProgram, say: GoFollower['say']) {
    super(program, say);
    this.#handlers = new GoHandlers(program);
  }

  /** `.Methods("GET")` of a route of gorilla/mux. */
  override refined(
    target: Extract<GoValue, { readonly kind: 'routes' }>,
    o: { readonly name: string; readonly given: readonly Plain[]; readonly frame: Frame },
  ): GoValue {
    const texts = o.given.flatMap((one) => this.textOf(one, o.frame) ?? []);
    if (o.name === 'Methods') {
      const [entry] = target.entries;
      const [first, ...more] = texts;
      if (entry && first !== undefined) {
        entry.method = first;
        target.group.router.entries.push(...more.map((method) => ({ ...entry, method })));
      }
    }
    if (/^Handler(Func)?$/.test(o.name) && o.given[0])
      for (const entry of target.entries) Object.assign(entry, { handler: this.#handlers.handler(o.given[0], o.frame.file) });
    return o.name === 'Subrouter' ? { kind: 'group', group: target.group } : target;
  }

  override method(
    node: Plain,
    o: { readonly group: Group; readonly name: string; readonly given: readonly Plain[]; readonly frame: Frame },
  ): GoValue {
    const { group, name, given, frame } = o;
    const { framework } = group.router;
    const at = { file: frame.file, line: node.line };
    const guards = (nodes: readonly Plain[]) =>
      nodes.map((one) => this.#handlers.guard(one, frame.file, (node) => this.textOf(node, frame)));
    const self = { kind: 'group', group } as const;
    if (name === 'Use' || name === 'Pre') {
      if (framework.name === 'fiber' && this.textOf(given[0], frame) !== undefined) return self;
      group.guards.push(...guards(given));
      return self;
    }
    if (name === 'With') return { kind: 'group', group: { ...group, guards: [...group.guards, ...guards(given)] } };
    if (name === 'Group' && given[0]?.kind !== 'func_literal') {
      const prefix = this.textOf(given[0], frame);
      if (prefix === undefined)
        this.say({ node, file: frame.file }, 'its prefix is not known from the text; the paths below lack it');
      return {
        kind: 'group',
        group: {
          ...group,
          prefix: joined(group.prefix, openPath(prefix ?? '')),
          guards: [...group.guards, ...guards(given.slice(1))],
          mounted: [...group.mounted, at],
        },
      };
    }
    if (name === 'Group' || name === 'Route') return this.#nested(node, o);
    if (name === 'Mount' || (/^Handle$/.test(name) && given.length === 2)) {
      const inner = given[1] && this.value(given[1], frame);
      if (inner && (inner.kind === 'group' || inner.kind === 'stripped'))
        return this.#mount(group, { inner, prefix: this.textOf(given[0], frame), isMount: name === 'Mount', at, frame, node });
      if (name === 'Mount') {
        this.say({ node, file: frame.file }, 'the router that is mounted is not known from the text');
        return self;
      }
    }
    if (name === 'PathPrefix')
      return {
        kind: 'routes',
        entries: [],
        group: {
          ...group,
          prefix: joined(group.prefix, openPath(this.textOf(given[0], frame) ?? '')),
          guards: [...group.guards],
          mounted: [...group.mounted, at],
        },
      };
    return this.#route(node, o) ?? unknown;
  }

  #nested(
    node: Plain,
    {
      group,
      name,
      given,
      frame,
    }: { readonly group: Group; readonly name: string; readonly given: readonly Plain[]; readonly frame: Frame },
  ): GoValue {
    const closure = given.at(-1);
    const prefix = name === 'Route' ? this.textOf(given[0], frame) : '';
    const inner: Group = {
      ...group,
      prefix: joined(group.prefix, openPath(prefix ?? '')),
      guards: [...group.guards],
      mounted: [...group.mounted, { file: frame.file, line: node.line }],
    };
    if (prefix === undefined)
      this.say({ node, file: frame.file }, 'its prefix is not known from the text; the paths below lack it');
    const value = closure && this.value(closure, frame);
    if (value?.kind === 'closure') {
      const parameter = parametersOf(childOf(value.node, 'parameters'))[0]?.name ?? '';
      const body = childOf(value.node, 'body');
      if (body)
        this.statement(body, { ...frame, names: new Map([...frame.names, [parameter, { kind: 'group', group: inner }]]) });
    } else if (closure) {
      const declared =
        this.program.function(closure, frame.file) ?? this.program.methods(childOf(closure, 'field')?.text ?? '')[0];
      if (declared) this.call(declared, [{ kind: 'group', group: inner }], { depth: frame.depth + 1, certain: frame.certain });
    }
    return { kind: 'group', group: inner };
  }

  #mount(
    group: Group,
    o: {
      readonly inner: Extract<GoValue, { readonly group: Group }>;
      readonly prefix: string | undefined;
      readonly isMount: boolean;
      readonly at: Entry['registered'];
      readonly frame: Frame;
      readonly node: Plain;
    },
  ): GoValue {
    const { inner, at } = o;
    this.met.add(o.node);
    const keeps = !o.isMount && inner.kind !== 'stripped';
    if (inner.group.router === group.router) return unknown;
    inner.group.router.isMounted = true;
    group.router.mounts.push({
      of: inner.group.router,
      prefix: keeps ? '' : joined(group.prefix, openPath((o.prefix ?? '').replace(/^[A-Z]+ /, ''))).replace(/\/$/, ''),
      guards: [...group.guards],
      at,
      certain: o.frame.certain && o.prefix !== undefined,
    });
    return unknown;
  }

  #route(
    node: Plain,
    {
      group,
      name,
      given,
      frame,
    }: { readonly group: Group; readonly name: string; readonly given: readonly Plain[]; readonly frame: Frame },
  ): GoValue | undefined {
    const { framework } = group.router;
    let methods = [verbOf(name, framework.verbs)];
    let rest = given;
    if (/^(Handle|Add|Method|MethodFunc|Match)$/.test(name) && given.length >= 3) {
      const list =
        given[0] && /literal/.test(given[0].kind) && given[0].kind === 'composite_literal'
          ? within(given[0], ['interpreted_string_literal', 'selector_expression'])
          : given.slice(0, 1);
      methods = list.map((one) => this.textOf(one, frame));
      rest = given.slice(1);
    }
    if (methods[0] === undefined || rest.length < 2) return undefined;
    const written = this.textOf(rest[0], frame);
    this.met.add(node);
    if (written === undefined) {
      this.say({ node, file: frame.file }, 'its path is not known from the text');
      return unknown;
    }
    const [, verb, path = written] =
      framework.name === 'net/http' || framework.name === 'chi' ? (/^([A-Z]+)\s+(.*)$/.exec(written) ?? []) : [];
    const others = rest.slice(1);
    const handler = framework.order === 'first' ? others[0] : others.at(-1);
    const before = framework.order === 'first' ? others.slice(1) : others.slice(0, -1);
    const entries = methods.map(
      (method): Entry => ({
        method: verb ?? method ?? 'ALL',
        path:
          joined(group.prefix, openPath(path.replace(/^[\w.-]+(?=\/)/, (host) => (framework.name === 'net/http' ? '' : host)))) ||
          '/',
        registered: { file: frame.file, line: node.line },
        handler: this.#handlers.handler(handler ?? node, frame.file),
        guards: [
          ...group.guards,
          ...before.map((one) => this.#handlers.guard(one, frame.file, (node) => this.textOf(node, frame))),
          ...(handler ? this.#handlers.wrapped(handler, frame.file) : []),
        ],
        mounted: group.mounted,
        certain: frame.certain,
      }),
    );
    group.router.entries.push(...entries);
    return { kind: 'routes', entries, group };
  }
}
