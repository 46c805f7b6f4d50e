// A lock for the whole machine: many shared or one exclusive, first come first served, over all runs and their processes. Node has no
// flock(2), so it is a queue of numbered tickets in a folder. Lamport's bakery algorithm (1974), with the file system to give the numbers.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result, succeed } from '../model/result.ts';
import { isAlive, runnerPid } from './machine.ts';
import { readStat } from './sandbox/processes.ts';

export interface MachineLockOptions {
  readonly folder: string;
  readonly mode: 'exclusive' | 'shared';
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Called once, when it is clear that others must end first. */
  readonly onWait?: () => void;
}
export interface MachineLockFailure {
  readonly kind: 'waited-too-long' | 'aborted';
  /** Pids of those that were in front. */
  readonly holders: readonly number[];
}

interface Ticket {
  readonly number: number;
  readonly pid: number;
  /** Ticks since boot, so that another process with the same pid is not taken for the holder; 0 where the system does not say. */
  readonly started: number;
  /** The boot: state folders may be shared by machines, and pids are not. */
  readonly world: string;
  readonly mode: 'exclusive' | 'shared';
}

const pollMs = { first: 10, most: 200 } as const;
const pad = (number: number): string => String(number).padStart(12, '0');
const ended = '.ended';
/** Ended tickets that stay. A number comes back only to a process that was stopped while so many others came. */
const kept = 64;

async function text(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}

/** Where pids have a meaning: this boot of this machine. */
const thisWorld = (): Promise<string> => text('/proc/sys/kernel/random/boot_id');

/** A folder of tickets. A file `n` is a ticket; a file `n.ended` beside it says that its owner is done. */
class Queue {
  readonly #folder: string;
  readonly #world: string;
  constructor(folder: string, world: string) {
    this.#folder = folder;
    this.#world = world;
  }

  #file = (number: number): string => path.join(this.#folder, pad(number));

  async #numbers(): Promise<{ readonly all: readonly number[]; readonly open: readonly number[] }> {
    const names = await readdir(this.#folder);
    const done = new Set(names.filter((name) => name.endsWith(ended)).map((name) => Number(name.slice(0, -ended.length))));
    const all = names.filter((name) => /^\d+$/.test(name)).map(Number);
    return { all, open: all.filter((number) => !done.has(number)) };
  }

  /** Whose process is gone has left the queue. */
  #isLive(ticket: Ticket): boolean {
    if (ticket.world !== this.#world || !isAlive(ticket.pid)) return false;
    const stat = readStat(ticket.pid);
    return stat === undefined ? ticket.started === 0 : stat.started === ticket.started && stat.state !== 'Z';
  }

  async #read(number: number): Promise<Ticket | undefined> {
    try {
      return { ...(JSON.parse(await readFile(this.#file(number), 'utf8')) as Ticket), number };
    } catch {
      // Removed in the meantime: its owner was done.
      return undefined;
    }
  }

  /**
   * Takes the next number. Numbers only grow: the highest stay when they have ended, and whoever got a number below one that came since
   * draws again. So nobody ever comes to stand before one who already holds.
   */
  async draw(mode: Ticket['mode']): Promise<number> {
    const facts = { pid: runnerPid(), started: readStat(runnerPid())?.started ?? 0, world: this.#world, mode };
    const blank = path.join(this.#folder, `.${randomBytes(8).toString('hex')}`);
    await writeFile(blank, JSON.stringify(facts));
    try {
      for (;;) {
        const number = Math.max(0, ...(await this.#numbers()).all) + 1;
        try {
          // Atomic, and with its content: nobody ever reads half a ticket.
          await link(blank, this.#file(number));
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
          throw error;
        }
        if ((await this.#numbers()).all.every((other) => other <= number)) return number;
        await this.leave(number);
      }
    } finally {
      await rm(blank, { force: true });
    }
  }

  /** Tickets that must end before this one may hold. Buries those of the dead on the way. */
  async inFront(number: number, mode: Ticket['mode']): Promise<readonly Ticket[]> {
    const before = (await this.#numbers()).open.filter((other) => other < number);
    const found: Ticket[] = [];
    for (const other of before.sort((a, b) => a - b)) {
      const ticket = await this.#read(other);
      if (ticket === undefined) continue;
      if (!this.#isLive(ticket)) await this.leave(other);
      else if (mode === 'exclusive' || ticket.mode === 'exclusive') found.push(ticket);
    }
    return found;
  }

  async leave(number: number): Promise<void> {
    await writeFile(this.#file(number) + ended, '');
    const { all, open } = await this.#numbers();
    const last = Math.max(...all, 0);
    for (const old of all) {
      if (old > last - kept || open.includes(old)) continue;
      await rm(this.#file(old), { force: true });
      await rm(this.#file(old) + ended, { force: true });
    }
  }
}

/**
 * Waits for the machine. The lock ends with its disposal or with its process, however that ends. Waiting too long and an abort are values;
 * an error of the file system is thrown.
 */
export async function acquireMachineLock(o: MachineLockOptions): Promise<Result<AsyncDisposable, MachineLockFailure>> {
  if (o.signal.aborted) return fail({ kind: 'aborted', holders: [] });
  await mkdir(o.folder, { recursive: true });
  const queue = new Queue(o.folder, await thisWorld());
  const number = await queue.draw(o.mode);
  const deadline = performance.now() + o.waitMs;
  let left = false;
  const leave = async () => {
    if (left) return;
    left = true;
    await queue.leave(number);
  };
  try {
    for (let turn = 0; ; turn += 1) {
      const front = await queue.inFront(number, o.mode);
      if (front.length === 0) return succeed({ [Symbol.asyncDispose]: leave });
      const holders = [...new Set(front.map(({ pid }) => pid))];
      const kind = o.signal.aborted ? 'aborted' : performance.now() >= deadline ? 'waited-too-long' : undefined;
      if (kind !== undefined) {
        await leave();
        return fail({ kind, holders });
      }
      if (turn === 0) o.onWait?.();
      const pause = Math.min(pollMs.first * 2 ** Math.min(turn, 10), pollMs.most, Math.max(1, deadline - performance.now()));
      await sleep(pause, undefined, { signal: o.signal }).catch(() => undefined);
    }
  } catch (error) {
    await leave();
    throw error;
  }
}
