import type { Pod } from './contract.ts';
import { openHostProxy, proxyEnvironment } from './host-proxy.ts';

export interface HostsNetwork<P extends Pod> extends AsyncDisposable {
  readonly pod: P;
  /** Lies over the environment of the start. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A pod for one start in which nothing can be reached but the proxy that knows the host names. */
export async function openHostsNetwork<P extends Pod>(o: {
  readonly hosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openPod: () => Promise<P>;
}): Promise<HostsNetwork<P>> {
  const open: AsyncDisposable[] = [];
  const end = async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    const proxy = await openHostProxy({ hosts: o.hosts, env: o.env });
    open.push(proxy);
    const pod = await o.openPod();
    open.push(pod);
    const address = await pod.admit({ socketPath: proxy.socketPath });
    return { pod, environment: proxyEnvironment(address), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
