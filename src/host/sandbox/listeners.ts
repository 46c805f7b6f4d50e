// Who listens on a port, as /proc shows it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processTree } from './processes.ts';

const listening = '0A';

/** Inodes of the sockets that listen on a TCP port in the network of a process (proc(5), net/tcp). */
function inodesOn(pid: number, port: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    for (const row of readFileSync(`/proc/${pid}/net/${table}`, 'latin1').trim().split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      if (state === listening && Number.parseInt(local.split(':')[1] ?? '', 16) === port) inodes.add(inode);
    }
  }
  return inodes;
}

/**
 * Does the process, or one of its descendants, listen on this port? Services of one step share a network, so that another one may have
 * been quicker. Undefined where the system does not say.
 */
export function listensOn(root: number, port: number): boolean | undefined {
  try {
    const inodes = inodesOn(root, port);
    for (const pid of processTree(root)) {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.has(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? '')) return true;
      }
    }
    return false;
  } catch {
    return undefined;
  }
}

/** A descriptor may be closed while we look. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
