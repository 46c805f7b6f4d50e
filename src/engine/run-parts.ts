// What a run and its resume open alike: the sandbox, the journal's writer, the registry, and the context that the steps share.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { coreCount } from '../host/machine.ts';
import { formsOfSecrets, openHiding, secretsOf } from '../host/mask.ts';
import type { SandboxProvider } from '../host/sandbox/contract.ts';
import { selectProvider } from '../host/sandbox/select.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent } from '../model/event.ts';
import type { Plan, StepPlan } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { packageRoot } from '../package-root.ts';
import type { Registry } from '../registry/registry.ts';
import type { Workspace } from '../workspace/contract.ts';
import type { Progress, RunContext, RunFolders } from './context.ts';
import type { Journal } from './journal.ts';
import { maskedValue } from './masked.ts';
import type { RunSurroundings } from './run-request.ts';
import type { Secrets } from './secrets.ts';
import type { ServiceTemplates } from './services/templates.ts';

/** Folder of the built assets of plugins and of the runner. */
const assetsFolder = (): string => path.join(packageRoot(), 'dist/assets');

/** The sandbox that the plan asks for, or why there is none. In verify-only runs a missing sandbox is said, not refused. */
export async function openProvider(options: {
  readonly plan: Plan;
  readonly mode: 'run' | 'verify';
  readonly surroundings: RunSurroundings;
  readonly stateFolder: string;
}): Promise<Result<SandboxProvider, readonly Diagnostic[]>> {
  const { plan, surroundings, stateFolder } = options;
  const { provider, probes } = await selectProvider({
    wanted: plan.sandbox,
    stateFolder,
    assetsFolder: assetsFolder(),
    env: surroundings.env,
  });
  const step = options.mode === 'run' ? walledStep(plan) : undefined;
  if (provider !== undefined && (provider.isolates || step === undefined)) return succeed(provider);
  await provider?.[Symbol.asyncDispose]();
  const todo = probes.find((probe) => probe.todo !== undefined)?.todo;
  return fail([
    {
      code: 'sandbox/none',
      severity: 'error',
      message: `${step === undefined ? 'The playbook' : `The step ${step.id}`} requires a sandbox, and ${plan.sandbox === 'off' ? 'it is switched off' : `none works here: ${probes.map(({ provider: name, reason }) => `${name}: ${reason ?? 'unknown'}`).join('; ')}`}.`,
      hint:
        step === undefined
          ? `${todo === undefined ? '' : `${todo} `}\`bexpert doctor\` says more. \`--sandbox preferred\` goes on without one and says so in the verdict.`
          : `${todo === undefined ? '' : `${todo} `}Leave out \`--sandbox off\`; \`bexpert doctor\` says which sandbox works here. \`bexpert verify\` acts not at all.`,
      ...(step === undefined ? {} : { place: step.place }),
    },
  ]);
}

/** An action step that works behind walls or not at all. */
const walledStep = (plan: Plan): StepPlan | undefined =>
  plan.phases.flatMap(({ kind, steps }) => (kind === 'action' ? steps : [])).find(({ sandbox }) => sandbox === 'required');

export function openContext(options: {
  readonly id: string;
  readonly mode: 'run' | 'verify';
  readonly plan: Plan;
  readonly folders: RunFolders;
  readonly workspace: Workspace;
  readonly provider: SandboxProvider;
  readonly registry: Registry;
  readonly progress: Progress;
  readonly templates: ServiceTemplates;
  readonly surroundings: RunSurroundings;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly seed: number;
  /** Milliseconds that the run was alive before a resume. */
  readonly aliveMs: number;
}): RunContext {
  const { id, mode, workspace, surroundings, journal } = options;
  const hiding = openHiding([...secretsOf(surroundings.env), ...formsOfSecrets(Object.values(options.secrets))]);
  const { mask } = hiding;
  const began = performance.now();
  return {
    ...options,
    env: surroundings.env,
    signal: surroundings.signal,
    ...(surroundings.ask === undefined ? {} : { ask: surroundings.ask }),
    cores: coreCount(),
    clock: { now: () => options.aliveMs + performance.now() - began, date: () => new Date() },
    facts: {
      id,
      mode,
      ci: (surroundings.env.CI ?? '') !== '',
      event: eventOf(surroundings.env),
      branch: workspace.repository.branch ?? '',
      base: workspace.base.commit,
    },
    assets: assetsFolder(),
    mask,
    maskStream: hiding.stream,
    hide: (secret) => hiding.hide(formsOfSecrets([secret])),
    record: async (event: JournalEvent) => {
      const record = await journal.append(masked(event, mask));
      surroundings.emit(record.event);
    },
    emit: (event) => surroundings.emit(maskedValue(event, mask)),
  };
}

/** What started the run, by the name that the CI system has for it: `push`, `pull_request`, `schedule`; elsewhere `local`. */
function eventOf(env: RunSurroundings['env']): string {
  const name = env.GITHUB_EVENT_NAME ?? env.CI_PIPELINE_SOURCE ?? env.BUILD_REASON ?? '';
  return name === '' ? ((env.CI ?? '') === '' ? 'local' : 'unknown') : name;
}

/** Secrets are masked in every text of an event but its plan, which holds none. */
function masked(event: JournalEvent, mask: (text: string) => string): JournalEvent {
  return event.type === 'run-started' ? event : maskedValue(event, mask);
}
