// One path of `final`: what it names is at the end what its owner said, and so is what that depends on.
import type { Place } from '../model/location.ts';
import type { Json } from '../plugin-api.ts';
import { grammar, type Part } from './grammar.ts';
import { stepsOf } from './merge.ts';
import { withDefaults } from './plugin-inputs.ts';
import type { PolicyRequest, View } from './policy.ts';
import { below, covers, without } from './policy-open.ts';
import { firstDifference, nearestTo, nodeAtPath, partsOf, reachAll, same } from './policy-path.ts';
import { isAsked, isChoice } from './policy-reads.ts';
import { Dependencies, stepsBelow } from './policy-step.ts';
import { field, fieldsOf, itemsOf, type Node, placeOf, plain, textOf } from './tree.ts';

type Parts = readonly string[];

/** What a path of `final` names. A key that could stand there and does not is final too: it cannot be set. */
export function namedBy(own: Node, parts: readonly string[]): readonly (readonly string[])[] {
  const key = parts.at(-1) ?? '';
  if (key === '*') return reachAll(own, parts).map(({ path }) => path);
  return reachAll(own, parts.slice(0, -1)).flatMap(({ path, node }) => {
    const at = [...path, key];
    return nodeAtPath(own, at) !== undefined || (node.kind !== 'list' && couldStand(path, key)) ? [at] : [];
  });
}

function couldStand(path: readonly string[], key: string): boolean {
  const [top] = path;
  const part: Part | undefined =
    top === undefined
      ? 'playbook'
      : top === 'phases' && (path.length === 2 || path.length === 4)
        ? path.length === 2
          ? 'phase'
          : 'step'
        : path.length === 1 && (top === 'budget' || top === 'model' || top === 'deliver')
          ? top
          : undefined;
  return part !== undefined && Object.hasOwn(grammar[part].properties, key);
}

interface FinalOptions {
  readonly request: PolicyRequest;
  /** The file of the path with those that it builds on, and with all that are lower. */
  readonly chain: View;
  readonly all: View;
  readonly item: Node;
  readonly path: string;
  /** What the file leaves open. */
  readonly opens: readonly Parts[];
}

export class Final {
  readonly #o: FinalOptions;
  /** Paths that the file leaves open, but for those that this one closes again. */
  readonly #opens: readonly Parts[];
  /** What is compared, without what is open. */
  #view: View;
  #told = false;

  constructor(options: FinalOptions) {
    this.#o = options;
    const parts = partsOf(options.path);
    this.#opens = options.opens.filter((open) => !covers(open, parts));
    this.#view = options.all;
  }

