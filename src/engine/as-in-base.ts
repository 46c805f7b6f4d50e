// Where nothing acts, nothing is refused either: files that decide what is proven simply count as base has them. Whoever changed one
// must hear of it, or the green is about another change than theirs.
import type { Plan } from '../model/plan.ts';
import type { Snapshot, Workspace } from '../workspace/contract.ts';
import { violations } from '../workspace/violations.ts';

/** How many are named: a note is read, not searched. */
const named = 5;

/** A note on the changed files of the candidate that gates see as base has them; none where there are none. */
export async function asInBase(options: {
  readonly workspace: Workspace;
  readonly plan: Plan;
  readonly candidate: Snapshot | undefined;
}): Promise<readonly string[]> {
  const { workspace, plan, candidate } = options;
  if (candidate === undefined) return [];
  const access = workspace.access(undefined, plan.protect, 'as-inside');
  const kept = await violations({ workspace, access, from: workspace.base.tree, to: candidate.tree });
  if (kept.length === 0) return [];
  const list = kept.slice(0, named).map(({ path, rule }) => `${path} (${rule})`);
  const more = kept.length > named ? [`${kept.length - named} more`] : [];
  const files = kept.length === 1 ? '1 changed file counts' : `${kept.length} changed files count`;
  return [`${files} as in base, for what judges comes from there: ${[...list, ...more].join(', ')}`];
}
