import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pod } from '../../host/sandbox/contract.ts';
import type { ReadyPlan } from '../../model/plan.ts';
import { type ExecResult, type ProxyAddress, pluginError } from '../../plugin-api.ts';

const pauseMs = 50;

/** What is asked of a service that starts. */
export interface ReadyOptions {
  readonly name: string;
  readonly ready: ReadyPlan;
  readonly pod: Pod;
  readonly address: ProxyAddress;
  readonly ended: Promise<ExecResult>;
  readonly log: { text(): Promise<string>; tail(): Promise<string> };
  /** Runs the `ready.command` of the service in its pod; true when it succeeds. */
  readonly command: (line: string) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the service answers as its `ready:` says. Rejects with a PluginError when it ends before, or is not ready in time;
 * `service/port-taken` where it says that its port is in use, so that the caller tries another.
 */
export async function untilReady(o: ReadyOptions): Promise<void> {
  const deadline = performance.now() + o.ready.withinMs;
  let over: ExecResult | undefined;
  o.ended.then(
    (result) => {
      over = result;
    },
    () => undefined,
  );
  let last = 'it was not asked yet';
  for (;;) {
    o.signal.throwIfAborted();
    if (over !== undefined) throw await died(o, over);
    const said = await probe(o);
    if (said === undefined) return;
    last = said;
    if (performance.now() > deadline) {
      throw pluginError({
        code: 'service/not-ready',
        message: `The service ${o.name} was not ready within ${o.ready.withinMs / 1000} s: ${last}. Its log ends with: ${(await o.log.tail()) || '(nothing)'}`,
        hint: 'Look at its log; raise `ready.within` in bexpert.yml if it only needs longer.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function died(o: ReadyOptions, result: ExecResult): Promise<Error> {
  const tail = await o.log.tail();
  const taken = /EADDRINUSE|address already in use/i.test(tail);
  return pluginError({
    code: taken ? 'service/port-taken' : 'service/died',
    message: `The service ${o.name} ended (${result.exitCode ?? result.status}) before it was ready. Its log ends with: ${tail || '(nothing)'}`,
    hint: 'Run its command by hand with the same variables; its `run:` and `env:` stand in bexpert.yml.',
  });
}

/** Why it is not ready yet, or undefined. */
async function probe(o: ReadyOptions): Promise<string | undefined> {
  const { ready } = o;
  if (ready.http !== undefined) return answers(o, ready.http);
  if (ready.command !== undefined) return (await o.command(ready.command)) ? undefined : `\`${ready.command}\` does not succeed`;
  if (ready.log !== undefined)
    return (await o.log.text()).includes(ready.log) ? undefined : `its log does not say "${ready.log}"`;
  const address = { host: o.address.host, port: ready.tcp ?? o.address.port };
  const socket = await dial(o.pod, address);
  if (socket === undefined) return `nothing listens on port ${address.port}`;
  socket.destroy();
  return undefined;
}

async function dial(pod: Pod, address: ProxyAddress): Promise<Duplex | undefined> {
  try {
    const socket = await pod.connect(address);
    socket.on('error', () => socket.destroy());
    return socket;
  } catch {
    return undefined;
  }
}

async function answers(o: ReadyOptions, path: string): Promise<string | undefined> {
  const socket = await dial(o.pod, o.address);
  if (socket === undefined) return `nothing listens on port ${o.address.port}`;
  try {
    const status = await new Promise<number>((resolve, reject) => {
      const call = request(
        {
          path,
          method: 'GET',
          headers: { host: `${o.address.host}:${o.address.port}`, connection: 'close' },
          createConnection: () => socket,
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      call.setTimeout(2000, () => call.destroy(new Error('no answer within 2 s')));
      call.on('error', reject).end();
    });
    return status >= 200 && status < 300 ? undefined : `GET ${path} answers ${status}`;
  } catch (error) {
    return `GET ${path}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    socket.destroy();
  }
}
