// How much of a core a process gets while the services are idle: other work on the machine shows as time that no CPU time was used.
import process from 'node:process';
import type { Calibrated } from '../../order.ts';

const cpuMicroseconds = 150_000;

export function calibrate(): Calibrated {
  const started = performance.now();
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system < cpuMicroseconds) continue;
    return { slowdown: Math.max(1, ((performance.now() - started) * 1000) / (user + system)) };
  }
}
