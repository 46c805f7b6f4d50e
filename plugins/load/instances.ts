import { setTimeout } from 'node:timers/promises';
import {
  type Host,
  isPluginError,
  type PluginError,
  type ServiceInstance,
  type ServiceState,
  type Tree,
} from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';

const endingMs = 1000;
const endingLooks = 20;

type LoadHost = Host<typeof manifest>;
export interface Running {
  readonly instance: ServiceInstance;
  /** How it was when it had come up. */
  readonly before: ServiceState;
}
export type Started = ({ readonly ok: true } & Running) | { readonly ok: false; readonly error: PluginError };

/** Starts a fresh instance, or says why its service does not come up. */
export async function startOf(host: LoadHost, o: { readonly service: string; readonly tree: Tree }): Promise<Started> {
  try {
    const instance = await host.services.start(o.service, { tree: o.tree });
    return { ok: true, instance, before: await instance.state() };
  } catch (error) {
    host.signal.throwIfAborted();
    if (isPluginError(error)) return { ok: false, error };
    throw error;
  }
}

/** What became of it, in words; undefined: it is the one that came up. */
export async function fateOf({ instance, before }: Running): Promise<string | undefined> {
  let now = await instance.state();
  // A process that is about to end closes its sockets first.
  for (let look = 0; look < endingLooks && now.kind === 'running' && now.listeners.length === 0; look++) {
    await setTimeout(endingMs / endingLooks);
    now = await instance.state();
  }
  if (now.kind === 'ended') return `ended by itself (${now.how})`;
  if (before.kind === 'ended' || before.listeners.length === 0) return undefined;
  // Of several processes some may come and go; when all are new, caches and counters are new too.
  if (now.listeners.length === 0) return 'listens to nobody any more';
  return before.listeners.some((one) => now.listeners.includes(one)) ? undefined : 'was started anew by itself';
}

export async function end(...instances: readonly ServiceInstance[]): Promise<void> {
  await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
}
