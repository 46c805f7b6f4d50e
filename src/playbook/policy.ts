// A template is also a policy: what it makes final cannot be changed above it. `bounds` are in policy-bounds.ts.
import type { Place } from '../model/location.ts';
import type { Plan } from '../model/plan.ts';
import type { Json } from '../plugin-api.ts';
import type { Registry } from '../registry/registry.ts';
import type { Complaints } from './complaints.ts';
import { grammar, type Part } from './grammar.ts';
import type { Inputs } from './inputs.ts';
import { inherited, type Layer, type Layers } from './layers.ts';
import { merge, stepsOf } from './merge.ts';
import { withDefaults } from './plugin-inputs.ts';
import { checkBounds } from './policy-bounds.ts';
import { firstDifference, nearestTo, nodeAtPath, partsOf, reachAll, same } from './policy-path.ts';
import { field, fieldsOf, itemsOf, type MapNode, type Node, placeOf, plain, textOf } from './tree.ts';

export interface PolicyRequest {
  readonly layers: Layers;
  /** All files as one, before and after `foreach`. */
  readonly root: Node;
  readonly expanded: MapNode;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly plan: Plan;
  readonly inputs: Inputs;
  readonly overrides: { readonly model?: string; readonly sandbox?: string };
  readonly registry: Registry;
  readonly complaints: Complaints;
}

export async function checkPolicy(request: PolicyRequest): Promise<void> {
  const states: Node[] = [];
  for (const layer of request.layers.list) states.push(merge(states.at(-1), inherited(layer)));
  for (const [index, layer] of request.layers.list.entries()) {
    for (const item of itemsOf(field(layer.root, 'final'))) {
      const path = textOf(item);
      if (path !== undefined) new Final({ request, states, index, layer, item, path }).check();
    }
    await checkBounds(layer, request);
  }
}

/** What a path of `final` names. A key that could stand there and does not is final too: it cannot be set. */
function namedBy(own: Node, parts: readonly string[]): readonly (readonly string[])[] {
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
  /** All up to each layer, merged. */
  readonly states: readonly Node[];
  readonly index: number;
  readonly layer: Layer;
  readonly item: Node;
  readonly path: string;
}

class Final {
  readonly #o: FinalOptions;
  readonly #own: Node;
  readonly #end: Node;
  #told = false;

  constructor(options: FinalOptions) {
    this.#o = options;
    this.#own = options.states[options.index] ?? options.layer.root;
    this.#end = options.states.at(-1) ?? options.layer.root;
  }

  check(): void {
    const { path, item, request } = this.#o;
    const reached = namedBy(this.#own, partsOf(path));
    if (reached.length === 0) {
      request.complaints.at(
        'policy/path',
        { path, why: 'neither this file nor one below it says anything there' },
        item,
        'value',
      );
    }
    for (const at of reached) {
      if (at[0] === 'protect') this.#protects(at);
      else this.#unchanged(at, 'it is');
      if (at[0] === 'phases' && at[1] !== undefined) this.#phase(at[1]);
      if (at[0] === 'phases' && at[2] === 'steps' && at[3] !== undefined) this.#effective(at);
      if (at[0] === 'defaults' && at[1] !== undefined && at[1] !== 'timeout') this.#overridden(at[1], at.slice(2));
      if (at[0] === 'inputs' && at[1] !== undefined) this.#input(at[1]);
      this.#option(at);
    }
  }

  /** The value at a path is the same at the end; `it`: what of the final value that is, in words. */
  #unchanged(at: readonly string[], it: string): void {
    const own = nodeAtPath(this.#own, at);
    if (same(own, nodeAtPath(this.#end, at))) return;
    const { states, index, request } = this.#o;
    const above = states.findIndex((state, each) => each > index && !same(own, nodeAtPath(state, at)));
    const layer = request.layers.list[above];
    const state = states[above];
    if (layer === undefined || state === undefined) return;
    const now = nodeAtPath(state, at);
    const inside = firstDifference(own, now, at) ?? at;
    const what = now === undefined ? 'removed' : own === undefined ? 'set' : 'changed';
    this.#tell(`${it} ${what} here`, placeOf(nearestTo(layer.root, inside), 'value'));
  }

  /** `protect` always unites: more may be added. */
  #protects(at: readonly string[]): void {
    const all = itemsOf(nodeAtPath(this.#end, at)).map(plain);
    if (!itemsOf(nodeAtPath(this.#own, at)).every((node) => all.includes(plain(node)))) this.#unchanged(at, 'it is');
  }

  /** A phase that is skipped, or of another kind, takes its steps along. */
  #phase(name: string): void {
    for (const key of ['if', 'kind']) this.#unchanged(['phases', name, key], `\`${key}\` of its phase is`);
  }

  /** What a step gets from `defaults` is its own too. */
  #effective(at: readonly string[]): void {
    const [, , , , key, ...rest] = at;
    const step = nodeAtPath(this.#own, at.slice(0, 4));
    const uses = textOf(step) ?? textOf(field(step, 'uses'));
    if (uses !== undefined && (key === undefined || key === 'with')) {
      const value = (root: Node): Node | undefined => {
        const given = field(nodeAtPath(root, at.slice(0, 4)), 'with');
        return nodeAtPath(withDefaults(nodeAtPath(root, ['defaults', uses]), given), rest);
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
        const given = withDefaults(nodeAtPath(this.#end, ['defaults', plugin]), field(step, 'with'));
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
        if (now !== undefined && (before === undefined || !same(before, now)))
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

  #tell(how: string, place: Place | undefined): void {
    if (this.#told) return;
    this.#told = true;
    const { path, item, request } = this.#o;
    const owner = placeOf(item, 'value');
    request.complaints.add(
      'policy/final',
      { path, how, owner: `${owner.file}:${owner.range.start.line}` },
      { ...(place === undefined ? {} : { place }), related: [{ place: owner, message: 'It is made final here.' }] },
    );
  }
}
