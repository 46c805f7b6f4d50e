// A service that the playbook starts by a command: the code under test itself, as a rule.
import path from 'node:path';
import { type Contexts, evaluateTemplate } from '../../expression/evaluate.ts';
import { startOf } from '../../host/commands.ts';
import type { Pod } from '../../host/sandbox/contract.ts';
import { listenersOn, waitingOn } from '../../host/sandbox/listeners.ts';
import { shellArgv } from '../../host/shell.ts';
import type { ServicePlan } from '../../model/plan.ts';
import {
  type Commands,
  isPluginError,
  type Json,
  type OwnedProcess,
  type ProxyAddress,
  type ServiceInstance,
  type ServiceState,
  type Tree,
} from '../../plugin-api.ts';
import { contextsOf, secretContext } from '../inputs.ts';
import type { Setting } from '../step-body.ts';
import { endingOf } from './ending.ts';
import { type StartedService, serviceContext, serviceVariables, startedService } from './instance.ts';
import { LogFile } from './log-file.ts';
import { runPreparation } from './preparation.ts';
import { untilReady } from './ready.ts';
import { WrittenLog } from './written-log.ts';

export interface RunServiceOptions {
  readonly setting: Setting;
  readonly plan: ServicePlan;
  readonly tree: Tree;
  readonly pod: Pod;
  /** Commands with the profile `service`, in the pod. */
  readonly commands: Commands;
  readonly dependencies: readonly ServiceInstance[];
  readonly through: Readonly<Record<string, ProxyAddress>>;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Root of the tree on this machine, and the folder of the scope in it. */
  readonly folder: { readonly root: string; readonly scope: string };
}

const tries = 3;
const text = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));

/** Starts it on a free port of the pod and waits until it is ready; another port when it was faster to be taken. */
export async function startRunService(options: RunServiceOptions): Promise<StartedService> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn({ host: '127.0.0.1', port: await options.pod.freePort() }, options);
    } catch (error) {
      if (attempt >= tries || !isPluginError(error) || error.code !== 'service/port-taken') throw error;
    }
  }
}

async function startOn(address: ProxyAddress, options: RunServiceOptions): Promise<StartedService> {
  const { setting, plan, tree, pod, commands } = options;
  const ports = await furtherPorts(address, options);
  const { env, contexts } = environmentOf({ address, ports }, options);
  const log = new LogFile(options.logFile, setting.context.maskStream());
  const written =
    plan.log === undefined
      ? undefined
      : new WrittenLog({
          root: options.folder.root,
          file: path.join(options.folder.root, options.folder.scope, plan.log),
          take: (text) => log.write(text),
        });
  const argv = plan.body.kind === 'argv' ? plan.body.argv : plan.body.kind === 'shell' ? shellArgv(plan.body.command) : [];
  const [file, ...args] = argv;
  if (file === undefined) throw new Error(`the service ${plan.name} has no command`);
  const at = { tree, env, ...(plan.workingDirectory === undefined ? {} : { cwd: plan.workingDirectory }) };

  const launch = async (): Promise<OwnedProcess> => {
    const section = log.section(plan.ready.log);
    const started = await commands.spawn(file, args, at);
    const streams = Promise.all([log.follow(started.stdout), log.follow(started.stderr)]);
    try {
      await untilReady({
        name: plan.name,
        ready: plan.ready,
        pod,
        address,
        // Its last words are in the log by then.
        ended: started.ended.then(async (result) => {
          await streams;
          await written?.drain();
          return result;
        }),
        log: section,
        listens: (port) => {
          const listeners = listenersOn(startOf(started).pid, port);
          return listeners === undefined ? undefined : listeners.length > 0;
        },
        command: async (line) => {
          const [shell, ...rest] = shellArgv(line);
          const result = await commands.run(shell, rest, { ...at, timeoutMs: plan.ready.withinMs });
          return result.status === 'exited' && result.exitCode === 0;
        },
        signal: setting.signal,
      });
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  };

  let running: OwnedProcess;
  try {
    for (const preparation of plan.prepare ?? []) {
      await runPreparation({ preparation, service: plan, commands, at, contexts });
    }
    running = await launch();
  } catch (error) {
    await written?.[Symbol.asyncDispose]();
    await log[Symbol.asyncDispose]();
    throw error;
  }
  return startedService({
    name: plan.name,
    tree,
    address,
    outputs: {},
    at: ({ host, port }) => ({ url: `http://${host}:${port}`, variables: {} }),
    ports,
    log: async () => {
      await written?.drain();
      return log.text();
    },
    cpu: () => running.cpu(),
    state: () => stateOf(running, address.port),
    freeze: () => startOf(running).freeze(),
    thaw: async () => {
      const start = startOf(running);
      const waiting = waitingOn(start.pid, address.port);
      return { used: start.thaw(), waiting };
    },
    restart: async () => {
      await running[Symbol.asyncDispose]();
      running = await launch();
    },
    end: async () => {
      await running[Symbol.asyncDispose]();
      await written?.[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  });
}

async function stateOf(running: OwnedProcess, port: number): Promise<ServiceState> {
  const over = await Promise.race([running.ended, Promise.resolve(undefined)]);
  if (over !== undefined) return { kind: 'ended', how: endingOf(over) };
  return { kind: 'running', listeners: listenersOn(startOf(running).pid, port) ?? [] };
}

/** A free port for each name, none of them twice. */
async function furtherPorts(address: ProxyAddress, { plan, pod }: RunServiceOptions): Promise<Readonly<Record<string, number>>> {
  const ports: Record<string, number> = {};
  const taken = new Set([address.port]);
  for (const name of plan.ports ?? []) {
    let port = await pod.freePort();
    for (let again = 0; taken.has(port) && again < 50; again += 1) port = await pod.freePort();
    taken.add(port);
    ports[name] = port;
  }
  return ports;
}

/** Defaults of its dependencies, the playbook's `env:`, its own, and what the caller adds; later ones win. */
function environmentOf(
  { address, ports }: { readonly address: ProxyAddress; readonly ports: Readonly<Record<string, number>> },
  options: RunServiceOptions,
): { readonly env: Record<string, string>; readonly contexts: Contexts } {
  const { setting, plan, dependencies, through } = options;
  const shared = contextsOf(setting.context, setting.ref.attempt);
  const contexts = {
    ...shared,
    ...secretContext(setting.context),
    services: serviceContext(dependencies, through),
    service: { host: address.host, port: address.port, url: `http://${address.host}:${address.port}`, ports },
  };
  const own = Object.entries(plan.env).map(([name, template]) => [name, text(evaluateTemplate(template, contexts))] as const);
  const common = Object.entries(shared.env ?? {}).map(([name, value]) => [name, text(value as Json)] as const);
  const env = {
    ...serviceVariables(dependencies, through),
    ...Object.fromEntries(common),
    ...Object.fromEntries(own),
    ...options.env,
  };
  return { env, contexts };
}

/** File for the log of one instance; unique in its folder. */
export const logFileOf = (folder: string, name: string, count: number): string => path.join(folder, `${name}-${count}.log`);