  get #own(): Node | undefined {
    return this.#view.own;
  }
  get #end(): Node | undefined {
    return this.#view.later.at(-1)?.state ?? this.#own;
  }

  check(): void {
    const { path, item, request, chain, all } = this.#o;
    const closed = (view: View): View => ({
      own: without(view.own, this.#opens),
      later: view.later.map(({ layer, state }) => ({ layer, state: without(state, this.#opens) })),
    });
    const views = { chain: closed(chain), all: closed(all) };
    const reached = namedBy(all.own ?? item, partsOf(path));
    if (reached.length === 0) {
      request.complaints.at(
        'policy/path',
        { path, why: 'neither this file nor one below it says anything there' },
        item,
        'value',
      );
    }
    for (const at of reached) {
      this.#view = nodeAtPath(chain.own, at[0] === 'phases' ? at.slice(0, 4) : at) === undefined ? views.all : views.chain;
      if (at[0] === 'protect') this.#protects(at);
      else this.#unchanged(at, 'it is');
      if (at[0] === 'phases' && at[1] !== undefined) this.#phase(at[1]);
      const inStep = at[0] === 'phases' && at[2] === 'steps' && at.length > 4;
      for (const step of inStep ? [at] : stepsBelow(this.#own, at)) this.#effective(step);
      if (at[0] === 'defaults' && at[1] !== undefined && at[1] !== 'timeout') this.#overridden(at[1], at.slice(2));
      if (at[0] === 'inputs' && at[1] !== undefined) this.#input(at[1]);
      this.#option(at);
      this.#dependencies(at);
    }
  }

  /** What the value depends on besides itself. */
  #dependencies(at: Parts): void {
    const { plan } = this.#o.request;
    const servicesOf = (id: string): readonly string[] => {
      const ids = [id, ...(this.#o.request.groups.get(id) ?? [])];
      return plan.phases.flatMap(({ steps }) => steps.flatMap((step) => (ids.includes(step.id) ? step.services : [])));
    };
    for (const dependency of new Dependencies(this.#own, servicesOf).of(at)) {
      switch (dependency.kind) {
        case 'value':
          this.#unchanged(dependency.path, dependency.words, dependency.path);
          break;
        case 'variables': {
          const names = new Set([this.#own, this.#end].flatMap((root) => [...fieldsOf(field(root, 'env')).keys()]));
          for (const name of [...names].filter((each) => !dependency.except.has(each)))
            this.#unchanged(['env', name], `the variable \`${name}\`, which its commands see, is`, ['env', name]);
          break;
        }
        case 'input':
          this.#read(dependency.name);
      }
    }
  }

  /** An input that a final value reads is final as well, where the owner gives it a value and does not say what else it may be. */
  #read(name: string): void {
    const { request, path } = this.#o;
    const at = ['inputs', name];
    if (this.#opens.some((open) => covers(open, at) || covers(at, open))) return;
    const own = nodeAtPath(this.#own, at);
    const words = `the input \`${name}\`, which it reads, is`;
    if (own === undefined) {
      this.#unchanged(at, words, at);
      return;
    }
    for (const key of ['type', 'options', 'required']) this.#unchanged([...at, key], words, at);
    if (isChoice(own)) return;
    if (isAsked(own)) {
      request.complaints.add('policy/open-input', { name, path }, { place: placeOf(own, 'key') });
      return;
    }
    this.#unchanged([...at, 'default'], words, at);
    const given = request.inputs.given.get(name);
    const value = request.inputs.values[name];
    if (given === undefined || value === undefined) return;
    const written = field(own, 'default');
    const before = written === undefined ? null : request.inputs.ofDefault(name, plain(written));
    if (JSON.stringify(value) !== JSON.stringify(before)) this.#tell(`${given.from} ${words} changed`, given.place, at);
  }

  /** The value at a path is the same at the end; `it`: what of the final value that is, in words. */
  #unchanged(at: Parts, it: string, open?: Parts): void {
    const own = nodeAtPath(this.#own, at);
    if (same(own, nodeAtPath(this.#end, at), at)) return;
    const found = this.#view.later.find(({ state }) => !same(own, nodeAtPath(state, at), at));
    if (found === undefined) return;
    const now = nodeAtPath(found.state, at);
    const inside = firstDifference(own, now, at) ?? at;
    const what = now === undefined ? 'removed' : own === undefined ? 'set' : 'changed';
    this.#tell(`${it} ${what} here`, placeOf(nearestTo(found.layer.root, inside), 'value'), open);
  }

  /** `protect` always unites: more may be added. */
  #protects(at: readonly string[]): void {
    const all = itemsOf(nodeAtPath(this.#end, at)).map(plain);
    if (!itemsOf(nodeAtPath(this.#own, at)).every((node) => all.includes(plain(node)))) this.#unchanged(at, 'it is');
  }

  /** A phase that is skipped, or of another kind, takes its steps along. */
  #phase(name: string): void {
    for (const key of ['if', 'kind', 'parallel']) this.#unchanged(['phases', name, key], `\`${key}\` of its phase is`);
  }

  /** What a step gets from `defaults` is its own too. */
  #effective(at: readonly string[]): void {
    const [, , , , key, ...rest] = at;
    const step = nodeAtPath(this.#own, at.slice(0, 4));
    const uses = textOf(step) ?? textOf(field(step, 'uses'));
    if (uses !== undefined && (key === undefined || key === 'with')) {
      const open = below(this.#opens, [...at.slice(0, 4), 'with']);
      const value = (root: Node | undefined): Node | undefined => {
        const given = field(nodeAtPath(root, at.slice(0, 4)), 'with');
        return nodeAtPath(without(withDefaults(nodeAtPath(root, ['defaults', uses]), given), open), rest);
      };
      const difference = firstDifference(value(this.#own), value(this.#end), rest);
      if (difference !== undefined) this.#unchanged(['defaults', uses, ...difference], `with \`defaults\` for \`${uses}\` it is`);
    }
    if ((key === undefined || key === 'timeout') && field(step, 'timeout') === undefined)
      this.#unchanged(['defaults', 'timeout'], 'with `defaults` its `timeout` is');
  }

  /** `defaults` that are final cannot be set aside by a step's own `with`. */
  #overridden(plugin: string, rest: readonly string[]): void {
    const wanted = nodeAtPath(this.#own, ['defaults', plugin, ...rest]);
    for (const [name, phase] of fieldsOf(field(this.#end, 'phases'))) {
      for (const [index, step] of stepsOf(phase).entries()) {
        if (textOf(field(step, 'uses')) !== plugin || field(step, 'with') === undefined) continue;
        const all = withDefaults(nodeAtPath(this.#end, ['defaults', plugin]), field(step, 'with'));
        const given = without(all, below(this.#opens, ['defaults', plugin]));
        const difference = firstDifference(wanted, nodeAtPath(given, rest), rest);
        if (difference === undefined) continue;
        // Whoever made it final, or a file below, may have said so.
        const before = nodeAtPath(this.#own, [
          'phases',
          name,
          'steps',
          textOf(field(step, 'id')) ?? plugin,
          'with',
          ...difference,
        ]);
        const now = nodeAtPath(field(step, 'with'), difference);
        if (now !== undefined && (before === undefined || !same(before, now, [])))
          this.#tell(`the step ${index + 1} of \`${name}\` says something else`, placeOf(now, 'value'));
      }
    }
  }

  #input(name: string): void {
    const { inputs } = this.#o.request;
    const own = nodeAtPath(this.#own, ['inputs', name, 'default']);
    const given = inputs.given.get(name);
    if (own === undefined || given === undefined || inputs.values[name] === undefined) return;
    if (JSON.stringify(inputs.values[name]) !== JSON.stringify(inputs.ofDefault(name, plain(own))))
      this.#tell(`${given.from} it is changed`, given.place);
  }

  /** `--sandbox` and `--model`. */
  #option([key]: readonly string[]): void {
    if (key !== 'sandbox' && key !== 'model') return;
    const given = this.#o.request.overrides[key];
    const own: Json | undefined = textOf(nodeAtPath(this.#own, [key]));
    if (given !== undefined && given !== own) this.#tell(`with --${key} it is changed`, undefined);
  }

  /** `open`: what the owner could open for it. */
  #tell(how: string, place: Place | undefined, open?: Parts): void {
    if (this.#told) return;
    this.#told = true;
    const { path, item, request } = this.#o;
    const owner = placeOf(item, 'value');
    request.complaints.add(
      'policy/final',
      {
        path,
        how,
        owner: `${owner.file}:${owner.range.start.line}`,
        ...(open === undefined ? {} : { open: open.map((part) => (part.includes('.') ? `"${part}"` : part)).join('.') }),
      },
      { ...(place === undefined ? {} : { place }), related: [{ place: owner, message: 'It is made final here.' }] },
    );
  }
}
