// How a file changes what the files below it say: maps merge by key, steps by id, lists replace, `append:` adds, `protect` unites,
// and `null` removes (LANGUAGE rule 11).
import type { Path } from '../model/location.ts';
import { field, fieldsOf, itemsOf, type MapNode, type Node, plain, textOf } from './tree.ts';

/** Both files as one. Nodes keep the origin that they had. */
export function merge(below: Node | undefined, above: Node, path: Path = []): Node {
  if (below === undefined) return above;
  const added = appended(above);
  if (added !== undefined && below.kind === 'list') return { ...added, items: [...below.items, ...added.items] };
  if (below.kind === 'list' && above.kind === 'list') {
    if (path.length === 1 && (path[0] === 'protect' || path[0] === 'final'))
      return { ...above, items: united(below.items, above.items) };
    if (path.length === 3 && path[0] === 'phases' && path[2] === 'steps')
      return { ...above, items: byId(below.items, above.items) };
    return above;
  }
  return below.kind === 'map' && above.kind === 'map' ? mergeMaps(below, above, path) : above;
}

function mergeMaps(below: MapNode, above: MapNode, path: Path): MapNode {
  const fields = new Map(below.fields);
  for (const [key, node] of above.fields) {
    const removes = isNull(node) && fields.has(key);
    if (removes && isLasting([...path, key])) continue;
    if (removes) fields.delete(key);
    else fields.set(key, merge(fields.get(key), node, [...path, key]));
  }
  return { ...above, fields };
}

/** What nothing takes away: a file that tries is told so. */
const lasting = ['protect', 'final', 'bounds'];
const isLasting = ([top, ...more]: Path): boolean => more.length < 2 && lasting.includes(String(top));
const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

/** The nulls by which a file would take away what files below it say for good. */
export const lastingRemoved = (below: Node | undefined, above: Node): readonly Node[] =>
  lasting.flatMap((key) => {
    const [known, node] = [field(below, key), field(above, key)];
    if (known === undefined || node === undefined) return [];
    if (isNull(node)) return [node];
    return [...fieldsOf(node)].flatMap(([path, item]) => (isNull(item) && field(known, path) !== undefined ? [item] : []));
  });

type ListNode = Extract<Node, { readonly kind: 'list' }>;

/** The list of `{ append: [...] }`. */
export function appended(node: Node): ListNode | undefined {
  const list = field(node, 'append');
  return list?.kind === 'list' && fieldsOf(node).size === 1 ? list : undefined;
}

function united(below: readonly Node[], above: readonly Node[]): readonly Node[] {
  const known = new Set(below.map((node) => JSON.stringify(plain(node))));
  return [...below, ...above.filter((node) => !known.has(JSON.stringify(plain(node))))];
}

/** The id under which a step is known: its own, or the name of its plugin. */
export function stepId(node: Node): string | undefined {
  return pluginId(textOf(node)) ?? textOf(field(node, 'id')) ?? pluginId(textOf(field(node, 'uses')));
}
/** `./plugins/my-gate` is `my-gate`. */
const pluginId = (uses: string | undefined): string | undefined => uses?.split('/').filter(Boolean).at(-1);

function byId(below: readonly Node[], above: readonly Node[]): readonly Node[] {
  const merged = [...below];
  for (const step of above) {
    const id = stepId(step);
    const at = id === undefined ? -1 : merged.findIndex((known) => stepId(known) === id);
    const known = merged[at];
    if (known === undefined) merged.push(step);
    // The name alone adds nothing to the same step below.
    else if (step.kind === 'map') {
      const next = merge(asMap(known), step);
      if (hasBody(next)) merged[at] = next;
      else merged.splice(at, 1);
    }
  }
  return merged;
}

/** `{ id: load, uses: null }` takes from the step below what it runs: the step is removed. */
const hasBody = (step: Node): boolean => ['uses', 'run', 'argv', 'include'].some((key) => field(step, key) !== undefined);

/** `- tests` is `- uses: tests`. */
function asMap(step: Node): Node {
  return step.kind === 'scalar' ? { kind: 'map', fields: new Map([['uses', step]]), origin: step.origin } : step;
}

/** The one form of a file in which merging works: a phase that is a list of steps becomes a map with `steps`. */
export function normalised(root: Node): Node {
  const phases = field(root, 'phases');
  if (root.kind !== 'map' || phases?.kind !== 'map') return root;
  const fields = new Map<string, Node>();
  for (const [name, phase] of phases.fields) {
    const steps = phase.kind === 'list' ? phase : appended(phase) === undefined ? undefined : phase;
    fields.set(name, steps === undefined ? phase : { kind: 'map', fields: new Map([['steps', steps]]), origin: phase.origin });
  }
  return { ...root, fields: new Map(root.fields).set('phases', { ...phases, fields }) };
}

/** A list of steps, also below `append`. */
export const isStepList = (node: Node | undefined): ListNode | undefined =>
  node === undefined ? undefined : node.kind === 'list' ? node : appended(node);

/** Steps of a phase, whichever form it has. */
export const stepsOf = (phase: Node): readonly Node[] => itemsOf(field(phase, 'steps'));

/** Only then the code that makes several steps of one is loaded. */
export const hasForeach = (root: Node): boolean =>
  [...fieldsOf(field(root, 'phases')).values()].some((phase) =>
    stepsOf(phase).some((step) => field(step, 'foreach') !== undefined),
  );
