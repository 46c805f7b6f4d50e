import { mkdir } from 'node:fs/promises';
import type { OwnGit } from './own-git.ts';
import { type BytePath, toBuffer, toBytes } from './path-bytes.ts';

const named = (path: BytePath): string => `./${path.endsWith('/') ? path.slice(0, -1) : path}`;

/** Git's own answer to what is ignored, by the .gitignore files below one folder; answers are kept unless the rules may change. */
export class IgnoreRules {
  readonly #own: OwnGit;
  readonly #folder: string;
  readonly #answers = new Map<BytePath, boolean>();
  readonly #lasting: boolean;

  /** `folder`: whose .gitignore files count. `lasting`: nobody changes them. */
  constructor(options: { readonly own: OwnGit; readonly folder: string; readonly lasting: boolean }) {
    this.#own = options.own;
    this.#folder = options.folder;
    this.#lasting = options.lasting;
  }

  /** Those of the paths that are ignored; paths of folders end with `/`. The paths need not exist. */
  async ignored(paths: readonly BytePath[]): Promise<ReadonlySet<BytePath>> {
    const asked = paths.filter((path) => !this.#answers.has(path));
    if (asked.length > 0) {
      // Whether a path is a folder matters to the rules, and git looks for itself. A slash at the end would match `cache/*`.
      const folders = this.#lasting ? asked.filter((path) => path.endsWith('/')) : [];
      for (const path of folders) {
        await mkdir(toBuffer(`${toBytes(this.#folder)}/${path}`), { recursive: true }).catch(() => {});
      }
      const { stdout, code, stderr } = await this.#own.git.run(
        ['-C', this.#folder, `--work-tree=${this.#folder}`, 'check-ignore', '--no-index', '--stdin', '-z'],
        // git refuses literal path specifications here; a path that begins with `./` has no magic either.
        { stdin: toBuffer(asked.map((path) => `${named(path)}\0`).join('')), env: { GIT_LITERAL_PATHSPECS: '0' } },
      );
      // 1: none is ignored.
      if (code > 1) throw new Error(`git check-ignore ended with ${code}: ${stderr}`);
      const ignored = new Set(stdout.toString('latin1').split('\0'));
      for (const path of asked) this.#answers.set(path, ignored.has(named(path)));
    }
    const result = new Set(paths.filter((path) => this.#answers.get(path) === true));
    if (!this.#lasting) this.#answers.clear();
    return result;
  }
}
