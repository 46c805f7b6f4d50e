import { expect, it } from 'vitest';
import { foldRun } from '../../../src/engine/state.ts';
import type { JournalEvent, JournalRecord } from '../../../src/model/event.ts';
import type { Plan } from '../../../src/model/plan.ts';

const plan: Plan = {
  name: 'p',
  sources: [],
  inputs: {},
  env: {},
  setup: [],
  services: {},
  auth: {},
  phases: [],
  protect: [],
  budget: { reserve: 0 },
  model: { use: 'auto' },
  sandbox: 'off',
  deliver: { to: 'none' },
  plugins: {},
};
const started: JournalEvent = {
  type: 'run-started',
  run: 'r',
  format: 1,
  bexpert: '0.1.0',
  mode: 'run',
  plan,
  repository: '/r',
  scope: '',
  base: { commit: 'c', tree: 't' },
  seed: 1,
  sandbox: 'none',
  notes: [],
  partial: false,
};
const ref = { phase: 'action', step: 'implement', attempt: 1 };
const call = (index: number): JournalEvent => ({
  type: 'tool-called',
  ...ref,
  index,
  name: 'run_command',
  input: { CommandLine: `echo ${index}` },
  result: `${index}`,
  isError: false,
  tree: `tree-${index}`,
});
const fold = (events: readonly JournalEvent[]) =>
  foldRun(events.map((event, seq): JournalRecord => ({ seq, time: new Date(seq).toISOString(), event, previous: '', hash: '' })));

it('a resume knows the calls that were done, and which came after the last checkpoint', () => {
  const checkpoint: JournalEvent = { type: 'checkpoint', ...ref, state: { turn: 1 }, tree: 'tree-c' };
  const trace = fold([started, call(0), checkpoint, call(1), call(2)])?.traces.get('1/action/implement');
  expect(trace).toMatchObject({ calls: 3, tree: 'tree-2', checkpoint: { turn: 1 }, unknown: 2 });
  expect(trace?.done.map(({ result }) => result)).toEqual(['0', '1', '2']);
});
