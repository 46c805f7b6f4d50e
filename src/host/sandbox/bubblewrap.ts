import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pluginError } from '../../plugin-api.ts';
import { nodePath } from '../machine.ts';
import type { SandboxProvider } from './contract.ts';
import { isolatingProvider, joinPod, type NetworkNamespace, required } from './isolating.ts';
import { launcherArgv, stageEnvironment } from './launcher.ts';
import { systemProgram } from './loopback.ts';
import { openPod } from './pod.ts';
import { emptyFolders, hostName, insideUser, kernelFiles, openStandIns } from './stand-ins.ts';
import { systemCallFilter } from './system-calls.ts';
import { type SystemRoot, systemRoot } from './system-root.ts';
import type { ProviderOptions } from './unshare.ts';
import type { ViewMount } from './view.ts';
import { verification, type Walls, wallsOf } from './walls.ts';

/** Version as one number: 0.8.0 is 800. */
async function bubblewrapVersion(program: string): Promise<number> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { env: { ...stageEnvironment } }).catch(
    (cause: unknown) => {
      throw pluginError({ code: 'sandbox/start-failed', message: `${program} --version could not be run.`, cause });
    },
  );
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 10_000 + Number(minor) * 100;
}

function mountOption(mount: ViewMount, memory: readonly string[]): readonly string[] {
  switch (mount.mode) {
    case 'read-only':
      return ['--ro-bind', mount.from, mount.at];
    case 'read-write':
      return ['--bind', mount.from, mount.at];
    case 'temporary':
      return [...memory, '--tmpfs', mount.at];
  }
}

/** Options of bwrap(1) in the order in which it carries them out. */
function options(o: {
  readonly walls: Walls;
  readonly system: SystemRoot;
  readonly network: NetworkNamespace;
  readonly version: number;
  readonly filtered: boolean;
}): readonly string[] {
  const { walls, system, network, version } = o;
  const id = String(insideUser.id);
  const memory = version >= 700 ? ['--size', String(walls.memoryBytes)] : [];
  const open = ['--perms', '1777', ...memory, '--tmpfs'];
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    ...(network.kind === 'own' ? ['--unshare-net'] : []),
    ...(version >= 800 ? ['--disable-userns'] : []),
    '--uid',
    id,
    '--gid',
    id,
    '--hostname',
    hostName,
    '--die-with-parent',
    ...(o.filtered ? ['--seccomp', '5'] : []),
    // A session of its own: a signal for the command's group does not reach bwrap.
    '--new-session',
    ...emptyFolders.flatMap((at) => ['--dir', at]),
    ...system.links.flatMap(({ at, to }) => ['--symlink', to, at]),
    '--proc',
    '/proc',
    ...kernelFiles.flatMap((file) => ['--ro-bind-try', file, file]),
    '--dev',
    '/dev',
    ...open,
    '/dev/shm',
    '--remount-ro',
    '/dev',
    ...open,
    '/tmp',
    ...walls.mounts.flatMap((mount) => mountOption(mount, memory)),
    '--remount-ro',
    '/',
    '--chdir',
    '/',
  ];
}

/** The last look before the launcher: the same check as in the other provider, by a shell inside. */
const checked = (walls: Walls): readonly string[] => ['/bin/sh', '-c', `${verification(walls)}verify\nset +f\nexec "$@"`, 'sh'];

/** Our own command line of bwrap(1). About 20 ms for each start. */
export async function bubblewrapProvider(o: ProviderOptions): Promise<SandboxProvider> {
  const program = required(systemProgram('bwrap'), 'bwrap (of bubblewrap)');
  const version = await bubblewrapVersion(program);
  const system = systemRoot(nodePath());
  const standIns = openStandIns(o.stateFolder);
  const filter = systemCallFilter();
  return isolatingProvider({
    name: 'bubblewrap',
    env: o.env,
    launch(spec, network) {
      const walls = wallsOf(spec, { system, standIns });
      return {
        argv: [...joinPod(network), program, '--args', '4', '--', ...checked(walls), ...launcherArgv(spec.argv, spec.cwd)],
        preparation: options({ walls, system, network, version, filtered: filter !== undefined }).join('\0'),
        ...(filter === undefined ? {} : { filter }),
        namespace: true,
      };
    },
    // It sees the whole machine: it is our own code, and only its network is its own.
    openPod: () =>
      openPod({
        argv: [
          program,
          '--unshare-user',
          '--uid',
          '0',
          '--gid',
          '0',
          '--unshare-net',
          '--die-with-parent',
          '--dev-bind',
          '/',
          '/',
          '--',
        ],
        assetsFolder: o.assetsFolder,
      }),
  });
}
