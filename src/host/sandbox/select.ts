import type { Probe, ProviderName, SandboxProvider } from './contract.ts';
import { noneProvider } from './none.ts';
import { tryProvider } from './probe.ts';
import { machineFacts } from './remedy.ts';
import type { ProviderOptions } from './unshare.ts';

export interface SelectOptions extends ProviderOptions {
  readonly wanted: 'required' | 'preferred' | 'off';
  /** Only this one; for tests and for `doctor`. */
  readonly only?: ProviderName;
}
export interface Selection {
  readonly provider: SandboxProvider | undefined;
  /** Of the providers that were tried, in this order; none where none was asked for. */
  readonly probes: readonly Probe[];
}

/** The first that works is taken: bubblewrap is in wider use, util-linux is on every machine. */
const order = ['bubblewrap', 'unshare'] as const;

export async function selectProvider(o: SelectOptions): Promise<Selection> {
  if (o.wanted === 'off' || o.only === 'none') return { provider: noneProvider(o), probes: [] };
  const facts = machineFacts();
  const probes: Probe[] = [];
  for (const name of order.filter((one) => o.only === undefined || one === o.only)) {
    const { provider, probe } = await tryProvider(name, o, facts);
    probes.push(probe);
    if (provider !== undefined) return { provider, probes };
  }
  return { provider: o.wanted === 'preferred' ? noneProvider(o) : undefined, probes };
}

/** Tries every sandbox there is, each by a write that must fail and one that must succeed. */
export async function probeProviders(o: ProviderOptions): Promise<readonly Probe[]> {
  const facts = machineFacts();
  const probes: Probe[] = [];
  for (const name of order) {
    const { provider, probe } = await tryProvider(name, o, facts);
    probes.push(probe);
    await provider?.[Symbol.asyncDispose]();
  }
  return probes;
}
