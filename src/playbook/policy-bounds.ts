// `bounds:` limits amounts wherever they come from: this file or any other, `defaults`, inputs, and what a plugin takes by default.
import type { Place } from '../model/location.ts';
import type { Template } from '../model/plan.ts';
import type { Json } from '../plugin-api.ts';
import { isFields } from '../registry/conform.ts';
import { parseQuantity, type QuantityFormat } from '../registry/quantity.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Layer } from './layers.ts';
import type { PolicyRequest } from './policy.ts';
import { nodeAtPath, partsOf, reachAll } from './policy-path.ts';
import { field, fieldsOf, type Node, placeOf, plain } from './tree.ts';

/** In milliseconds, bytes, percent or as a count; without a unit where it is a mere number. */
interface Amount {
  readonly value: number;
  readonly unit?: QuantityFormat;
  readonly written: string;
}
/** One value that a path names. `value` undefined: not set; null: not known yet. */
interface Target {
  readonly name: string;
  readonly value: Json | undefined;
  readonly open?: true;
  readonly place?: Place;
  readonly from?: string;
}

const units: readonly QuantityFormat[] = ['percent', 'duration', 'size', 'count'];

function amountOf(value: Json): Amount | undefined {
  if (typeof value === 'number') return { value, written: String(value) };
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text), written: text };
  for (const unit of units) {
    const parsed = parseQuantity(unit, text);
    if (parsed !== undefined) return { value: parsed, unit, written: text };
  }
  return undefined;
}

/** Milliseconds and bytes of the program itself have no unit; a person's amounts of time and size always have one. */
function comparable(value: Amount, bound: Amount): boolean {
  if (value.unit === bound.unit || value.unit === undefined) return true;
  return bound.unit === undefined && (value.unit === 'percent' || value.unit === 'count');
}

export async function checkBounds(layer: Layer, request: PolicyRequest): Promise<void> {
  for (const [path, node] of fieldsOf(field(layer.root, 'bounds'))) {
    const bound = readBound(path, node, request);
    if (bound === undefined) continue;
    const targets = await targetsOf(partsOf(path), request);
    if (targets === undefined) {
      request.complaints.at('policy/path', { path, why: 'there is no such input' }, node, 'key');
      continue;
    }
    if (targets.length === 0 && !partsOf(path).includes('*') && partsOf(path)[0] !== 'defaults')
      complain({ request, node, bound, target: { name: path, value: undefined } });
    for (const target of targets) checkTarget({ request, node, bound, target });
  }
}

interface Bound {
  readonly min?: Amount;
  readonly max?: Amount;
}

