import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin'] as const;

/** Absolute path of a system program; the user's own PATH does not count. */
export function systemProgram(name: string): string | undefined {
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** SIOCSIFFLAGS with IFF_UP and IFF_RUNNING (netdevice(7)), for machines that have Perl and none of the usual programs. */
const perl = `perl -e 'socket(S,2,2,0)||die "$!\\n";my $r=pack("a16 s x22","lo",65);ioctl(S,0x8914,$r)||die "$!\\n"'`;

/** Shell that switches on the loopback of a fresh network namespace; undefined when nothing here can. */
export function loopbackUp(): string | undefined {
  if (systemProgram('ip') !== undefined) return 'ip link set lo up';
  if (systemProgram('ifconfig') !== undefined) return 'ifconfig lo up';
  if (systemProgram('busybox') !== undefined) return 'busybox ip link set lo up';
  return systemProgram('perl') === undefined ? undefined : perl;
}
