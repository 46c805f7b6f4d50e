// What the providers with namespaces have in common: which network a start gets, and the pods.
import { pluginError } from '../../plugin-api.ts';
import type { Pod, ProviderName, SandboxProvider, StartSpec } from './contract.ts';
import { openHostsNetwork } from './hosts-network.ts';
import { isNamespacePod, type NamespacePod } from './pod.ts';
import { type Launch, supervise } from './supervise.ts';

/** The network namespace of a start. */
export type NetworkNamespace =
  | { readonly kind: 'own' }
  | { readonly kind: 'machine' }
  | { readonly kind: 'pod'; readonly holder: number };

export interface IsolatingOptions {
  readonly name: Exclude<ProviderName, 'none'>;
  /** Command line of a start. Throws a PluginError when a mount cannot be. */
  readonly launch: (spec: StartSpec, network: NetworkNamespace) => Launch;
  readonly openPod: () => Promise<NamespacePod>;
  /** The runner's environment: its own way to the network. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Enters the user and network namespace of a pod; to be followed by a command line. */
export const joinPod = (network: NetworkNamespace): readonly string[] =>
  network.kind === 'pod'
    ? ['nsenter', '--preserve-credentials', '--user', '--net', '--target', String(network.holder), '--']
    : [];

function holderOf(pod: Pod): number {
  if (isNamespacePod(pod)) return pod.holder;
  throw new Error(`the pod ${pod.id} is of another provider`);
}

export function isolatingProvider(o: IsolatingOptions): SandboxProvider {
  async function startWithHosts(spec: StartSpec, hosts: readonly string[]) {
    const network = await openHostsNetwork({ hosts, env: o.env, openPod: o.openPod });
    let launch: Launch;
    try {
      launch = o.launch(spec, { kind: 'pod', holder: network.pod.holder });
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
    const release = async () => {
      await launch.release?.();
      await network[Symbol.asyncDispose]();
    };
    return supervise({ ...launch, release }, { ...spec, env: { ...spec.env, ...network.environment } });
  }

  return {
    name: o.name,
    isolates: true,
    async start(spec) {
      const { network, pod } = spec;
      if (pod !== undefined) {
        if (network.kind !== 'none') throw new Error(`a start in the pod ${pod.id} cannot have a network of its own`);
        return supervise(o.launch(spec, { kind: 'pod', holder: holderOf(pod) }), spec);
      }
      switch (network.kind) {
        case 'hosts':
          return startWithHosts(spec, network.hosts);
        case 'machine':
          return supervise(o.launch(spec, { kind: 'machine' }), spec);
        case 'none':
          return supervise(o.launch(spec, { kind: 'own' }), spec);
      }
    },
    openPod: o.openPod,
    inside: (path) => path,
    async [Symbol.asyncDispose]() {},
  };
}

/** A program of the system that a provider cannot do without. */
export function required(program: string | undefined, name: string): string {
  if (program !== undefined) return program;
  throw pluginError({ code: 'sandbox/no-program', message: `The program ${name} is not installed on this machine.` });
}
