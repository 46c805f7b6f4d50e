// Makes all processes of a start stand still, so that they cannot disturb what is measured beside them. Signals, because the freezer of
// cgroups needs a delegated cgroup, which few machines give. SIGSTOP can be undone from inside (a POSIX timer may send SIGCONT), so what
// they did in the meantime is looked at instead of believed.
import { pluginError } from '../../plugin-api.ts';
import { sendSignal } from '../machine.ts';
import { cpuTime, readStat } from './processes.ts';

const patienceMs = 2000;
/** Stopped, traced, ended; and waiting in the kernel, out of which a process with a SIGSTOP does not come. */
const still = 'TtZXD';

export class Freezer {
  readonly #pids: () => readonly number[];
  #frozen: readonly number[] | undefined;
  #before = 0;

  /** `pids`: all processes of the start, as they are now. */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
  }

  /** Resolves when all stand still, also those that were being forked meanwhile. */
  async freeze(): Promise<void> {
    if (this.#frozen !== undefined) return;
    const deadline = performance.now() + patienceMs;
    const stopped = new Set<number>();
    for (;;) {
      const now = this.#pids();
      for (const pid of now) {
        if (stopped.has(pid)) continue;
        sendSignal(pid, 'SIGSTOP');
        stopped.add(pid);
      }
      const restless = now.filter((pid) => !still.includes(readStat(pid)?.state ?? 'X'));
      // A process that forked before it stopped has a child that is not in the list yet.
      if (restless.length === 0 && this.#pids().every((pid) => stopped.has(pid))) break;
      if (performance.now() > deadline) {
        for (const pid of stopped) sendSignal(pid, 'SIGCONT');
        throw pluginError({
          code: 'service/not-frozen',
          message: `${restless.length} of ${now.length} processes did not stand still within ${patienceMs / 1000} s after SIGSTOP.`,
          hint: 'A process in the middle of a system call that hangs, or one that sends itself SIGCONT, does that.',
        });
      }
      // It woke up since: only a signal sent again stops it.
      for (const pid of restless) sendSignal(pid, 'SIGSTOP');
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#frozen = [...stopped];
    this.#before = this.#used();
  }

  /** Lets them go on. Microseconds of CPU time that they used although they were frozen. */
  thaw(): number {
    if (this.#frozen === undefined) return 0;
    const used = Math.max(0, this.#used() - this.#before);
    for (const pid of new Set([...this.#pids(), ...this.#frozen])) sendSignal(pid, 'SIGCONT');
    this.#frozen = undefined;
    return used;
  }

  #used(): number {
    const { user, system } = cpuTime(this.#pids());
    return user + system;
  }
}
