// `host.services` and `host.net`: fresh instances for one look or one action, all in one pod, ended with it.

import { stepCommands } from '../host/commands.ts';
import type { Pod } from '../host/sandbox/contract.ts';
import { type Net, pluginError, type ServiceInstance, type ServiceOptions, type Services, type Tree } from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import { mountsOf } from './scratch.ts';
import type { StartedService } from './services/instance.ts';
import { admitService } from './services/plugin-service.ts';
import { logFileOf, startRunService } from './services/run-service.ts';
import { type Stand, Stands } from './services/stands.ts';
import type { Setting } from './step-body.ts';
import { Tokens } from './tokens.ts';

export interface StepServices extends AsyncDisposable {
  readonly services: Services;
  readonly net: Net;
  podOf(instances: readonly ServiceInstance[]): Promise<Pod>;
}

interface StepServicesOptions {
  readonly setting: Setting;
  readonly trees: { readonly base: Tree; readonly candidate: Tree };
  readonly folderOf: (tree: Tree) => TreeFolder;
}

export function openServices(options: StepServicesOptions): StepServices {
  const { setting, trees, folderOf } = options;
  const { context, step } = setting;
  const open: StartedService[] = [];
  const stands = new Stands();
  let over = false;
  let pod: Promise<Pod> | undefined;
  let count = 0;
  const thePod = () => {
    pod ??= context.provider.openPod();
    return pod;
  };
  /** With a scratch and home folder of their own: the candidate's service must not write what base's, or the gate, reads. */
  const commandsFor = async (tree: Tree, inPod: Pod): Promise<ReturnType<typeof stepCommands>> => {
    const own = await mountsOf(context, `${setting.ref.attempt}-${step.id}-${setting.as}-service`);
    const commands = stepCommands({
      provider: context.provider,
      profile: 'service',
      mounts: own.mounts,
      tree,
      treeMounts: (of) => folderOf(of).mounts({ writable: true }),
      pod: inPod,
      signal: setting.signal,
    });
    return {
      run: commands.run,
      spawn: commands.spawn,
      async [Symbol.asyncDispose]() {
        await commands[Symbol.asyncDispose]();
        await own[Symbol.asyncDispose]();
      },
    };
  };

  async function make(name: string, chosen: ServiceOptions, stand: Stand): Promise<StartedService> {
    const plan = context.plan.services[name];
    if (plan === undefined) throw unknown(name, Object.keys(context.plan.services));
    const tree = chosen.tree ?? trees.candidate;
    const inPod = await thePod();
    if (plan.body.kind === 'plugin' || plan.body.kind === 'image') {
      // Whoever fills an action step migrates by hand: a new migration that cannot go up must not take the database away.
      const from = setting.work === undefined ? folderOf(tree) : setting.base;
      const owned = await context.templates.copy({ context, plan, tree: from, signal: setting.signal });
      return keep(await admitService({ name, tree, pod: inPod, owned }));
    }
    const dependencies: StartedService[] = [];
    const letGo = () => Promise.all(dependencies.map((dependency) => dependency[Symbol.asyncDispose]()));
    let commands: Awaited<ReturnType<typeof commandsFor>> | undefined;
    try {
      for (const dependency of plan.dependencies) {
        const there = { ...(chosen.tree === undefined ? {} : { tree: chosen.tree }) };
        dependencies.push(await stand.take(dependency, 'service', () => make(dependency, there, stand)));
      }
      commands = await commandsFor(tree, inPod);
      const own = commands;
      const started = await startRunService({
        setting,
        plan,
        tree,
        pod: inPod,
        commands,
        dependencies,
        through: chosen.through ?? {},
        env: chosen.env ?? {},
        folder: { root: folderOf(tree).root, scope: context.workspace.repository.scope },
        logFile: logFileOf(context.folders.logs, `${setting.ref.attempt}-${step.id}-${setting.as}-${name}`, ++count),
      });
      return await keep({
        ...started,
        dependencies,
        async freeze() {
          await Promise.all([started, ...dependencies].map((one) => one.freeze()));
        },
        async thaw() {
          const all = await Promise.all([started, ...dependencies].map((one) => one.thaw()));
          return { used: all.reduce((sum, { used }) => sum + used, 0), waiting: all[0]?.waiting ?? 0 };
        },
        async [Symbol.asyncDispose]() {
          await started[Symbol.asyncDispose]();
          await own[Symbol.asyncDispose]();
          await letGo();
        },
      });
    } catch (error) {
      await commands?.[Symbol.asyncDispose]();
      await letGo();
      throw error;
    }
  }
  /** What comes up when its step has ended is ended at once. */
  const keep = async (service: StartedService): Promise<StartedService> => {
    if (!over) {
      open.push(service);
      return {
        ...service,
        async restart() {
          await service.restart();
          tokens.forget(service);
        },
      };
    }
    await service[Symbol.asyncDispose]();
    throw new Error(`the service ${service.name} came up after its step had ended`);
  };

  const opened: StepServices = {
    services: {
      names: step.services,
      async start(name, chosen = {}) {
        if (!step.services.includes(name)) throw unknown(name, step.services);
        const plain = chosen.env === undefined && chosen.through === undefined;
        const stand = stands.for(folderOf(chosen.tree ?? trees.candidate).root, name, plain);
        return stand.take(name, 'plugin', () => make(name, chosen, stand));
      },
      token: (auth, instance) => tokens.token(auth, instance),
    },
    net: {
      listen: async (onConnection) => (await thePod()).listen(onConnection),
      connect: async (address) => (await thePod()).connect(address),
    },
    podOf: () => thePod(),
    async [Symbol.asyncDispose]() {
      over = true;
      try {
        // The newest first: what depends on another ends before it.
        for (const service of open.splice(0).reverse()) await service[Symbol.asyncDispose]();
      } finally {
        // One that could not be opened was said where it was asked for.
        await pod?.then(
          (opened) => opened[Symbol.asyncDispose](),
          () => undefined,
        );
      }
    },
  };
  const tokens = new Tokens({ setting, folderOf, commandsFor, services: () => opened });
  return opened;
}

function unknown(name: string, known: readonly string[]): Error {
  return pluginError({
    code: 'services/unknown',
    message: `There is no service ${name} for this step; it may use ${known.length === 0 ? 'none' : known.join(', ')}.`,
    hint: `Define it in bexpert.yml under \`services:\`, and name it in the step's \`services: [${name}]\`.`,
  });
}
