// What `setup:` makes of a tree: dependencies, generated code. Kept in a store by the content that it depends on, never linked.
import type { SetUp, SetUpOutput } from '../workspace/contract.ts';
import type { RunContext } from './context.ts';
import { staleCopies, staleCopy } from './set-up-copies.ts';
import { keyOf, ofTree } from './set-up-key.ts';
import { makeOutputs } from './set-up-make.ts';
import { fromStore } from './set-up-store.ts';

/** The workspace asks for set-up before the run's context exists; `bind` gives it one. */
export interface LateSetUp {
  readonly setUp: SetUp;
  bind(context: RunContext, store: string): void;
}

export function lateSetUp(): LateSetUp {
  let bound: { readonly context: RunContext; readonly store: string; readonly base: Map<string, string> } | undefined;
  return {
    bind(context, store) {
      bound = { context, store, base: new Map() };
    },
    async setUp(tree) {
      if (bound === undefined) throw new Error('a tree was set up before the run had its context');
      // Base fills its places of the store first; that it cannot be set up is said by whoever needs it.
      if (tree.id !== 'base' && bound.context.plan.setup.length > 0)
        await bound.context.workspace.baseTree().catch(() => undefined);
      return setUpTree({ ...bound, root: tree.root, id: tree.id, hash: tree.tree });
    },
  };
}

interface TreeSetUp {
  readonly context: RunContext;
  readonly store: string;
  readonly root: string;
  readonly id: 'base' | 'candidate' | 'work';
  readonly hash: string;
  /** Of what base's own set-up made in this run: its own key, and the place where it lies. */
  readonly base: Map<string, string>;
}

/** Fills the store as far as needed and says what belongs into the tree. */
async function setUpTree(options: TreeSetUp): Promise<Awaited<ReturnType<SetUp>>> {
  const { context, root, hash, id } = options;
  const started = context.clock.now();
  const outputs: SetUpOutput[] = [];
  let setup: 'run' | 'stored' | 'none' = 'none';
  let before = '';
  for (const plan of context.plan.setup) {
    const own = await keyOf({ plan, context, root, tree: hash, before });
    const from = (key: string) =>
      fromStore({ ...options, plan, key, make: (making) => makeOutputs({ context, plan, root, making, before: outputs }) });
    // A command may run any file of the tree, not only those of its key: what another tree than base made is for that tree alone.
    let key = options.base.get(own) ?? (id === 'base' ? own : ofTree(own, hash));
    let made = await from(key);
    const stale = await staleCopies(made.copies, root);
    if (stale.length > 0 && id === 'base') {
      // An older base made it. Base's own code may be run as often as need be.
      key = ofTree(own, hash);
      made = await from(key);
    }
    // The work tree is judged by nobody; whoever acts there may have changed what was copied.
    if (stale.length > 0 && id === 'candidate') throw staleCopy(plan.run, stale);
    outputs.push(...made.outputs);
    setup = made.ran ? 'run' : setup === 'none' ? 'stored' : setup;
    if (id === 'base') options.base.set(own, key);
    before = options.base.get(own) ?? own;
  }
  await context.record({
    type: 'tree-ready',
    tree: id === 'candidate' ? 'gate' : id,
    hash,
    setup,
    durationMs: Math.round(context.clock.now() - started),
  });
  return { outputs, place: context.provider.isolates ? 'mount' : 'copy' };
}
