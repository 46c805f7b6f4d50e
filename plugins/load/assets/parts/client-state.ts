import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import type { ClientState } from '../../order.ts';

const resolutionMs = 10;

/** Watches this process until the returned function is called. */
export function watchClient(): () => ClientState {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const before = process.cpuUsage();
  const started = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(before);
    delay.disable();
    // Node records the time between two ticks of its timer, so the timer's own period is in every value.
    const delayMs = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - resolutionMs);
    return { cpu: (user + system) / 1000 / Math.max(1, performance.now() - started), delayMs };
  };
}
