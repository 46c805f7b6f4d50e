import { type Host, isPluginError, type PluginError, type ServiceInstance, type Tree } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';

type LoadHost = Host<typeof manifest>;
export type Started =
  | { readonly ok: true; readonly instance: ServiceInstance }
  | { readonly ok: false; readonly error: PluginError };

/** Starts a fresh instance, or says why its service does not come up. */
export async function startOf(host: LoadHost, o: { readonly service: string; readonly tree: Tree }): Promise<Started> {
  try {
    return { ok: true, instance: await host.services.start(o.service, { tree: o.tree }) };
  } catch (error) {
    host.signal.throwIfAborted();
    if (isPluginError(error)) return { ok: false, error };
    throw error;
  }
}

export async function end(...instances: readonly ServiceInstance[]): Promise<void> {
  await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
}
