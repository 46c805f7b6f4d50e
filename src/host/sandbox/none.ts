// No walls: plain processes in a process group of their own. What it can promise: a clean environment, limits, and that the processes
// of a start end with it. It cannot keep a process from reading or writing what the user may.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runnerPid } from '../machine.ts';
import type { SandboxProvider, StartSpec } from './contract.ts';
import { openHostsNetwork } from './hosts-network.ts';
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

/** `env`: the runner's environment, for a machine whose own way out is a proxy. */
export function noneProvider(o: { readonly env: Readonly<Record<string, string | undefined>> } = { env: {} }): SandboxProvider {
  return {
    name: 'none',
    isolates: false,
    async start(spec: StartSpec) {
      const { network } = spec;
      const mark = randomBytes(12).toString('hex');
      // The variables are the same as in a sandbox; nothing keeps a program from going past the proxy.
      const hosts =
        network.kind === 'hosts'
          ? await openHostsNetwork({ hosts: network.hosts, env: o.env, openPod: async () => openLoopbackPod() })
          : undefined;
      const env = { ...spec.env, ...hosts?.environment, BEXPERT_START: mark };
      const cwd = outsidePath(spec.cwd, spec.mounts);
      return supervise(
        {
          argv: launcherArgv(spec.argv, cwd),
          namespace: false,
          strays: () => marked(`BEXPERT_START=${mark}`),
          ...(hosts === undefined ? {} : { release: () => hosts[Symbol.asyncDispose]() }),
        },
        { ...spec, env },
      );
    },
    openPod: async () => openLoopbackPod(),
    inside: outsidePath,
    async [Symbol.asyncDispose]() {},
  };
}
