import { defaultLimits, type StartSpec } from './contract.ts';
import { watchDisk } from './disk.ts';
import { processTree } from './processes.ts';

const periodMs = 250;

/**
 * Looks at a start four times a second and says once which limit it broke. Processes are counted in its own tree only, so that the cost
 * depends on the start and not on the machine; `ulimit -u` would not bind a mapped root.
 */
export function watchLimits(
  root: number,
  spec: StartSpec,
  o: { readonly exceeded: (limit: string) => void; readonly tick: () => void },
): { stop(): void } {
  const limits = { ...defaultLimits, ...spec.limits };
  const disk = watchDisk(spec.mounts, limits.diskBytes);
  let looking = false;
  const timer = setInterval(() => {
    o.tick();
    if (processTree(root, limits.processes).length > limits.processes) o.exceeded(`more than ${limits.processes} processes`);
    if (looking) return;
    looking = true;
    void disk
      .exceeded(root)
      .then((grown) => grown && o.exceeded(`more than ${bytesInWords(limits.diskBytes)} written to disk`))
      .finally(() => {
        looking = false;
      });
  }, periodMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const mebibyte = 1024 * 1024;
export const bytesInWords = (bytes: number): string => (bytes % mebibyte === 0 ? `${bytes / mebibyte} MiB` : `${bytes} bytes`);
