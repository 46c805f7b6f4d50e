// The store of a repository: what set-up steps made, by key. A place is filled once, by one run at a time, and never changed.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import type { SetupPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import type { SetUpOutput } from '../workspace/contract.ts';
import { removeAll } from '../workspace/files.ts';
import type { RunContext } from './context.ts';
import type { Copies } from './set-up-copies.ts';

const lockPatienceMs = 20 * 60_000;

/** What a step made. */
export interface Made {
  /** Paths relative to the tree. */
  readonly outputs: readonly string[];
  readonly copies: Copies;
}
export interface Stored {
  readonly outputs: readonly SetUpOutput[];
  readonly copies: Copies;
  readonly ran: boolean;
}

export interface StoreOptions {
  readonly context: RunContext;
  readonly store: string;
  readonly key: string;
  readonly plan: SetupPlan;
  /** Makes it in a folder that it is given, for a place of the store that is empty, and gives the tree that holds the outputs. */
  readonly make: (making: string) => Promise<Made & { readonly copy: string }>;
}

const mark = 'complete';

async function kept(folder: string): Promise<Stored | undefined> {
  const text = await readFile(path.join(folder, mark), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // `clean` removes what was not used for long.
  const now = new Date();
  await utimes(path.join(folder, mark), now, now).catch(() => {});
  const made = JSON.parse(text) as Made;
  const outputs = made.outputs.map((output, index) => ({ path: output, folder: path.join(folder, String(index)) }));
  return { outputs, copies: made.copies, ran: false };
}

/** Takes a place of the store, and fills it first where it is empty. */
export async function fromStore(options: StoreOptions): Promise<Stored> {
  const { context, plan, store, key } = options;
  const folder = path.join(store, key);
  const known = await kept(folder);
  if (known !== undefined) return known;
  // Another run may be filling the same place: it is done once.
  const lock = await acquireMachineLock({
    folder: path.join(store, `${key}.lock`),
    mode: 'exclusive',
    waitMs: lockPatienceMs,
    signal: context.signal,
    onWait: () => context.emit({ type: 'notice', level: 'info', message: `waits for another run that does \`${plan.run}\`` }),
  });
  context.signal.throwIfAborted();
  if (!lock.ok) {
    throw pluginError({
      code: 'setup/locked',
      message: `Another run has been doing \`${plan.run}\` for ${lockPatienceMs / 60_000} minutes.`,
    });
  }
  try {
    const filled = await kept(folder);
    if (filled !== undefined) return filled;
    // Also what a killed run was making here.
    for (const name of await readdir(store))
      if (name !== `${key}.lock` && name.startsWith(key)) await removeAll(path.join(store, name));
    await fill(options, folder);
    const stored = await kept(folder);
    if (stored === undefined) throw new Error(`a place of the store that was filled is empty: ${folder}`);
    return { ...stored, ran: true };
  } finally {
    await lock.value[Symbol.asyncDispose]();
  }
}

async function fill(options: StoreOptions, folder: string): Promise<void> {
  // What an output says of the place that it was made in must never come to lead anywhere again.
  const making = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(making, { recursive: true });
    const { copy, outputs, copies } = await options.make(making);
    await mkdir(folder, { recursive: true });
    for (const [index, output] of outputs.entries()) await rename(path.join(copy, output), path.join(folder, String(index)));
    await writeFile(path.join(folder, mark), JSON.stringify({ run: options.plan.run, outputs, copies }));
  } finally {
    await removeAll(making);
  }
}
