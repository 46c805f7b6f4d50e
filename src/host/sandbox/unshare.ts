import { nodePath } from '../machine.ts';
import type { SandboxProvider } from './contract.ts';
import { isolatingProvider, joinPod, required } from './isolating.ts';
import { launcherArgv } from './launcher.ts';
import { loopbackUp } from './loopback.ts';
import { machineMounts } from './mountinfo.ts';
import { openPod } from './pod.ts';
import { openSkeleton } from './skeleton.ts';
import { systemRoot } from './system-root.ts';
import { stageScript, unshareStage } from './unshare-stage.ts';
import { wallsOf } from './walls.ts';

export interface ProviderOptions {
  readonly stateFolder: string;
  /** `dist/assets`. */
  readonly assetsFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Dies with the thread that starts it, and takes its whole pid namespace along. */
const dying = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--kill-child=KILL', '--fork'] as const;
const asRoot = ['--user', '--map-root-user'] as const;

/** Namespaces by util-linux alone. About 25 ms for each start. */
export function unshareProvider(o: ProviderOptions): SandboxProvider {
  const system = systemRoot(nodePath());
  const skeleton = openSkeleton(o.stateFolder, system);
  const loopback = required(loopbackUp(), 'ip (of iproute2)');
  return isolatingProvider({
    name: 'unshare',
    env: o.env,
    launch(spec, network) {
      const walls = wallsOf(spec, { system, skeleton });
      const own = network.kind === 'own';
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
        preparation: unshareStage({ walls, skeleton, machine: machineMounts(), loopback: own ? loopback : undefined }),
        namespace: true,
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
