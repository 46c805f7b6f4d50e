// Who listens on a port, and what waits there, as /proc shows it (proc(5), net/tcp).
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { everyPid, processTree, readStat } from './processes.ts';

const listening = '0A';
const closedByPeer = '08';

interface Row {
  readonly state: string;
  readonly inode: string;
  /** Bytes not read yet; of a socket that listens: connections that nobody accepted yet. */
  readonly waiting: number;
}

/** Sockets with this local TCP port in the network of a process. */
function socketsOn(pid: number, port: number): readonly Row[] {
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((row): readonly Row[] => {
        const [, local = '', , state = '', queues = '', , , , , inode = ''] = row.trim().split(/\s+/);
        if (Number.parseInt(local.split(':')[1] ?? '', 16) !== port) return [];
        return [{ state, inode, waiting: Number.parseInt(queues.split(':')[1] ?? '', 16) }];
      }),
  );
}

/**
 * The process, or those of its descendants, that listen on this port; each name holds pid and start, so that it is never used twice.
 * Services of one step share a network, so that another one may have been quicker. Undefined where the system does not say.
 */
export function listenersOn(root: number, port: number): readonly string[] | undefined {
  try {
    const inodes = new Set(socketsOn(root, port).flatMap(({ state, inode }) => (state === listening ? [inode] : [])));
    return processTree(root).flatMap((pid) => {
      const listens = descriptorsOf(pid).some((fd) =>
        inodes.has(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''),
      );
      return listens ? [`${pid}@${readStat(pid)?.started ?? 0}`] : [];
    });
  } catch {
    return hasEnded(root) ? [] : undefined;
  }
}

/** Also as a zombie, which has no network any more. False where there is no /proc to tell. */
function hasEnded(pid: number): boolean {
  const state = readStat(pid)?.state;
  return state === undefined ? everyPid().length > 0 : 'ZX'.includes(state);
}

/** Bytes and connections that came to this port and that its service did not take yet; 0 where the system does not say. */
export function waitingOn(pid: number, port: number): number {
  try {
    // The end of a connection that the other side closed counts as one byte.
    return socketsOn(pid, port).reduce(
      (sum, { state, waiting }) => sum + (state === closedByPeer ? Math.max(0, waiting - 1) : waiting),
      0,
    );
  } catch {
    return 0;
  }
}

/** A process may end while we look; one that may not be looked at is another matter. */
function descriptorsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch (error) {
    if (readStat(pid) === undefined) return [];
    throw error;
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
