import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { JournalEvent } from '../../src/model/event.ts';

/** The newest run below a state folder. */
export function newestRun(state: string): string | undefined {
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('events.jsonl'))
    .map((file) => path.join(state, file))
    .sort((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs)
    .map((file) => path.dirname(file))
    .at(-1);
}

/** Events that are in the journal of a run by now; a line that is being written is left out. */
export function eventsOf(run: string): readonly JournalEvent[] {
  const text = readFileSync(path.join(run, 'events.jsonl'), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).event as JournalEvent);
}

/** Asks again and again until there is an answer. */
export async function until<T>(ask: () => T | undefined, what: string): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`this did not happen within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Pids of processes whose command line holds the text. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
