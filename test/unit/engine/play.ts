// Runs of the real engine inside the test's process: real git, real processes, no build of the program.
import { readdirSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { resumeRun } from '../../../src/engine/resume.ts';
import { startRun } from '../../../src/engine/run.ts';
import type { RunEnd, RunRequest } from '../../../src/engine/run-request.ts';
import type { JournalEvent, RunEvent } from '../../../src/model/event.ts';
import { eventsOf, newestRun } from '../../rig/journal.ts';
import { type Files, TestRepository } from '../../rig/repository.ts';

export type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: T }>;

export interface Played extends RunEnd {
  /** Everything that was shown, passing events too. */
  readonly shown: readonly RunEvent[];
  /** What the journal holds. */
  readonly events: readonly JournalEvent[];
  readonly folder: string;
}

export const of = <T extends JournalEvent['type']>(events: readonly RunEvent[], type: T): readonly Of<T>[] =>
  events.filter((event): event is Of<T> => event.type === type);
/** "1 check fail", "1 act ok", in the order in which steps ended. */
export const endsOf = (events: readonly RunEvent[]): string[] =>
  of(events, 'step-finished').map(({ attempt, step, result }) => {
    const how =
      result.kind === 'gate'
        ? result.verdict
        : result.kind === 'action'
          ? result.outcome
          : result.kind === 'skipped'
            ? `skipped by ${result.because}`
            : result.kind;
    return `${attempt} ${step} ${how}`;
  });
export const finishOf = (events: readonly RunEvent[]): Of<'run-finished'> | undefined => of(events, 'run-finished').at(-1);

/** A small environment: no key of a model, no CI. */
const environment = () => ({ PATH: process.env.PATH, HOME: process.env.HOME });

export type PlayOptions = Partial<
  Pick<RunRequest, 'mode' | 'playbook' | 'signal' | 'env' | 'base' | 'inputs' | 'repo' | 'sandbox' | 'ask' | 'model'>
> & {
  readonly onEvent?: (event: RunEvent) => void;
  /** The call says nothing of the sandbox; else it says `--sandbox off`. */
  readonly sandboxAsWritten?: true;
};

export async function play(repository: TestRepository, options: PlayOptions = {}): Promise<Played> {
  const shown: RunEvent[] = [];
  const { onEvent, sandboxAsWritten, ...more } = options;
  const end = await startRun({
    playbook: 'playbook.yml',
    cwd: repository.folder,
    repo: repository.folder,
    state: repository.state,
    mode: 'run',
    inputs: {},
    includeDirty: false,
    committed: false,
    ...(sandboxAsWritten === true ? {} : { sandbox: 'off' as const }),
    env: environment(),
    signal: new AbortController().signal,
    emit: (event) => {
      shown.push(event);
      onEvent?.(event);
    },
    ...more,
  });
  // Of two runs in one second the names do not say which is newer.
  const id = of(shown, 'run-started')[0]?.run;
  const folder = readdirSync(repository.state, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(repository.state, name))
    .find((name) => path.basename(name) === id);
  if (folder === undefined) throw new Error(`nothing ran: ${JSON.stringify(end.diagnostics, null, 2)}`);
  return { ...end, shown, events: eventsOf(folder), folder };
}

/** Goes on with the newest run. */
export async function goOn(repository: TestRepository, options: PlayOptions = {}): Promise<Played> {
  const folder = newestRun(repository.state) ?? '';
  const shown: RunEvent[] = [];
  const end = await resumeRun({
    run: path.basename(folder),
    folder,
    cwd: repository.folder,
    repo: repository.folder,
    state: repository.state,
    env: options.env ?? environment(),
    signal: options.signal ?? new AbortController().signal,
    emit: (event) => shown.push(event),
    ...(options.ask === undefined ? {} : { ask: options.ask }),
  });
  return { ...end, shown, events: eventsOf(folder), folder };
}

/** The tree of the delivered branch, and what its files hold. */
export async function delivered(repository: TestRepository): Promise<string | undefined> {
  const branch = await repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
  return branch === '' ? undefined : repository.git('rev-parse', `${branch}^{tree}`);
}
export async function deliveredFile(repository: TestRepository, file: string): Promise<string> {
  const branch = await repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
  return repository.git('show', `${branch}:${file}`);
}

/** A copy of a repository with its state, as a machine that lost power would find them. */
export class Twin implements AsyncDisposable {
  readonly #parent: string;
  constructor(parent: string) {
    this.#parent = parent;
  }
  static async of(repository: TestRepository): Promise<Twin> {
    const parent = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bexpert-twin-')));
    await cp(path.dirname(repository.folder), path.join(parent, 'kept'), { recursive: true, verbatimSymlinks: true });
    return new Twin(parent);
  }
  /** Puts repository and state back to what they were when this was made. */
  async restore(repository: TestRepository): Promise<void> {
    const to = path.dirname(repository.folder);
    await rm(to, { recursive: true, force: true });
    await cp(path.join(this.#parent, 'kept'), to, { recursive: true, verbatimSymlinks: true });
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }
}

/** Cuts a journal after so many records; `torn` leaves a piece of the next one. */
export async function cutJournal(folder: string, records: number, torn = ''): Promise<void> {
  const file = path.join(folder, 'events.jsonl');
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, records);
  await writeFile(file, `${lines.join('\n')}\n`);
  await appendFile(file, torn);
}

export const repositoryOf = (files: Files): Promise<TestRepository> => TestRepository.create(files);

/** A script that plays these attempts, each a list of calls. */
export const scriptOf = (...attempts: readonly (readonly Record<string, string>[])[]): string =>
  `bexpert-script: 1\nattempts: ${JSON.stringify(attempts.map((calls) => ({ calls })))}\n`;
export const edit = (file: string, find: string, replace: string) => ({ edit: file, find, replace });