function readBound(path: string, node: Node, { complaints }: PolicyRequest): Bound | undefined {
  const read = (key: string): Amount | undefined => {
    const item = field(node, key);
    if (item === undefined) return undefined;
    const amount = amountOf(plain(item));
    if (amount !== undefined) return amount;
    const facts = { key, expected: 'an amount such as `80`, `80%`, `10m`, `64KiB` or `2M`', found: valueWords(plain(item)) };
    complaints.at('playbook/form', facts, item, 'value');
    return undefined;
  };
  const [min, max] = [read('min'), read('max')];
  if (
    node.kind !== 'map' ||
    (min === undefined && field(node, 'min') !== undefined) ||
    (max === undefined && field(node, 'max') !== undefined)
  )
    return undefined;
  const refuse = (why: string): undefined => {
    complaints.at('policy/path', { path, why }, node, 'key');
    return undefined;
  };
  if (min === undefined && max === undefined) return refuse('it has neither `min` nor `max`');
  if (min !== undefined && max !== undefined && (!comparable(min, max) || min.value > max.value))
    return refuse('no amount is at least its `min` and at most its `max`');
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

interface Check {
  readonly request: PolicyRequest;
  readonly node: Node;
  readonly bound: Bound;
  readonly target: Target;
}

function checkTarget(check: Check): void {
  const { min, max } = check.bound;
  const amount = check.target.value === undefined ? undefined : amountOf(check.target.value);
  const fits =
    amount !== undefined &&
    [min, max].every((bound) => bound === undefined || comparable(amount, bound)) &&
    (min === undefined || amount.value >= min.value) &&
    (max === undefined || amount.value <= max.value);
  if (!fits) complain(check);
}

function complain({ request, node, bound, target }: Check): void {
  const { min, max } = bound;
  const must = [
    ...(min === undefined ? [] : [`at least ${min.written}`]),
    ...(max === undefined ? [] : [`at most ${max.written}`]),
  ];
  const it = target.from === undefined ? 'it is' : `${target.from} it is`;
  const found =
    target.open === true
      ? 'it is known only while the run goes on'
      : target.value === undefined || target.value === null
        ? 'it is not set'
        : `${it} ${amountOf(target.value)?.written ?? valueWords(target.value)}`;
  const owner = placeOf(node, 'key');
  request.complaints.add(
    'policy/bound',
    { path: target.name, must: must.join(' and '), found, owner: `${owner.file}:${owner.range.start.line}` },
    {
      ...(target.place === undefined ? {} : { place: target.place }),
      related: [{ place: owner, message: 'The bounds are set here.' }],
    },
  );
}

/** Undefined: the path names an input that there is not. */
async function targetsOf(parts: readonly string[], request: PolicyRequest): Promise<readonly Target[] | undefined> {
  const [top, first, third, step, key, ...rest] = parts;
  if (top === 'inputs' && first !== undefined) return inputTargets(first, request);
  if (top === 'defaults' && first === 'timeout' && parts.length === 2) return timeouts({ phase: '*', step: '*' }, request);
  if (top === 'defaults' && first !== undefined && parts.length > 2)
    return pluginInputs({ phase: '*', step: first, plugin: true, path: parts.slice(2) }, request);
  if (top === 'phases' && first !== undefined && third === 'steps' && step !== undefined) {
    if (key === 'with' && rest.length > 0) return pluginInputs({ phase: first, step, plugin: false, path: rest }, request);
    if (key === 'timeout' && rest.length === 0) return timeouts({ phase: first, step }, request);
    return stepNodes({ phase: first, step }, request).flatMap(({ name, node }) => {
      const found = nodeAtPath(node, parts.slice(4));
      if (found === undefined && step === '*') return [];
      const at = `${name}.${parts.slice(4).join('.')}`;
      return [{ name: at, value: found === undefined ? undefined : plain(found), place: placeOf(found ?? node, 'value') }];
    });
  }
  return reachAll(request.root, parts).map(({ path, node }) => ({
    name: path.join('.'),
    value: plain(node),
    place: placeOf(node, 'value'),
  }));
}

function inputTargets(name: string, { inputs }: PolicyRequest): readonly Target[] | undefined {
  const names = name === '*' ? [...inputs.all.keys()] : [name];
  if (names.some((each) => !inputs.all.has(each))) return undefined;
  return names.flatMap((each) => {
    const input = inputs.all.get(each);
    // Its lack is another problem.
    if (input === undefined || inputs.missing.has(each) || !Object.hasOwn(inputs.values, each)) return [];
    const given = inputs.given.get(each);
    const written = field(input.node, 'default');
    const place = given === undefined ? placeOf(written ?? input.node, written === undefined ? 'key' : 'value') : given.place;
    return [
      {
        name: `inputs.${each}`,
        value: inputs.values[each] ?? undefined,
        ...(place === undefined ? {} : { place }),
        ...(given === undefined ? {} : { from: given.from }),
      },
    ];
  });
}

interface Steps {
  readonly phase: string;
  /** Its id, the one that it had before `foreach`, or its plugin: another id leads around no bound. */
  readonly step: string;
}

function stepNodes(of: Steps, request: PolicyRequest) {
  const pluginName = (plugin: string): string => plugin.split('/').at(-1) ?? plugin;
  return request.plan.phases
    .filter(({ id }) => of.phase === '*' || of.phase === id)
    .flatMap((phase) =>
      phase.steps
        .filter(
          ({ id, body }) =>
            of.step === '*' ||
            id === of.step ||
            request.groups.get(of.step)?.includes(id) === true ||
            (body.kind === 'plugin' && (body.plugin === of.step || pluginName(body.plugin) === of.step)),
        )
        .flatMap((plan) => {
          const name = `phases.${phase.id}.steps.${plan.id}`;
          const node = nodeAtPath(request.expanded, ['phases', phase.id, 'steps', plan.id]);
          return node === undefined ? [] : [{ name, plan, node }];
        }),
    );
}

function timeouts(of: Steps, request: PolicyRequest): readonly Target[] {
  return stepNodes(of, request).map(({ name, plan, node }) => {
    const written = field(node, 'timeout') ?? nodeAtPath(request.expanded, ['defaults', 'timeout']);
    const value = written === undefined ? `${plan.timeoutMs / 60_000}m` : plain(written);
    return { name: `${name}.timeout`, value, place: placeOf(written ?? node, written === undefined ? 'head' : 'value') };
  });
}

/** What steps hand to their plugin, with all that is filled in for them. */
async function pluginInputs(
  of: Steps & { readonly plugin: boolean; readonly path: readonly string[] },
  request: PolicyRequest,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const { name, plan, node } of stepNodes(of, request)) {
    if (plan.body.kind !== 'plugin' || (of.plugin && plan.body.plugin !== of.step)) continue;
    const { plugin } = plan.body;
    const set = templateAt(plan.body.with, of.path);
    const value = set ?? (await byDefault(plugin, of.path, request));
    if (value === undefined && of.step === '*') continue;
    const written = nodeAtPath(field(node, 'with'), of.path) ?? nodeAtPath(request.expanded, ['defaults', plugin, ...of.path]);
    const place = placeOf(written ?? node, written === undefined ? 'head' : 'value');
    const target = { name: `${name}.with.${of.path.join('.')}`, place };
    targets.push(
      value === undefined || value.kind === 'literal'
        ? { ...target, value: value?.value }
        : { ...target, value: undefined, open: true },
    );
  }
  return targets;
}

function templateAt(template: Template, path: readonly string[]): Template | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return template;
  switch (template.kind) {
    case 'literal':
      return literalAt(template.value, path);
    case 'map': {
      const next = template.entries[part];
      return next === undefined ? undefined : templateAt(next, rest);
    }
    case 'list': {
      const next = template.items[Number(part)];
      return next === undefined ? undefined : templateAt(next, rest);
    }
    case 'expression':
    case 'text':
      return template;
  }
}

function literalAt(value: Json, path: readonly string[]): Template | undefined {
  let at: Json | undefined = value;
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)] as Json | undefined;
    else if (at !== undefined && isFields(at)) at = at[part];
    else return undefined;
  }
  return at === undefined ? undefined : { kind: 'literal', value: at };
}

/** The value that the manifest of the plugin fills in. */
async function byDefault(plugin: string, path: readonly string[], { registry }: PolicyRequest): Promise<Template | undefined> {
  const found = await registry.manifest(plugin);
  return found.ok ? literalAt((await registry.examine(plugin, {})).value, path) : undefined;
}
