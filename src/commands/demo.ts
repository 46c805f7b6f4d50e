import { execFile } from 'node:child_process';
import { cp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { exitCodes } from '../model/exit.ts';
import { packageRoot } from '../package-root.ts';
import type { ReporterName } from '../report/reporter.ts';
import { locate } from '../workspace/locate.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';

export interface DemoCall {
  readonly folder: string;
  readonly state?: string;
  readonly reporter?: ReporterName;
}

const left = new Set(['node_modules', 'coverage']);

/** A file, or a folder with something in it. */
const holdsSomething = (place: string): Promise<boolean> =>
  readdir(place).then(
    (names) => names.length > 0,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );

/** The folder, or the nearest above it that is there. */
const existing = (folder: string): Promise<string> => realpath(folder).catch(() => existing(path.dirname(folder)));

/** Copies the example, so that an editor finds the schema of its files from there too. */
export async function copyExample(folder: string): Promise<void> {
  const example = path.join(packageRoot(), 'examples/orders-api');
  await cp(example, folder, { recursive: true, filter: (source) => !left.has(path.basename(source)) });
  // A packed copy has none: npm leaves the file out.
  const ignored = [...left].map((name) => `${name}/`).join('\n');
  if (!(await holdsSomething(path.join(folder, '.gitignore')))) await writeFile(path.join(folder, '.gitignore'), `${ignored}\n`);
  const configuration = path.join(folder, 'bexpert.yml');
  const text = await readFile(configuration, 'utf8');
  const schema = /(?<=^# yaml-language-server: \$schema=).*$/m;
  await writeFile(
    configuration,
    text.replace(schema, (given) => path.resolve(example, given)),
  );
}

/** `bexpert demo [folder]`: the example in a repository of its own, and its playbook played on it. */
export async function demo(call: DemoCall, io: Io): Promise<number> {
  const folder = path.resolve(io.cwd, call.folder);
  if (await holdsSomething(folder)) {
    await complain(io, [problem('cli/folder-in-use', { folder: call.folder })]);
    return exitCodes.badPlaybook;
  }
  const around = await locate(await existing(folder));
  if (around.kind === 'work-tree') {
    const outside = path.relative(io.cwd, path.join(path.dirname(around.root), path.basename(folder)));
    await complain(io, [problem('cli/folder-in-use', { folder: call.folder, inside: around.root, outside })]);
    return exitCodes.badPlaybook;
  }
  try {
    await promisify(execFile)('git', ['--version'], { env: { ...io.env } });
  } catch {
    await complain(io, [problem('cli/no-git', {})]);
    return exitCodes.environment;
  }
  const git = (...args: readonly string[]) =>
    promisify(execFile)(
      'git',
      ['-c', 'user.name=bexpert', '-c', 'user.email=demo@bexpert.invalid', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
      },
    );
  await copyExample(folder);
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=orders-api, the example of bexpert');
  if (call.reporter !== 'json') io.stdout.write(`The example is in ${call.folder}, a git repository of its own.\n\n`);
  return run(
    {
      playbook: path.join(packageRoot(), 'playbooks/migration.yml'),
      input: [],
      repo: folder,
      mode: 'run',
      ...(call.state === undefined ? {} : { state: call.state }),
      ...(call.reporter === undefined ? {} : { reporter: call.reporter }),
    },
    io,
  );
}
