// The first of the two stages of the `unshare` provider: shell that runs as mapped root in fresh namespaces, builds the root, checks it, and
// starts the launcher as a user without capabilities in one more user namespace, where a remount or an unmount is denied.
import { existsSync } from 'node:fs';
import { quoteWord } from '../shell.ts';
import { escapeMountPath, type MachineMount, mountOf, mountsBelow } from './mountinfo.ts';
import { buildFolder, devices, hostName, insideUser, kernelFiles, type Skeleton } from './skeleton.ts';
import type { ViewMount } from './view.ts';
import { verification, type Walls } from './walls.ts';

/** What the stage's shell is given on the command line; the rest comes over descriptor 4. */
export const stageScript = 'eval "$(cat <&4)"';

export interface StageOptions {
  readonly walls: Walls;
  readonly skeleton: Skeleton;
  readonly machine: readonly MachineMount[];
  /** Switches on the loopback; undefined where the network namespace is not its own. */
  readonly loopback: string | undefined;
}

/** A user namespace may not drop these from a mount that it did not make. */
const keptFlags = (mount: MachineMount | undefined): readonly string[] => mount?.flags ?? [];
const join = (...options: readonly string[]): string => [...new Set(options)].join(',');

/** Lines of fstab(5) for one mount. Mounts below its source come along, and each of them is remounted by itself. */
function fstab(mount: ViewMount, o: StageOptions): readonly string[] {
  const target = escapeMountPath(o.skeleton.base + mount.at);
  if (mount.mode === 'temporary') {
    return [`tmpfs ${target} tmpfs mode=0755,nosuid,nodev,size=${o.walls.memoryBytes} 0 0`];
  }
  const access = mount.mode === 'read-only' ? ['ro'] : [];
  const own = join('rbind', ...access, 'nosuid', 'nodev', ...keptFlags(mountOf(mount.from, o.machine)));
  const below = mount.folder && mount.mode === 'read-only' ? mountsBelow(mount.from, o.machine) : [];
  return [
    `${escapeMountPath(mount.from)} ${target} none ${own} 0 0`,
    ...below.map((one) => {
      const at = escapeMountPath(o.skeleton.base + mount.at + one.point.slice(mount.from.length));
      return `none ${at} none ${join('remount', 'bind', 'ro', 'nosuid', 'nodev', ...keptFlags(one))} 0 0`;
    }),
  ];
}

function systemMounts(o: StageOptions): readonly string[] {
  const { base } = o.skeleton;
  const at = (name: string) => escapeMountPath(base + name);
  return [
    ...devices.map((device) => `/dev/${device} ${at(`/dev/${device}`)} none bind,ro,nosuid 0 0`),
    `devpts ${at('/dev/pts')} devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec 0 0`,
    `tmpfs ${at('/dev/shm')} tmpfs mode=1777,nosuid,nodev,size=${o.walls.memoryBytes} 0 0`,
    `tmpfs ${at('/tmp')} tmpfs mode=1777,nosuid,nodev,size=${o.walls.memoryBytes} 0 0`,
    `proc ${at('/proc')} proc nosuid,nodev,noexec 0 0`,
    ...kernelFiles
      .filter((file) => existsSync(file))
      .map((file) => `${at(file)} ${at(file)} none bind,ro,nosuid,nodev,noexec 0 0`),
  ];
}

/** Mount points of the start itself; those of every start are in the skeleton. */
function mountPoints(walls: Walls): readonly string[] {
  const bare = walls.mounts.filter((mount) => mount.bare);
  const relative = (at: string) => quoteWord(`.${at}`);
  const folders = bare.filter(({ folder }) => folder).map(({ at }) => relative(at));
  const files = bare.filter(({ folder }) => !folder);
  const parents = files.map(({ at }) => relative(at.slice(0, at.lastIndexOf('/')) || '/'));
  return [
    ...(folders.length + parents.length === 0 ? [] : [`mkdir -p ${[...folders, ...parents].join(' ')}`]),
    ...files.map(({ at }) => `: > ${relative(at)}`),
  ];
}

export function unshareStage(o: StageOptions): string {
  const { walls, skeleton } = o;
  const table = [...systemMounts(o), ...walls.mounts.flatMap((mount) => fstab(mount, o)), ''].join('\n');
  const list = `.${buildFolder}/fstab`;
  return [
    'set -ef',
    'exec 4<&-',
    verification(walls),
    `hostname ${hostName} 2>/dev/null || :`,
    ...(o.loopback === undefined ? [] : [o.loopback]),
    // One more user namespace, that of the second stage, and no further one inside it.
    '{ echo 1 > /proc/sys/user/max_user_namespaces; } 2>/dev/null || :',
    `mount -t tmpfs -o mode=0755,nosuid,nodev bexpert ${quoteWord(skeleton.base)}`,
    `cd -- ${quoteWord(skeleton.base)}`,
    `cp -a -- ${quoteWord(skeleton.root)}/. .`,
    ...mountPoints(walls),
    `printf %s ${quoteWord(table)} > ${list}`,
    // One process for all mounts: it lays them in the order of the list.
    `mount -a -T ${list}`,
    `: > ${list}`,
    `pivot_root . .${buildFolder}/old`,
    'cd /',
    `umount -l .${buildFolder}/old`,
    'mount -o remount,bind,ro /',
    'verify',
    'set +ef',
    // The pid namespace ends with this shell; it also collects processes that lost their parent. In a session of its own the command can
    // be signalled together with its children, and without this shell.
    `setpriv --no-new-privs unshare --user --map-user=${insideUser.id} --map-group=${insideUser.id} -- setsid "$@"`,
    'exit $?',
  ].join('\n');
}
