// One case: the real loop over a plan, with steps that answer as the case says. No git, no processes, no journal on disk.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { noProgress, type RunContext } from '../engine/context.ts';
import { play } from '../engine/finish.ts';
import { readSecrets } from '../engine/secrets.ts';
import { ServiceTemplates } from '../engine/services/templates.ts';
import type { SandboxProvider } from '../host/sandbox/contract.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent } from '../model/event.ts';
import { exitCodes } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import { fail, succeed } from '../model/result.ts';
import type { Registry } from '../registry/registry.ts';
import type { Edit, Script } from './answers.ts';
import { ScriptedSteps } from './stand-in.ts';
import { World } from './world.ts';

export interface CasePlay {
  readonly plan: Plan;
  readonly mode: 'run' | 'verify';
  readonly scripts: ReadonlyMap<string, Script>;
  readonly registry: Registry;
  readonly ci: boolean;
  readonly branch: string;
  readonly today: Date;
  /** What the working copy changes, where no action does. */
  readonly candidate: Edit | undefined;
  /** Names of secrets that have no value. */
  readonly missingSecrets: readonly string[];
  readonly signal: AbortSignal;
}
export interface CaseEnd {
  readonly events: readonly JournalEvent[];
  /** How often each step was asked. */
  readonly asked: ReadonlyMap<string, number>;
}

const nothing = (): never => {
  throw new Error('a test of a playbook starts no commands');
};
const noSandbox: SandboxProvider = {
  name: 'none',
  isolates: false,
  start: nothing,
  openPod: nothing,
  inside: (inner) => inner,
  [Symbol.asyncDispose]: async () => {},
};

export async function playCase(o: CasePlay): Promise<CaseEnd> {
  const edits = [...o.scripts.values()].flatMap(({ answers }) =>
    answers.flatMap((answer) => (answer.kind === 'action' && answer.edit !== undefined ? [answer.edit] : [])),
  );
  const secrets = await readSecrets({
    plan: o.plan,
    mode: o.mode,
    read: async (_, name) => (o.missingSecrets.includes(name) ? fail('the case says so') : succeed(`value of ${name}`)),
  });
  if (!secrets.ok) return { events: [notBegun(secrets.error)], asked: new Map() };
  const world = new World({ branch: o.branch, edits: [...edits, ...(o.candidate === undefined ? [] : [o.candidate])] });
  let now = 0;
  const steps = new ScriptedSteps({ plan: o.plan, scripts: o.scripts, world, wait: (milliseconds) => (now += milliseconds) });
  const events: JournalEvent[] = [];
  await using templates = new ServiceTemplates();
  await using folder = await scratchOf(o.plan);
  const context: RunContext = {
    id: 'test',
    mode: o.mode,
    plan: o.plan,
    folders: { run: folder.path, scratch: folder.path, artifacts: folder.path, logs: folder.path, machine: folder.path },
    workspace: world.workspace,
    provider: noSandbox,
    registry: o.registry,
    progress: noProgress(),
    templates,
    standIn: steps,
    env: {},
    secrets: secrets.value,
    signal: o.signal,
    seed: 1,
    // One after the other, so that a case takes the same path every time.
    cores: 1,
    clock: { now: () => now, date: () => o.today },
    facts: { id: 'test', mode: o.mode, ci: o.ci, branch: o.branch, base: world.workspace.base.commit },
    assets: '',
    ask: (question) => steps.answer(question),
    record: async (event) => void events.push(event),
    emit: () => {},
    mask: (text) => text,
    maskStream: () => ({ push: (text) => text, end: () => '' }),
    hide: () => {},
  };
  const { base } = world.workspace;
  const initial = o.candidate === undefined ? base : world.candidate(o.candidate);
  await play({ context, fillers: new Map(), initial, delivered: false, partial: false });
  return { events, asked: steps.asked };
}

/** Without its secrets a run does not begin, and keeps no journal; a case sees the exit code, and what is said. */
const notBegun = (problems: readonly Diagnostic[]): JournalEvent => ({
  type: 'run-finished',
  status: 'environment',
  verdict: 'unverified',
  exitCode: exitCodes.environment,
  reason: problems.map(({ code, message }) => `${code}: ${message}`).join(' '),
  durationMs: 0,
});

/** Only what a person is asked to approve is written to a file. */
async function scratchOf(plan: Plan): Promise<{ readonly path: string } & AsyncDisposable> {
  const approves = plan.phases.some(({ kind }) => kind === 'approve');
  const folder = approves ? await mkdtemp(path.join(os.tmpdir(), 'bexpert-test-')) : os.tmpdir();
  return {
    path: folder,
    [Symbol.asyncDispose]: async () => {
      if (approves) await rm(folder, { recursive: true, force: true });
    },
  };
}
