// The one place of the host that touches `process`: what this machine's kernel knows of the runner and of pids.
import { availableParallelism } from 'node:os';
import process from 'node:process';

export type SignalName = NodeJS.Signals;

/** Absolute path of the Node that runs bexpert. */
export const nodePath = (): string => process.execPath;
export const runnerPid = (): number => process.pid;
/** Undefined where the system has no user ids. */
export const runnerUid = (): number | undefined => process.getuid?.();
/** Processors that this process may use. */
export const coreCount = (): number => availableParallelism();
export const onLinux = (): boolean => process.platform === 'linux';

/** Sends a signal; false when there is no such process or it is not ours. */
export function sendSignal(pid: number, signal: SignalName): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to a whole process group. */
export const signalGroup = (group: number, signal: SignalName): boolean => sendSignal(-group, signal);

/** Is there such a process, whoever owns it? A zombie counts as one. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
