// Process trees as /proc shows them. Reads are synchronous: procfs is memory, and a snapshot should be short.
import { readdirSync, readFileSync } from 'node:fs';
import type { CpuTime } from '../../plugin-api.ts';

/** Linux has said 100 to every program since 2.4, whatever the kernel's own timer does (`sysconf(_SC_CLK_TCK)`). */
const ticksPerSecond = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Ticks of 10 ms. */
  readonly user: number;
  readonly system: number;
  /** Of children that were waited for, and theirs. */
  readonly childrenUser: number;
  readonly childrenSystem: number;
  /** Ticks since boot; with the pid it names a process for ever. */
  readonly started: number;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `/proc/<pid>/stat` (proc(5)); undefined when the process is gone or the system has no /proc. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the name in brackets and may itself hold brackets and spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number) => Number(fields[index - 3] ?? 0);
  return {
    pid,
    state: fields[0] ?? '?',
    parent: at(4),
    group: at(5),
    user: at(14),
    system: at(15),
    childrenUser: at(16),
    childrenSystem: at(17),
    started: at(22),
  };
}

/** Pid of a process in its innermost pid namespace. */
export function innermostPid(pid: number): number | undefined {
  const line = /^NSpid:\s*(.+)$/m.exec(readText(`/proc/${pid}/status`) ?? '');
  const last = line?.[1]?.trim().split(/\s+/).at(-1);
  return last === undefined ? undefined : Number(last);
}

export const everyPid = (): number[] =>
  list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function childrenOf(pid: number): number[] | undefined {
  const found: number[] = [];
  for (const task of list(`/proc/${pid}/task`)) {
    const text = readText(`/proc/${pid}/task/${task}/children`);
    if (text === undefined) return undefined;
    for (const word of text.split(' ')) if (word !== '') found.push(Number(word));
  }
  return found;
}

/** Kernels without `children` files (CONFIG_PROC_CHILDREN): parents of all processes of the machine. */
function childrenByScan(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of everyPid()) {
    const stat = readStat(pid);
    if (stat === undefined) continue;
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [pid]);
    else siblings.push(pid);
  }
  return children;
}

/**
 * The process and all its descendants, outermost first, at most `atMost`. Inside a pid namespace orphans go to the namespace's first
 * process, so nothing escapes this list there.
 */
export function processTree(root: number, atMost = Number.POSITIVE_INFINITY): number[] {
  const all = [root];
  let scan: Map<number, number[]> | undefined;
  for (let index = 0; index < all.length && all.length <= atMost; index++) {
    const pid = all[index] ?? root;
    const children = scan === undefined ? childrenOf(pid) : scan.get(pid);
    if (children !== undefined) all.push(...children);
    else if (scan === undefined && readStat(pid) !== undefined) {
      scan = childrenByScan();
      all.push(...(scan.get(pid) ?? []));
    }
  }
  return all;
}

/** Nanoseconds on a processor of all live threads of a process; 0 where the kernel does not count them. */
function scheduledNs(pid: number): number {
  let sum = 0;
  for (const task of list(`/proc/${pid}/task`))
    sum += Number(readText(`/proc/${pid}/task/${task}/schedstat`)?.split(' ')[0] ?? 0);
  return sum;
}

/**
 * CPU time of the live processes and of those that they have waited for. Exact to the microsecond for threads that live; what ended
 * (threads, waited-for children) is counted in ticks of 10 ms, rounded down by the kernel per process. Children that a parent
 * disowned by ignoring SIGCHLD are not counted. The split in user and system follows the kernel's own split of the ticks.
 */
export function cpuTime(pids: readonly number[]): CpuTime {
  let user = 0;
  let system = 0;
  const microseconds = 1e6 / ticksPerSecond;
  for (const pid of pids) {
    const stat = readStat(pid);
    if (stat === undefined) continue;
    const ticks = stat.user + stat.system;
    const exact = Math.max(ticks * microseconds, scheduledNs(pid) / 1000);
    const share = ticks === 0 ? 0.5 : stat.user / ticks;
    user += exact * share + stat.childrenUser * microseconds;
    system += exact * (1 - share) + stat.childrenSystem * microseconds;
  }
  return { user: Math.round(user), system: Math.round(system) };
}
