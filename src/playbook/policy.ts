// A template is also a policy: what it makes final cannot be changed above it, and amounts stay within its bounds.
import type { Plan } from '../model/plan.ts';
import type { Registry } from '../registry/registry.ts';
import type { Complaints } from './complaints.ts';
import type { Inputs } from './inputs.ts';
import { inherited, type Layer, type Layers } from './layers.ts';
import { merge } from './merge.ts';
import { checkBounds } from './policy-bounds.ts';
import { Final, namedBy } from './policy-final.ts';
import { finalsOf, opensOf } from './policy-open.ts';
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

export async function checkPolicy(request: PolicyRequest): Promise<void> {
  const states: Node[] = [];
  for (const layer of request.layers.list) states.push(merge(states.at(-1), inherited(layer)));
  for (const [index, layer] of request.layers.list.entries()) {
    const { closed } = finalsOf(layer);
    const opens = opensOf(layer);
    for (const { item, path } of closed) new Final({ request, states, index, layer, item, path, opens }).check();
    checkOpen(layer, states[index] ?? layer.root, request);
    await checkBounds(layer, request);
  }
}

/** What teams bring along themselves: a policy may open names there that it does not know. */
const theirs = ['env', 'inputs', 'secrets', 'services', 'defaults', 'working-directory'];

/** A path with `!` names something that is there, or could be; what is misspelt would stay closed. */
function checkOpen(layer: Layer, own: Node, { complaints }: PolicyRequest): void {
  for (const { item, path } of finalsOf(layer).open) {
    const parts = partsOf(path);
    const inStep = parts[0] === 'phases' && parts.length > 5 && reachAll(own, parts.slice(0, 4)).length > 0;
    if (theirs.includes(parts[0] ?? '') || inStep || namedBy(own, parts).length > 0) continue;
    complaints.at('policy/path', { path: `!${path}`, why: 'there is nothing that it could open' }, item, 'value');
  }
}
