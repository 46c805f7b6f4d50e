import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@bexpert.invalid', '-c', 'commit.gpgsign=false'] as const;

export type Files = Readonly<Record<string, string>>;

/** A real git repository in a temporary folder, with one commit of the given files on `main`. */
export class TestRepository implements AsyncDisposable {
  readonly folder: string;
  /** Where the runs of this test are kept. */
  readonly state: string;
  readonly #parent: string;

  private constructor(parent: string) {
    this.#parent = parent;
    this.folder = path.join(parent, 'repo');
    this.state = path.join(parent, 'state');
  }

  static async create(files: Files): Promise<TestRepository> {
    const parent = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bexpert-e2e-')));
    const repository = new TestRepository(parent);
    await mkdir(repository.folder);
    await mkdir(repository.state);
    await repository.write(files);
    await repository.git('init', '--quiet', '--initial-branch=main');
    await repository.commit('begin');
    return repository;
  }

  async write(files: Files): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(this.folder, file)), { recursive: true });
      await writeFile(path.join(this.folder, file), text);
    }
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('git', [...identity, ...args], { cwd: this.folder });
    return stdout.trim();
  }

  async commit(message: string): Promise<string> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', `--message=${message}`);
    return this.git('rev-parse', 'HEAD');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }
}
