import type { BudgetPlan } from '../model/plan.ts';
import { type Budget, pluginError } from '../plugin-api.ts';

/** What was spent or may still be: an unanswered request counts at its reservation. */
export interface Spend {
  readonly tokens: number;
  readonly usd: number;
}
interface Entry extends Spend {
  readonly step: string;
  readonly open: boolean;
}

/** Everything that was reserved and settled in a run, also before a resume. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();

  reserve(id: string, step: string, worst: Spend): void {
    this.#entries.set(id, { ...worst, step, open: true });
  }
  settle(id: string, actual: Spend): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#entries.set(id, { ...actual, step: entry.step, open: false });
  }
  get count(): number {
    return this.#entries.size;
  }
  /** Of one step (its name), or of all. */
  spent(step?: string): Spend {
    let tokens = 0;
    let usd = 0;
    for (const entry of this.#entries.values()) {
      if (step !== undefined && entry.step !== step) continue;
      tokens += entry.tokens;
      usd += entry.usd;
    }
    return { tokens, usd };
  }
}

function left(plan: BudgetPlan, spent: Spend, reserve: number): { tokens: number | undefined; usd: number | undefined } {
  return {
    tokens: plan.tokens === undefined ? undefined : plan.tokens * (1 - reserve) - spent.tokens,
    usd: plan.usd === undefined ? undefined : plan.usd * (1 - reserve) - spent.usd,
  };
}

const smaller = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

/**
 * The budget of one action step: the run's, less what is kept for the last verification, and the step's own. Each reservation is in
 * the journal (`record`) before the request may be sent.
 */
export function stepBudget(options: {
  readonly run: BudgetPlan;
  readonly step: BudgetPlan | undefined;
  readonly name: string;
  readonly ledger: Ledger;
  readonly record: (
    event: { readonly type: 'budget-reserved' | 'budget-settled'; readonly id: string } & Spend,
  ) => Promise<unknown>;
}): Budget {
  const { run, step, name, ledger, record } = options;
  const room = () => {
    const ofRun = left(run, ledger.spent(), run.reserve);
    const ofStep = step === undefined ? { tokens: undefined, usd: undefined } : left(step, ledger.spent(name), 0);
    return { tokens: smaller(ofRun.tokens, ofStep.tokens), usd: smaller(ofRun.usd, ofStep.usd) };
  };
  return {
    get left() {
      return room();
    },
    async reserve(worst) {
      const { tokens, usd } = room();
      if ((tokens !== undefined && worst.tokens > tokens) || (usd !== undefined && worst.usd > usd)) {
        throw pluginError({
          code: 'budget/spent',
          message: `The next request may cost ${worst.tokens} tokens and $${worst.usd.toFixed(4)}; left are ${tokens ?? 'unlimited'} tokens and ${usd === undefined ? 'unlimited dollars' : `$${usd.toFixed(4)}`}.`,
          hint: 'Raise `budget:` in the playbook, or give the step a smaller goal.',
        });
      }
      const id = `${name}#${ledger.count + 1}`;
      ledger.reserve(id, name, worst);
      await record({ type: 'budget-reserved', id, ...worst });
      return {
        async settle(actual) {
          ledger.settle(id, actual);
          await record({ type: 'budget-settled', id, ...actual });
        },
      };
    },
  };
}
