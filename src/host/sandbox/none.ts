// No walls: plain processes in a process group of their own. What it can promise: a clean environment, limits, and that the processes
// of a start end with it. It cannot keep a process from reading or writing what the user may.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runnerPid } from '../machine.ts';
import type { SandboxProvider, StartSpec } from './contract.ts';
import { outsidePath } from './inside.ts';
import { launcherArgv } from './launcher.ts';
import { openLoopbackPod } from './loopback-pod.ts';
import { everyPid } from './processes.ts';
import { supervise } from './supervise.ts';

/** Processes that carry the start's mark, also those that left the process group with setsid(2). */
function marked(mark: string): number[] {
  return everyPid().filter((pid) => {
    if (pid === runnerPid()) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });
}

export function noneProvider(): SandboxProvider {
  return {
    name: 'none',
    isolates: false,
    async start(spec: StartSpec) {
      const mark = randomBytes(12).toString('hex');
      const env = { ...spec.env, BEXPERT_START: mark };
      const cwd = outsidePath(spec.cwd, spec.mounts);
      return supervise(
        { argv: launcherArgv(spec.argv, cwd), namespace: false, strays: () => marked(`BEXPERT_START=${mark}`) },
        { ...spec, env },
      );
    },
    openPod: async () => openLoopbackPod(),
    inside: outsidePath,
    async [Symbol.asyncDispose]() {},
  };
}
