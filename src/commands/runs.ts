// The runs of a repository, as they lie in its state folder.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readRunJournal } from '../engine/run-journal.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalRecord } from '../model/event.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { problem } from './complain.ts';
import type { Io } from './io.ts';
import { runsFolder } from './state-folder.ts';

export interface RunChoice {
  readonly run: string;
  /** Absolute folder of the scope. */
  readonly repo: string;
  readonly state?: string;
}

/** Names of runs, the newest first. Folders without a journal are no runs. */
export async function listRuns(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const dated: { name: string; at: number }[] = [];
  for (const name of names) {
    const journal = await stat(path.join(folder, name, 'events.jsonl')).catch(() => undefined);
    if (journal !== undefined) dated.push({ name, at: journal.birthtimeMs || journal.mtimeMs });
  }
  return dated.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1)).map((run) => run.name);
}

/** The folder of a run by its id, by the beginning of it, or by `latest`. */
export async function findRun(choice: RunChoice, io: Io): Promise<Result<string, Diagnostic>> {
  const folder = await runsFolder(choice, io);
  const known = await listRuns(folder);
  const exact = choice.run === 'latest' ? known[0] : known.find((name) => name === choice.run);
  if (exact !== undefined) return succeed(path.join(folder, exact));
  // Of an empty name, as a variable without a value gives one, nothing may come: one run would be meant, and removed or approved.
  const matches = choice.run === '' ? [] : known.filter((name) => name.startsWith(choice.run));
  const [only] = matches;
  if (only === undefined) return fail(problem('cli/no-such-run', { run: choice.run, known, folder }));
  if (matches.length > 1) return fail(problem('cli/run-ambiguous', { run: choice.run, matches }));
  return succeed(path.join(folder, only));
}

export function readRun(folder: string): Promise<Result<readonly JournalRecord[], Diagnostic>> {
  return readRunJournal(folder);
}
