// A service that a plugin runs outside the pods: a database, a stand-in for an outside dependency.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { evaluateTemplate } from '../../expression/evaluate.ts';
import type { Pod } from '../../host/sandbox/contract.ts';
import type { ServicePlan, StepPlan } from '../../model/plan.ts';
import { type Json, pluginError, type ServiceHandle, type Tree } from '../../plugin-api.ts';
import type { TreeFolder } from '../../workspace/contract.ts';
import type { RunContext } from '../context.ts';
import { contextsOf } from '../inputs.ts';
import type { Setting } from '../step-body.ts';
import { type OpenedHost, openHost } from '../step-host.ts';
import { type StartedService, startedService } from './instance.ts';

/** Beginning of the names of temporary folders that services of a run use; a resume removes what a killed runner left. */
export const temporaryPrefix = (run: string): string => path.join(os.tmpdir(), `bexpert-${run.slice(-12)}-`);

/** A step that no playbook has written, for what happens on behalf of another part of one. */
export const bareStep = (of: Pick<StepPlan, 'id' | 'name' | 'place' | 'timeoutMs'>): StepPlan => ({
  ...of,
  body: { kind: 'argv', argv: [] },
  needs: [],
  requires: [],
  env: {},
  services: [],
  exclusive: false,
  level: 'block',
  inconclusive: 'block',
  waive: [],
});

/** A setting for what happens on behalf of a service rather than of a step. */
export function serviceSetting(options: {
  readonly context: RunContext;
  readonly plan: ServicePlan;
  readonly tree: TreeFolder;
  readonly signal: AbortSignal;
}): Setting {
  const { plan, tree } = options;
  return {
    context: options.context,
    step: bareStep({ id: plan.name, name: `service ${plan.name}`, place: plan.place, timeoutMs: plan.ready.withinMs }),
    ref: { phase: 'services', step: plan.name, attempt: 1 },
    candidate: tree,
    base: tree,
    as: 'candidate',
    signal: options.signal,
  };
}

/** A plugin's handle with the host that it was started with. Disposing it stops the service and everything it started. */
export interface OwnedHandle extends AsyncDisposable {
  readonly handle: ServiceHandle;
}

export async function startPluginService(setting: Setting, plan: ServicePlan): Promise<OwnedHandle> {
  const { context } = setting;
  if (plan.body.kind !== 'plugin') throw new Error(`the service ${plan.name} is run by no plugin`);
  const name = plan.body.plugin;
  const plugin = await context.registry.load(name, context.plan.plugins[name]);
  if (plugin.kind !== 'service') {
    throw pluginError({ code: 'plugin/kind', message: `The plugin ${name} is a ${plugin.kind}, not a service.` });
  }
  const checked = await context.registry.validateInputs(
    name,
    evaluateTemplate(plan.body.with, contextsOf(context, setting.ref.attempt)),
  );
  if (!checked.ok) {
    throw pluginError({
      code: 'step/inputs',
      message: `The inputs of the service ${plan.name} do not fit ${name}: ${checked.error.map(({ message }) => message).join('; ')}`,
      hint: 'An expression gave a value of another type than the plugin takes.',
    });
  }
  // Short, because the path of a Unix socket in it may not exceed 107 bytes.
  const scratch = await mkdtemp(temporaryPrefix(context.id));
  let host: OpenedHost | undefined;
  try {
    host = await openHost(setting, plugin.manifest, { ...plugin, scratch });
    const handle = await plugin.start(checked.value, host.host);
    const opened = host;
    return {
      handle,
      async [Symbol.asyncDispose]() {
        try {
          await handle[Symbol.asyncDispose]();
        } finally {
          await opened[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await host?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

/** Brings a handle into a pod. */
export async function admitService(options: {
  readonly name: string;
  readonly tree: Tree;
  readonly pod: Pod;
  readonly owned: OwnedHandle;
}): Promise<StartedService> {
  const { owned } = options;
  const { handle } = owned;
  const relay = await options.pod.admit(handle.address);
  return startedService({
    name: options.name,
    tree: options.tree,
    address: { host: relay.host, port: relay.port },
    outputs: handle.outputs as Json,
    at: (address) => ({ url: handle.url(address), variables: handle.env?.(address) ?? {} }),
    log: () => handle.log(),
    cpu: () => handle.cpu(),
    // Code of ours, which has nothing to hide.
    state: async () => ({ kind: 'running', listeners: [] }),
    freeze: async () => {},
    thaw: async () => ({ used: 0, waiting: 0 }),
    restart: () => handle.restart(),
    end: async () => {
      await relay[Symbol.asyncDispose]();
      await owned[Symbol.asyncDispose]();
    },
  });
}
