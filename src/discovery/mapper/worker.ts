// One process that indexes, and what it was asked and has not answered.
import { createInterface } from 'node:readline';
import type { IndexingProcess } from '../../host/indexing-process.ts';
import type { FileFacts } from '../contract/reading.ts';
import { answerOf, encoded, type Question, wireVersion } from './wire.ts';

/** Questions that wait in a process, so that it never waits for the next. */
const ahead = 16;

export type End =
  /** There is no more to ask. */
  | { readonly kind: 'done' }
  /** `how`: `SIGSEGV`. `file`: what it was at; undefined: it never began. */
  | { readonly kind: 'died'; readonly how: string; readonly at: Question | undefined; readonly unasked: readonly Question[] };

export async function work(o: {
  readonly child: IndexingProcess;
  readonly patience: number;
  readonly signal: AbortSignal | undefined;
  next(): Question | undefined;
  answered(question: Question, facts: FileFacts): void;
}): Promise<End> {
  const { child } = o;
  const asked: Question[] = [];
  let [begun, over, how] = [false, false, ''];
  const ask = (): void => {
    while (asked.length < ahead) {
      const question = o.next();
      if (question === undefined) break;
      asked.push(question);
      child.stdin.write(encoded(question));
    }
    if (asked.length > 0 || over) return;
    over = true;
    child.stdin.end();
  };
  const stop = (): void => child.kill();
  o.signal?.addEventListener('abort', stop);
  const late = (): void => {
    how = `it took more than ${o.patience / 1000} seconds`;
    child.kill();
  };
  let timer = setTimeout(late, o.patience);
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      clearTimeout(timer);
      timer = setTimeout(late, o.patience);
      const answer = answerOf(line);
      if ('version' in answer) {
        if (answer.version !== wireVersion) child.kill();
        else begun = true;
      } else {
        const question = asked.shift();
        if (question !== undefined) o.answered(question, answer.facts);
      }
      if (begun) ask();
    }
    const end = await child.ended;
    if (over && asked.length === 0) return { kind: 'done' };
    return { kind: 'died', how: how || end, at: asked[0], unasked: asked.slice(1) };
  } finally {
    clearTimeout(timer);
    o.signal?.removeEventListener('abort', stop);
    child.kill();
  }
}
