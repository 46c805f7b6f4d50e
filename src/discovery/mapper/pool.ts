// Indexes many files in processes of their own: one that dies names the file that it died of, and the rest is read by another.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type IndexingProcess, startIndexing } from '../../host/indexing-process.ts';
import { coreCount } from '../../host/machine.ts';
import { packageRoot } from '../../package-root.ts';
import type { FileFacts } from '../contract/reading.ts';
import { unparsed } from '../files/index-file.ts';
import type { Question } from './wire.ts';
import { work } from './worker.ts';

export interface PoolOptions {
  readonly questions: readonly Question[];
  readonly signal?: AbortSignal | undefined;
  readonly start?: () => IndexingProcess;
  /** Milliseconds that one file may take. */
  readonly patience?: number;
  /** Files that may end a process before the rest is given up. */
  readonly mostDeaths?: number;
  progress?(done: number, file: string): void;
}
/** Source for which one process is enough. */
const little = 512 * 1024;
const mostProcesses = 2;

const script = (): string => path.join(packageRoot(), 'dist/mapper.mjs');
/** Is it built? Sources that run as they are do without. */
export const canIndexApart = (): boolean => existsSync(script());
/** Names the program that makes facts: its name changes with every part of it, for the names of the parts do. */
export const indexVersion = (): string => createHash('sha1').update(readFileSync(script())).digest('hex').slice(0, 16);

export async function indexApart(options: PoolOptions): Promise<ReadonlyMap<string, FileFacts>> {
  const found = new Map<string, FileFacts>();
  const queue = [...options.questions].reverse();
  const size = queue.reduce((sum, { text }) => sum + text.length, 0);
  const count = size <= little ? 1 : Math.min(mostProcesses, coreCount());
  let deaths = 0;
  const lane = async (): Promise<void> => {
    while (queue.length > 0) {
      const end = await work({
        child: (options.start ?? (() => startIndexing(script())))(),
        patience: options.patience ?? 20_000,
        signal: options.signal,
        next: () => queue.pop(),
        answered: ({ file }, facts) => {
          found.set(file, facts);
          options.progress?.(found.size, file);
        },
      });
      options.signal?.throwIfAborted();
      if (end.kind === 'done') continue;
      deaths += 1;
      queue.push(...[...end.unasked].reverse());
      const { at } = end;
      if (at !== undefined) found.set(at.file, unparsed(at.file, at.text, whyOf(end.how)));
      if (deaths < (options.mostDeaths ?? 20) && at !== undefined) continue;
      const why =
        at === undefined
          ? `the process that parses could not be started: ${end.how}`
          : `${deaths} files before it ended the parser`;
      for (const { file, text } of queue.splice(0)) found.set(file, unparsed(file, text, `it was not read: ${why}`));
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  return found;
}

const whyOf = (how: string): string =>
  how.startsWith('it took') ? `it is left out: ${how} to parse` : `it is left out: the parser ended on it (${how})`;
