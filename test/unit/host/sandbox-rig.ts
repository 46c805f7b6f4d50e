// Real sandboxes for tests: every provider that works on this machine, with the runner's own assets built from source.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { Mount, Probe, ProviderName, SandboxProvider, StartSpec } from '../../../src/host/sandbox/contract.ts';
import { noneProvider } from '../../../src/host/sandbox/none.ts';
import { probeProviders, selectProvider } from '../../../src/host/sandbox/select.ts';
import type { ExecResult } from '../../../src/plugin-api.ts';
import { root } from '../../contract/sources.ts';

const systemPath = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
export type Isolating = Exclude<ProviderName, 'none'>;

/** Providers that must work here: `BEXPERT_TEST_PROVIDERS=bubblewrap,unshare`. Without it, those that are found are tested. */
export const demanded = (process.env.BEXPERT_TEST_PROVIDERS ?? '').split(',').filter((name) => name !== '');

export interface Machine {
  readonly folder: string;
  readonly options: {
    readonly stateFolder: string;
    readonly assetsFolder: string;
    readonly env: Readonly<Record<string, string>>;
  };
  readonly probes: readonly Probe[];
  readonly isolating: readonly Isolating[];
  open(name: ProviderName): Promise<SandboxProvider>;
  /** A fresh folder of this machine. */
  fresh(name: string): string;
  remove(): void;
}

export async function openMachine(): Promise<Machine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bexpert-sandbox-'));
  const options = { stateFolder: path.join(folder, 'state'), assetsFolder: path.join(folder, 'assets'), env: {} };
  buildSync({
    entryPoints: [path.join(root, 'src/host/assets/pod.ts')],
    outfile: path.join(options.assetsFolder, 'runner/pod.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  const probes = await probeProviders(options);
  let last = 0;
  return {
    folder,
    options,
    probes,
    isolating: probes.filter(({ ok }) => ok).map(({ provider }) => provider as Isolating),
    async open(name) {
      if (name === 'none') return noneProvider(options);
      const { provider } = await selectProvider({ ...options, wanted: 'required', only: name });
      if (provider === undefined) throw new Error(`the provider ${name} does not work any more`);
      return provider;
    },
    fresh(name) {
      last += 1;
      const at = path.join(folder, `${name}-${last}`);
      mkdirSync(at);
      return at;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type SpecOptions = Partial<StartSpec> & { readonly mounts?: readonly Mount[] };

export const specOf = (argv: StartSpec['argv'], options: SpecOptions = {}): StartSpec => ({
  argv,
  profile: 'gate',
  mounts: [],
  cwd: '/',
  env: { PATH: systemPath },
  network: { kind: 'none' },
  timeoutMs: 30_000,
  signal: new AbortController().signal,
  ...options,
});

/** Runs a line of shell to its end. */
export async function sh(provider: SandboxProvider, line: string, options: SpecOptions = {}): Promise<ExecResult> {
  const started = await provider.start(specOf(['/bin/sh', '-c', line], options));
  return started.ended;
}
