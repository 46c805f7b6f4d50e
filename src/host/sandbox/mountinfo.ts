// The machine's mounts as /proc shows them (proc(5), "mountinfo").
import { readFileSync } from 'node:fs';

export interface MachineMount {
  /** Absolute path. */
  readonly point: string;
  /** What a remount inside a user namespace must keep: nosuid, nodev, noexec. */
  readonly flags: readonly string[];
  readonly readOnly: boolean;
}

const decode = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** As the kernel writes a path in mountinfo, and as fstab(5) wants it read. */
export const escapeMountPath = (path: string): string =>
  path.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);

export function parseMountinfo(text: string): readonly MachineMount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      // Bytes, not characters: the path was read as latin1, so that no name is lost.
      const [, , , , point = '', options = ''] = line.split(' ');
      const words = options.split(',');
      return {
        point: Buffer.from(decode(point), 'latin1').toString('utf8'),
        flags: words.filter((word) => word === 'nosuid' || word === 'nodev' || word === 'noexec'),
        readOnly: words.includes('ro'),
      };
    });
}

export const machineMounts = (): readonly MachineMount[] => parseMountinfo(readFileSync('/proc/self/mountinfo', 'latin1'));

export const isBelow = (path: string, folder: string): boolean => (folder === '/' ? path !== '/' : path.startsWith(`${folder}/`));

/** The mount that a path lies on: of the longest mount points above it the one that was mounted last. */
export function mountOf(path: string, mounts: readonly MachineMount[]): MachineMount | undefined {
  let best: MachineMount | undefined;
  for (const mount of mounts) {
    if (mount.point !== path && !isBelow(path, mount.point)) continue;
    if (best === undefined || mount.point.length >= best.point.length) best = mount;
  }
  return best;
}

/** Mounts below a folder, each mount point once, outermost first: a read-only bind mount of the folder does not reach them. */
export function mountsBelow(folder: string, mounts: readonly MachineMount[]): readonly MachineMount[] {
  const last = new Map(mounts.filter(({ point }) => isBelow(point, folder)).map((mount) => [mount.point, mount]));
  return [...last.values()].sort((a, b) => a.point.length - b.point.length);
}
