// The whole view of one start as a list of mounts that both providers lay in this order, and the check that they lie as they should.
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { quoteWord } from '../shell.ts';
import type { StartSpec } from './contract.ts';
import { defaultLimits } from './contract.ts';
import { escapeMountPath, isBelow } from './mountinfo.ts';
import type { StandIns } from './stand-ins.ts';
import type { SystemRoot } from './system-root.ts';
import { type ViewMount, viewOf } from './view.ts';

export interface Walls {
  readonly mounts: readonly ViewMount[];
  /** Bytes that each folder in memory may hold. */
  readonly memoryBytes: number;
}

/** At most this much for /tmp: it is memory, which other processes need too. */
const mostMemory = 2 * 1024 ** 3;

function machineNetworkFiles(system: SystemRoot): readonly string[] {
  if (!existsSync('/etc/resolv.conf')) return [];
  const real = realpathSync('/etc/resolv.conf');
  return system.folders.some((folder) => isBelow(real, folder)) ? [] : [real];
}

export function wallsOf(spec: StartSpec, o: { readonly system: SystemRoot; readonly standIns: StandIns }): Walls {
  const { system, standIns } = o;
  const file = (from: string, at: string): ViewMount => ({ from, at, mode: 'read-only', folder: false, point: 'there' });
  const own = spec.network.kind !== 'machine';
  const mounts: ViewMount[] = [
    ...system.folders.map((at): ViewMount => ({ from: at, at, mode: 'read-only', folder: true, point: 'made' })),
    ...system.masked
      .filter(({ at }) => lstatSync(at, { throwIfNoEntry: false }) !== undefined)
      .map(
        ({ at, folder }): ViewMount => ({
          from: folder ? standIns.emptyFolder : standIns.emptyFile,
          at,
          mode: 'read-only',
          folder,
          point: 'there',
        }),
      ),
    file(standIns.passwd, '/etc/passwd'),
    file(standIns.group, '/etc/group'),
    // A machine without one has no names for its loopback either.
    ...(own && existsSync('/etc/hosts') ? [file(standIns.hosts, '/etc/hosts')] : []),
    ...(own ? [] : machineNetworkFiles(system).map((at): ViewMount => ({ ...file(at, at), point: 'made' }))),
    ...viewOf(spec.mounts, system.folders),
  ];
  const limits = { ...defaultLimits, ...spec.limits };
  return { mounts, memoryBytes: Math.min(limits.diskBytes, mostMemory) };
}

/**
 * Shell that ends with exit code 125 when a mount is missing, or one that should not be writable is: `mount -o remount,ro` does not reach
 * mounts below, so nothing but the outcome counts. It defines the function `verify`.
 */
export function verification(walls: Walls): string {
  const pattern = (at: string) => `${quoteWord(escapeMountPath(at))}|${quoteWord(escapeMountPath(at))}/*`;
  // The last mount that covers a point says whether it may be written.
  const cases = walls.mounts.toReversed().map(({ at, mode }) => `${pattern(at)}) ${mode === 'read-only' ? 'open' : ':'} ;;`);
  return `verify() {
set -f
mounts=$(cat /proc/self/mountinfo) covered= seen=
IFS='
'
set -- $mounts
IFS=' '
for line; do set -- $line; covered="$covered $2|$5 "; done
IFS='
'
set -- $mounts
IFS=' '
open() { echo "the mount at $point could be written" >&2; exit 125; }
for line; do
set -- $line
point=$5
seen="$seen $point "
case "$covered" in *" $1|$point "*) continue ;; esac
case ",$6," in *,ro,*) continue ;; esac
case "$point" in
/proc/sys|/proc/sys/*) open ;;
/proc|/proc/*|/tmp|/dev/pts|/dev/shm|/dev/null|/dev/zero|/dev/full|/dev/random|/dev/urandom|/dev/tty|/dev/console) : ;;
${cases.join('\n')}
*) open ;;
esac
done
for point in ${walls.mounts.map(({ at }) => quoteWord(escapeMountPath(at))).join(' ')}; do
case "$seen" in *" $point "*) : ;; *) echo "nothing is mounted at $point" >&2; exit 125 ;; esac
done
if [ -w /proc/sys/kernel/core_pattern ] || [ -w /proc/sysrq-trigger ]; then echo 'the settings of the kernel could be written' >&2; exit 125; fi
unset IFS mounts covered seen point line
}
`;
}
