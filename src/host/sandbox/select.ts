import type { Probe, ProviderName, SandboxProvider } from './contract.ts';
import { noneProvider } from './none.ts';

export interface SelectOptions {
  readonly wanted: 'required' | 'preferred' | 'off';
  /** Only this one; for tests and for `doctor`. */
  readonly only?: ProviderName;
  readonly stateFolder: string;
  /** `dist/assets`. */
  readonly assetsFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
export interface Selection {
  readonly provider: SandboxProvider | undefined;
  readonly probes: readonly Probe[];
}

export async function selectProvider(o: SelectOptions): Promise<Selection> {
  if (o.wanted === 'off' || o.only === 'none') return { provider: noneProvider(), probes: [] };
  return { provider: o.wanted === 'preferred' ? noneProvider() : undefined, probes: [] };
}
