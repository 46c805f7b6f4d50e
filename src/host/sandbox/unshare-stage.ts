// The first of the two stages of the `unshare` provider: shell that runs as mapped root in fresh namespaces, builds the root, checks it, and
// starts the launcher as a user without capabilities in one more user namespace, where a remount or an unmount is denied.
import { existsSync } from 'node:fs';
import { quoteWord } from '../shell.ts';
import { devices, oldRoot } from './empty-root.ts';
import { escapeMountPath, type MachineMount, mountOf, mountsBelow } from './mountinfo.ts';
import { hostName, insideUser, kernelFiles } from './stand-ins.ts';
import type { ViewMount } from './view.ts';
import { verification, type Walls } from './walls.ts';

/** What the stage's shell is given on the command line; the rest comes over descriptor 4. */
export const stageScript = 'eval "$(cat <&4)"';

export interface TableOptions {
  readonly walls: Walls;
  /** Of `emptyRoot`. */
  readonly root: string;
  readonly machine: readonly MachineMount[];
}

/** A user namespace may not drop these from a mount that it did not make. */
const keptFlags = (mount: MachineMount | undefined): readonly string[] => mount?.flags ?? [];
const join = (...options: readonly string[]): string => [...new Set(options)].join(',');

/** Lines for one mount. Mounts below its source come along, and each of them is remounted by itself. */
function lines(mount: ViewMount, o: TableOptions): readonly string[] {
  const target = escapeMountPath(o.root + mount.at);
  const point = mount.point === 'in-memory' ? ['X-mount.mkdir'] : [];
  if (mount.mode === 'temporary') {
    return [`tmpfs ${target} tmpfs ${join('mode=0755', 'nosuid', 'nodev', `size=${o.walls.memoryBytes}`, ...point)} 0 0`];
  }
  const access = mount.mode === 'read-only' ? ['ro'] : [];
  const flags = keptFlags(mountOf(mount.from, o.machine));
  const below = mount.folder && mount.mode === 'read-only' ? mountsBelow(mount.from, o.machine) : [];
  return [
    `${escapeMountPath(mount.from)} ${target} none ${join('rbind', ...access, 'nosuid', 'nodev', ...flags, ...point)} 0 0`,
    ...below.map((one) => {
      const at = escapeMountPath(o.root + mount.at + one.point.slice(mount.from.length));
      return `none ${at} none ${join('remount', 'bind', 'ro', 'nosuid', 'nodev', ...keptFlags(one))} 0 0`;
    }),
  ];
}

/** All mounts of a start as fstab(5), in the order in which they are laid. */
export function mountTable(o: TableOptions): string {
  const { root, walls } = o;
  const at = (name: string) => escapeMountPath(root + name);
  const memory = `nosuid,nodev,size=${walls.memoryBytes}`;
  const all = [
    `${at('')} ${at('')} none ${join('bind', 'ro', 'nosuid', 'nodev', ...keptFlags(mountOf(root, o.machine)))} 0 0`,
    ...devices.map((device) => `${device} ${at(device)} none bind,ro,nosuid 0 0`),
    `devpts ${at('/dev/pts')} devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec 0 0`,
    `tmpfs ${at('/dev/shm')} tmpfs mode=1777,${memory} 0 0`,
    `tmpfs ${at('/tmp')} tmpfs mode=1777,${memory} 0 0`,
    `proc ${at('/proc')} proc nosuid,nodev,noexec 0 0`,
    ...kernelFiles
      .filter((file) => existsSync(file))
      .map((file) => `${at(file)} ${at(file)} none bind,ro,nosuid,nodev,noexec 0 0`),
    ...walls.mounts.flatMap((mount) => lines(mount, o)),
  ];
  return `${all.join('\n')}\n`;
}

export interface StageOptions {
  readonly walls: Walls;
  readonly root: string;
  /** File of this machine that holds the mount table. */
  readonly table: string;
  /** Switches on the loopback; undefined where the network namespace is not its own. */
  readonly loopback: string | undefined;
}

export function unshareStage(o: StageOptions): string {
  return [
    'set -ef',
    'exec 4<&-',
    verification(o.walls),
    `hostname ${hostName} 2>/dev/null || :`,
    ...(o.loopback === undefined ? [] : [o.loopback]),
    // One more user namespace, that of the second stage, and no further one inside it.
    '{ echo 1 > /proc/sys/user/max_user_namespaces; } 2>/dev/null || :',
    // One process for all mounts.
    `mount -a -T ${quoteWord(o.table)}`,
    `cd -- ${quoteWord(o.root)}`,
    `pivot_root . .${oldRoot}`,
    'cd /',
    `umount -l .${oldRoot}`,
    'verify',
    'set +ef',
    // The pid namespace ends with this shell; it also collects processes that lost their parent. In a session of its own the command can
    // be signalled together with its children, and without this shell.
    `unshare --user --map-user=${insideUser.id} --map-group=${insideUser.id} -- setsid "$@"`,
    'exit $?',
  ].join('\n');
}
