// A template is also a policy: what it makes final cannot be changed above it, and amounts stay within its bounds.
import type { Plan } from '../model/plan.ts';
import type { Registry } from '../registry/registry.ts';
import type { Complaints } from './complaints.ts';
import type { Inputs } from './inputs.ts';
import { inherited, type Layer, type Layers } from './layers.ts';
import { merge } from './merge.ts';
import { checkBounds } from './policy-bounds.ts';
import { Final, namedBy } from './policy-final.ts';
import { finalsOf, opensOf, type PolicyPath } from './policy-open.ts';
import { partsOf, reachAll } from './policy-path.ts';
import type { MapNode, Node } from './tree.ts';

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

/** What is held against what: what an owner says, and what it becomes with each file that is not the owner's. */
export interface View {
  readonly own: Node | undefined;
  readonly later: readonly { readonly layer: Layer; readonly state: Node | undefined }[];
}

function viewOf(list: readonly Layer[], owners: readonly Layer[]): View {
  const merged = (layers: readonly Layer[]): Node | undefined =>
    list.reduce<Node | undefined>((below, layer) => (layers.includes(layer) ? merge(below, inherited(layer)) : below), undefined);
  const others = list.filter((layer) => !owners.includes(layer));
  const later = others.map((layer, index) => ({ layer, state: merged([...owners, ...others.slice(0, index + 1)]) }));
  return { own: merged(owners), later };
}

export async function checkPolicy(request: PolicyRequest): Promise<void> {
  const { list } = request.layers;
  for (const [index, layer] of list.entries()) {
    const { closed, open } = finalsOf(layer);
    if (closed.length + open.length > 0) {
      // A file that is lower and that the owner does not build on is no part of what it decided; what it alone says is held all the same.
      // A playbook that is played itself stands above all: it knows what is below.
      const all = viewOf(list, list.slice(0, index + 1));
      const own = list.filter((other) => other === layer || layer.on?.includes(other.source) === true);
      const chain = layer.role === 'playbook' ? all : viewOf(list, own);
      const opens = opensOf(layer);
      for (const { item, path } of closed) new Final({ request, chain, all, item, path, opens }).check();
      checkOpen(open, all.own, request);
    }
    await checkBounds(layer, request);
  }
}

/** What teams bring along themselves: a policy may open names there that it does not know. */
const theirs = ['env', 'inputs', 'secrets', 'services', 'defaults', 'working-directory'];

/** A path with `!` names something that is there, or could be; what is misspelt would stay closed. */
function checkOpen(open: readonly PolicyPath[], own: Node | undefined, { complaints }: PolicyRequest): void {
  for (const { item, path } of open) {
    const parts = partsOf(path);
    if (theirs.includes(parts[0] ?? '')) continue;
    const inStep = parts[0] === 'phases' && parts.length > 5;
    if (own !== undefined && (inStep ? reachAll(own, parts.slice(0, 4)) : namedBy(own, parts)).length > 0) continue;
    complaints.at('policy/path', { path: `!${path}`, why: 'there is nothing that it could open' }, item, 'value');
  }
}
