// The state of a run is a fold over its journal; nothing is kept anywhere else.
import type { JournalEvent, JournalRecord, StepRef } from '../model/event.ts';
import type { AttemptSummary, StepResult } from '../model/step-result.ts';
import type { Finding, Json } from '../plugin-api.ts';
import { actedMs } from './acted.ts';
import { Ledger } from './budget.ts';

type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: T }>;

/** What a step of an attempt left behind before it ended. */
export interface StepTrace {
  readonly calls: number;
  /** Git tree of the work tree after the last call that changed it. */
  readonly tree: string | undefined;
  readonly checkpoint: Json | undefined;
  readonly done: readonly Pick<Of<'tool-called'>, 'name' | 'input' | 'result' | 'isError'>[];
  /** How many of them came after the last checkpoint: whoever fills the step may not know their answers. */
  readonly unknown: number;
}

export const keyOf = (ref: StepRef): string => `${ref.attempt}/${ref.phase}/${ref.step}${ref.again === true ? '/again' : ''}`;

export interface RunState {
  readonly started: Of<'run-started'>;
  readonly results: ReadonlyMap<string, StepResult>;
  readonly traces: ReadonlyMap<string, StepTrace>;
  /** The newest checkpoint of a step over all attempts, by `phase/step`. */
  readonly checkpoints: ReadonlyMap<string, Json>;
  /** What a gate found on base, by step id. */
  readonly onBase: ReadonlyMap<string, readonly Finding[]>;
  readonly ledger: Ledger;
  readonly attempts: readonly AttemptSummary[];
  readonly retries: readonly Of<'retrying'>[];
  /** What a person was asked last, by approval step. */
  readonly asked: ReadonlyMap<string, Of<'approval-asked'>>;
  readonly delivered: Of<'delivered'> | undefined;
  readonly finished: Of<'run-finished'> | undefined;
  /** Milliseconds that the run was alive, over all its resumes. */
  readonly aliveMs: number;
  /** Milliseconds that each action step has acted, by its id. */
  readonly acted: ReadonlyMap<string, number>;
}

/** Folds the records of one run. Undefined when the first one does not start a run. */
export function foldRun(records: readonly JournalRecord[]): RunState | undefined {
  const first = records[0]?.event;
  if (first?.type !== 'run-started') return undefined;
  const results = new Map<string, StepResult>();
  const traces = new Map<string, StepTrace>();
  const checkpoints = new Map<string, Json>();
  const onBase = new Map<string, readonly Finding[]>();
  const ledger = new Ledger();
  const attempts: AttemptSummary[] = [];
  const retries: Of<'retrying'>[] = [];
  const asked = new Map<string, Of<'approval-asked'>>();
  let delivered: Of<'delivered'> | undefined;
  let finished: Of<'run-finished'> | undefined;
  const trace = (ref: StepRef): StepTrace =>
    traces.get(keyOf(ref)) ?? { calls: 0, tree: undefined, checkpoint: undefined, done: [], unknown: 0 };

  for (const { event } of records) {
    switch (event.type) {
      case 'tool-called':
        traces.set(keyOf(event), {
          ...trace(event),
          calls: event.index + 1,
          tree: event.tree ?? trace(event).tree,
          done: [...trace(event).done, event],
          unknown: trace(event).unknown + 1,
        });
        break;
      case 'checkpoint':
        traces.set(keyOf(event), { ...trace(event), checkpoint: event.state, tree: event.tree, unknown: 0 });
        checkpoints.set(`${event.phase}/${event.step}`, event.state);
        break;
      case 'budget-reserved':
        ledger.reserve(event.id, event.step, event);
        break;
      case 'budget-settled':
        ledger.settle(event.id, event);
        break;
      case 'base-finished':
        if (event.failure === undefined) onBase.set(event.step, event.findings);
        break;
      case 'step-finished':
        results.set(keyOf(event), event.result);
        break;
      case 'approval-asked':
        asked.set(keyOf(event), event);
        break;
      case 'attempt-finished':
        attempts.push(event);
        break;
      case 'retrying':
        retries.push(event);
        break;
      case 'delivered':
        delivered = event;
        break;
      case 'run-finished':
        finished = event;
        break;
      case 'run-resumed':
        finished = undefined;
        break;
      case 'run-started':
      case 'tree-ready':
      case 'phase-started':
      case 'step-started':
      case 'step-retried':
      case 'phase-finished':
        break;
    }
  }
  return {
    started: first,
    results,
    traces,
    checkpoints,
    onBase,
    ledger,
    attempts,
    retries,
    asked,
    delivered,
    finished,
    aliveMs: aliveMs(records),
    acted: actedMs(records, first.plan),
  };
}

/** The time between records, but for the gap before each resume. */
function aliveMs(records: readonly JournalRecord[]): number {
  let total = 0;
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before === undefined || record.event.type === 'run-resumed') continue;
    total += Math.max(0, Date.parse(record.time) - Date.parse(before.time));
  }
  return total;
}
