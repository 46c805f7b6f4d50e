import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pod } from '../../host/sandbox/contract.ts';
import type { ReadyPlan } from '../../model/plan.ts';
import { type ExecResult, type ProxyAddress, pluginError } from '../../plugin-api.ts';
import { adviceOn, endingOf } from './ending.ts';
import type { LogSection } from './log-section.ts';

const pauseMs = 50;
const portHint = 'Hand it over in bexpert.yml: `env: { PORT: "${{ service.port }}" }`.';

const logWords = (tail: string): string => (tail === '' ? 'Its log is empty.' : `Its log ends with:\n${tail}`);

interface NotReady {
  readonly words: string;
  readonly hint?: string;
}

/** What is asked of a service that starts. */
export interface ReadyOptions {
  readonly name: string;
  readonly ready: ReadyPlan;
  readonly pod: Pick<Pod, 'connect'>;
  readonly address: ProxyAddress;
  readonly ended: Promise<ExecResult>;
  /** What it writes since it was started. */
  readonly log: LogSection;
  /** Runs the `ready.command` of the service in its pod; true when it succeeds. */
  readonly command: (line: string) => Promise<boolean>;
  /** Is it this service that listens on the port? Another one of the step may have been quicker. Undefined: not known. */
  readonly listens: (port: number) => boolean | undefined;
  /** What to do when it ends, and when nothing listens on its port; where it is no command of the playbook. */
  readonly advice?: { readonly ended: string; readonly port: string };
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
  let last: NotReady = { words: 'it was not asked yet' };
  for (;;) {
    o.signal.throwIfAborted();
    if (over !== undefined) throw died(o, over);
    const said = (await probe(o)) ?? stranger(o);
    // What answered may have been its last word.
    if (said === undefined && over === undefined) return;
    last = said ?? last;
    if (over !== undefined) continue;
    if (performance.now() > deadline) {
      throw pluginError({
        code: 'service/not-ready',
        message: `The service ${o.name} was not ready within ${o.ready.withinMs / 1000} s: ${last.words}. ${logWords(o.log.tail)}`,
        hint: last.hint ?? 'Raise `ready.within` in bexpert.yml if it only needs longer.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function died(o: ReadyOptions, result: ExecResult): Error {
  const tail = o.log.tail;
  if (o.advice === undefined && (result.status === 'not-found' || result.exitCode === 127)) {
    return pluginError({
      code: 'command/not-found',
      message: `The command of the service ${o.name} was not found. ${logWords(tail)}`,
      hint: 'Install it in `setup:`, or give its path. Services see the tree, the set-up outputs and the system folders, not your home folder.',
    });
  }
  const taken = /EADDRINUSE|address already in use|port is already allocated/i.test(tail);
  const how =
    result.status === 'exited'
      ? `ended with ${endingOf(result)}`
      : result.status === 'limit'
        ? `was ${endingOf(result)},`
        : `ended (${endingOf(result)})`;
  return pluginError({
    code: taken ? 'service/port-taken' : 'service/died',
    message: `The service ${o.name} ${how} before it was ready. ${logWords(tail)}`,
    hint: taken
      ? `Tried again on other ports. Does it listen on the port that it is given? ${o.advice?.port ?? portHint}`
      : (o.advice?.ended ?? adviceOn(result)),
  });
}

/** What answers in its place would be measured in its place. */
function stranger({ ready, address, listens }: ReadyOptions): NotReady | undefined {
  // With the other two ways it need not listen at all.
  if (ready.http === undefined && (ready.command !== undefined || ready.log !== undefined)) return undefined;
  const port = ready.http === undefined ? (ready.tcp ?? address.port) : address.port;
  if (listens(port) !== false) return undefined;
  return {
    words: `another service of the step listens on port ${port}`,
    hint: `Services of one step, and base's and the candidate's, cannot have the same port: let each listen on the one that it is given. ${portHint}`,
  };
}

/** Why it is not ready yet, or undefined. */
async function probe(o: ReadyOptions): Promise<NotReady | undefined> {
  const { ready } = o;
  if (ready.http !== undefined) return answers(o, ready.http);
  if (ready.command !== undefined)
    return (await o.command(ready.command)) ? undefined : { words: `\`${ready.command}\` does not succeed` };
  if (ready.log !== undefined) return o.log.heard ? undefined : { words: `its log does not say "${ready.log}"` };
  const address = { host: o.address.host, port: ready.tcp ?? o.address.port };
  const socket = await dial(o.pod, address);
  if (socket === undefined) return nobody(o, address.port, ready.tcp === undefined);
  socket.destroy();
  return undefined;
}

const nobody = ({ advice }: ReadyOptions, port: number, given: boolean): NotReady => ({
  words: `nothing listens on port ${port}`,
  ...(given ? { hint: advice?.port ?? `${port} is the free port that this start was given. ${portHint}` } : {}),
});

async function dial(pod: Pick<Pod, 'connect'>, address: ProxyAddress): Promise<Duplex | undefined> {
  try {
    const socket = await pod.connect(address);
    socket.on('error', () => socket.destroy());
    return socket;
  } catch {
    return undefined;
  }
}

async function answers(o: ReadyOptions, path: string): Promise<NotReady | undefined> {
  const socket = await dial(o.pod, o.address);
  if (socket === undefined) return nobody(o, o.address.port, true);
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
    return status >= 200 && status < 300 ? undefined : { words: `GET ${path} answers ${status}, 200 to 299 is expected` };
  } catch (error) {
    return { words: `GET ${path}: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    socket.destroy();
  }
}
