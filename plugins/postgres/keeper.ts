// The plugin's end of the keeper process (assets/server.ts).
import { type OwnedProcess, pluginError } from '../../src/plugin-api.ts';
import { KeptText } from './log.ts';
import { type KeeperAnswer, type KeeperRequest, lineReader } from './protocol.ts';

const logLimit = 16 * 1024 * 1024;

export interface Keeper extends AsyncDisposable {
  ask(request: KeeperRequest): Promise<unknown>;
  readonly log: KeptText;
  readonly running: OwnedProcess;
}

export function keeper(running: OwnedProcess): Keeper {
  const log = new KeptText(logLimit);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const input = running.stdin.getWriter();
  let count = 0;
  let over = false;

  const read = lineReader((line) => {
    const answer = JSON.parse(line) as KeeperAnswer;
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) asker?.resolve(answer.value);
    else asker?.reject(failed(answer.error, log));
  });
  const following = [follow(running.stdout, read), follow(running.stderr, (text) => log.add(text))];
  const end = async () => {
    over = true;
    await Promise.all(following);
    for (const asker of waiting.values()) asker.reject(failed('its process ended', log));
    waiting.clear();
  };
  running.ended.then(end, end);

  return {
    running,
    log,
    async ask(request) {
      if (over) throw failed('its process has ended', log);
      const id = ++count;
      const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      // A process that ends while it is written to answers through `end`.
      input.write(new TextEncoder().encode(`${JSON.stringify({ id, ...request })}\n`)).catch(() => undefined);
      return answered;
    },
    async [Symbol.asyncDispose]() {
      // The data is thrown away: there is nothing to write down first.
      await running.stop('SIGQUIT');
    },
  };
}

function failed(what: string, log: KeptText): Error {
  const tail = log.text.trim().split('\n').slice(-15).join('\n');
  return pluginError({
    code: 'postgres/server-failed',
    message: `The embedded PostgreSQL server failed: ${what}.${tail === '' ? '' : ` Its log ends with: ${tail}`}`,
    hint: 'Run `bexpert doctor`; or give a server of your own in DATABASE_URL.',
  });
}

async function follow(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  } catch {
    // A stream that breaks ends here; the process's end is told apart.
  }
}
