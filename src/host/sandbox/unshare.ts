import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { nodePath } from '../machine.ts';
import type { SandboxProvider } from './contract.ts';
import { emptyRoot } from './empty-root.ts';
import { isolatingProvider, joinPod, required } from './isolating.ts';
import { launcherArgv } from './launcher.ts';
import { sweepLeftovers } from './leftovers.ts';
import { loopbackUp } from './loopback.ts';
import { machineMounts } from './mountinfo.ts';
import { openPod } from './pod.ts';
import { openStandIns } from './stand-ins.ts';
import { systemRoot } from './system-root.ts';
import { mountTable, stageScript, unshareStage } from './unshare-stage.ts';
import { wallsOf } from './walls.ts';

export interface ProviderOptions {
  readonly stateFolder: string;
  /** `dist/assets`. */
  readonly assetsFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Dies with the thread that starts it, and takes its whole pid namespace along; gains nothing by any program that it executes. */
const dying = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', 'unshare', '--kill-child=KILL', '--fork'] as const;
const asRoot = ['--user', '--map-root-user'] as const;

/** Namespaces by util-linux alone. About 25 ms for each start. */
export function unshareProvider(o: ProviderOptions): SandboxProvider {
  const system = systemRoot(nodePath());
  const standIns = openStandIns(o.stateFolder);
  sweepLeftovers(o.stateFolder);
  const loopback = required(loopbackUp(), 'ip (of iproute2)');
  return isolatingProvider({
    name: 'unshare',
    env: o.env,
    launch(spec, network) {
      const walls = wallsOf(spec, { system, standIns });
      const own = network.kind === 'own';
      const root = emptyRoot({ stateFolder: o.stateFolder, system, mounts: walls.mounts });
      // A file, because mount(8) reads its table from nothing else.
      const table = path.join(o.stateFolder, 'sandbox', `mounts-${randomBytes(8).toString('hex')}`);
      writeFileSync(table, mountTable({ walls, root, machine: machineMounts() }), { mode: 0o600 });
      return {
        argv: [
          ...joinPod(network),
          ...dying,
          ...asRoot,
          '--mount',
          '--pid',
          '--ipc',
          '--uts',
          ...(own ? ['--net'] : []),
          '--',
          '/bin/sh',
          '-c',
          stageScript,
          'sh',
          ...launcherArgv(spec.argv, spec.cwd),
        ],
        preparation: unshareStage({ walls, root, table, loopback: own ? loopback : undefined }),
        namespace: true,
        release: () => rm(table, { force: true }),
      };
    },
    openPod: () =>
      openPod({
        argv: [
          'setpriv',
          '--pdeathsig',
          'KILL',
          'unshare',
          ...asRoot,
          '--net',
          '--',
          '/bin/sh',
          '-c',
          `${loopback} && exec "$@"`,
          'sh',
        ],
        assetsFolder: o.assetsFolder,
      }),
  });
}
