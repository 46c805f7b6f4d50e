// One project, mapped once; prints what it took as JSON. `bench/discovery-size.ts` runs it as a process of its own.
import { filesIn, mapTables, sharedReading, sharedRoutes, traceIn } from '../src/discovery/index.ts';
import type { Mapped } from './discovery-size.ts';

const tree = filesIn(process.argv[2] ?? '.');
const times: Record<string, number> = {};
async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  times[what] = performance.now() - start;
  return value;
}
const reading = await timed('read and index', () => sharedReading({ tree }));
const { routes } = await timed('routes', () => sharedRoutes(reading));
const { findings } = await timed('i/o on the way of requests', () => traceIn(reading, { routes }));
await timed('tables', () =>
  mapTables({ tree, scope: '', migrations: [], more: [], signal: new AbortController().signal, progress() {} }),
);
const mapped: Mapped = { times, routes: routes.length, findings: findings.length, trouble: reading.trouble.length };
process.stdout.write(JSON.stringify(mapped));
