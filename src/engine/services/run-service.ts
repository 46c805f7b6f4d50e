// A service that the playbook starts by a command: the code under test itself, as a rule.
import path from 'node:path';
import { evaluateTemplate } from '../../expression/evaluate.ts';
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
import { untilReady } from './ready.ts';

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
  const env = environmentOf(address, options);
  const log = new LogFile(options.logFile, setting.context.maskStream());
  const argv = plan.body.kind === 'argv' ? plan.body.argv : plan.body.kind === 'shell' ? shellArgv(plan.body.command) : [];
  const [file, ...args] = argv;
  if (file === undefined) throw new Error(`the service ${plan.name} has no command`);
  const at = { tree, env, ...(plan.workingDirectory === undefined ? {} : { cwd: plan.workingDirectory }) };

  const launch = async (): Promise<OwnedProcess> => {
    const section = log.section(plan.ready.log);
    const started = await commands.spawn(file, args, at);
    const written = Promise.all([log.follow(started.stdout), log.follow(started.stderr)]);
    try {
      await untilReady({
        name: plan.name,
        ready: plan.ready,
        pod,
        address,
        // Its last words are in the log by then.
        ended: started.ended.then(async (result) => {
          await written;
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
    running = await launch();
  } catch (error) {
    await log[Symbol.asyncDispose]();
    throw error;
  }
  return startedService({
    name: plan.name,
    tree,
    address,
    outputs: {},
    at: ({ host, port }) => ({ url: `http://${host}:${port}`, variables: {} }),
    log: () => log.text(),
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
      await log[Symbol.asyncDispose]();
    },
  });
}

async function stateOf(running: OwnedProcess, port: number): Promise<ServiceState> {
  const over = await Promise.race([running.ended, Promise.resolve(undefined)]);
  if (over !== undefined) return { kind: 'ended', how: endingOf(over) };
  return { kind: 'running', listeners: listenersOn(startOf(running).pid, port) ?? [] };
}

/** Defaults of its dependencies, the playbook's `env:`, its own, and what the caller adds; later ones win. */
function environmentOf(address: ProxyAddress, options: RunServiceOptions): Record<string, string> {
  const { setting, plan, dependencies, through } = options;
  const shared = contextsOf(setting.context, setting.ref.attempt);
  const contexts = {
    ...shared,
    ...secretContext(setting.context),
    services: serviceContext(dependencies, through),
    service: { host: address.host, port: address.port, url: `http://${address.host}:${address.port}` },
  };
  const own = Object.entries(plan.env).map(([name, template]) => [name, text(evaluateTemplate(template, contexts))] as const);
  const common = Object.entries(shared.env ?? {}).map(([name, value]) => [name, text(value as Json)] as const);
  return {
    ...serviceVariables(dependencies, through),
    ...Object.fromEntries(common),
    ...Object.fromEntries(own),
    ...options.env,
  };
}

/** File for the log of one instance; unique in its folder. */
export const logFileOf = (folder: string, name: string, count: number): string => path.join(folder, `${name}-${count}.log`);
