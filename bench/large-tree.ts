// What the trees of a run cost in a small repository and in a large one: each operation by itself, in this process.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { looking } from '../src/engine/integrity.ts';
import type { SetUp, TreeFolder } from '../src/workspace/contract.ts';
import { openRepository } from '../src/workspace/open.ts';
import { stateFolders } from '../src/workspace/state.ts';
import { openWorkspace } from '../src/workspace/workspace.ts';
import { spread } from './spread.ts';
import type { Row } from './table.ts';

/** Text that compresses about as source code does, different in each file. */
function content(file: number, bytes: number): string {
  let text = '';
  for (let line = 0; text.length < bytes; line += 1) {
    const word = createHash('sha1').update(`${file}/${line}`).digest('hex');
    text += `export const value_${word.slice(0, 8)} = compute('${word.slice(8, 24)}', ${line});\n`;
  }
  return text;
}

/** Files of 1 to 14 KiB, about 7.5 KiB on average, 20 to a folder, 10 folders to a folder. */
function writeRepository(folder: string, files: number): void {
  for (let file = 0; file < files; file += 1) {
    const at = path.join(folder, `part-${Math.floor(file / 200)}`, `module-${Math.floor(file / 20) % 10}`);
    if (file % 20 === 0) mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, `file-${file}.js`), content(file, 1024 + ((file * 7919) % 13) * 1024));
  }
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules/\nbuild/\n');
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@bexpert.invalid', '-c', 'commit.gpgsign=false'];
  const git = (...args: readonly string[]): void => void execFileSync('git', [...identity, ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=begin');
  // As a clone is.
  git('repack', '-a', '-d', '--quiet');
}

const noSetUp: SetUp = async () => ({ outputs: [], place: 'mount' });

/** One run's worth of operations, in the order of a run. */
async function measured(folder: string, stateHome: string, run: string): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  const time = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await work();
    times.set(what, performance.now() - start);
    return value;
  };
  const env = { PATH: process.env.PATH, HOME: stateHome };
  const choice = { hasAction: true, includeDirty: false, committed: false };
  const opened = await time('open the repository', () => openRepository({ folder, stateHome, env, choice }));
  if (!opened.ok) throw new Error(opened.error.map(({ message }) => message).join('; '));
  const { repository, base } = opened.value;
  const own = stateFolders({ env: {}, state: stateHome }).of(repository.id);
  const open = () =>
    openWorkspace({ repository, base, gitFolder: own.git, runFolder: path.join(own.runs, run), setUp: noSetUp, env });
  const workspace = await time('open the workspace', open);
  const access = workspace.access(undefined, []);
  const work = await time('write the work tree', () => workspace.work(base, access));
  await time('write the base tree', () => workspace.baseTree());
  await time('record, the first one', () => workspace.recordWork());
  await time('record, nothing changed', () => workspace.recordWork());
  const changed = 'part-0/module-0/file-3.js';
  writeFileSync(path.join(work.root, changed), 'changed\n');
  await time('record, narrowed to one file', () => workspace.recordWork([changed]));
  const snapshot = await time('snapshot, one file changed', () => workspace.snapshotWork('bench', base.commit));
  const gate = await time('write the gate tree', () => workspace.gateTree(snapshot, access));
  const shared = await workspace.baseTree();
  const look = (tree: TreeFolder, write: boolean) =>
    looking({ tree, own: true }, async (copy) => {
      if (write) {
        mkdirSync(path.join(copy.root, 'build'), { recursive: true });
        writeFileSync(path.join(copy.root, 'build/out.js'), 'x');
      }
    });
  await time('a gate looks at the gate tree, the first', () => look(gate, true));
  await time('a gate looks at the gate tree, the second', () => look(gate, true));
  await time('a gate looks at the gate tree, the third', () => look(gate, false));
  await time('a copy of base beside it, the first', async () => (await shared.copy())[Symbol.asyncDispose]());
  await time('a copy of base beside it, the second', async () => (await shared.copy())[Symbol.asyncDispose]());
  await time('a list of the gate tree’s files', () => gate.manifest());
  await time('remove the trees', async () => {
    await gate[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });
  const again = await time('resume: open the workspace', open);
  await time('resume: restore the work tree', async () => {
    await again.work(base, again.access(undefined, []));
    await again.restoreWork(snapshot);
  });
  await again[Symbol.asyncDispose]();
  rmSync(path.join(own.runs, run), { recursive: true, force: true });
  return times;
}

/** Rows for one size of repository, of at least one round. */
export async function largeTree(files: number, rounds: number): Promise<Row[]> {
  const parent = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-bench-')));
  try {
    const folder = path.join(parent, 'project');
    mkdirSync(folder);
    writeRepository(folder, files);
    const samples = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [what, value] of await measured(folder, path.join(parent, 'state'), `run-${round}`)) {
        samples.set(what, [...(samples.get(what) ?? []), value]);
      }
    }
    return [...samples].map(([what, values]) => ({ what, value: spread(values), unit: 'ms' }));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
