// A runner that starts commands which never end, tells their marks, and waits to be killed.
import process from 'node:process';
import type { ProviderName } from '../../../src/host/sandbox/contract.ts';
import { selectProvider } from '../../../src/host/sandbox/select.ts';

const [only = '', stateFolder = '', assetsFolder = '', mark = ''] = process.argv.slice(2);
const { provider } = await selectProvider({ wanted: 'required', only: only as ProviderName, stateFolder, assetsFolder, env: {} });
if (provider === undefined) throw new Error(`${only} does not work`);
const pod = await provider.openPod();
const common = {
  argv: ['/bin/sh', '-c', `setsid sleep ${mark} & sleep ${mark} & exec sleep ${mark}`] as const,
  profile: 'gate' as const,
  mounts: [],
  cwd: '/',
  env: { PATH: '/usr/bin:/bin' },
  network: { kind: 'none' as const },
  signal: new AbortController().signal,
};
await provider.start(common);
await provider.start({ ...common, pod });
process.send?.('started');
setInterval(() => undefined, 1000);
