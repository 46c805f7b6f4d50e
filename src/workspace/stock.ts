// The folders of a run's trees. Writing 20,000 files takes seconds, looking at them a fraction of one: so a folder that a step gives
// back is looked at, made right where it differs, and given to the next one, also with the content of another tree.
import type { Content } from './content.ts';
import { copyAll, removeAll, writeOut } from './files.ts';
import { type Imprint, imprintOf, look, settle } from './imprint.ts';
import { makeRight } from './make-right.ts';
import type { Outputs } from './outputs.ts';
import type { OwnGit } from './own-git.ts';
import type { BytePath } from './path-bytes.ts';

/** A folder with exactly the files of a content, besides set-up outputs and folders of the runner. */
export interface Held {
  readonly root: string;
  readonly content: Content;
  /** Undefined until the set-up outputs are there. */
  readonly outputs: Outputs | undefined;
  /** As the runner left it, before anybody else saw it. */
  readonly imprint: Imprint;
}

export interface Wanted {
  readonly content: Content;
  /** The outputs that will be laid into it, when they are known: what is there of them stays. */
  readonly outputs?: Outputs;
}

export class FolderStock {
  readonly #own: OwnGit;
  /** Names a folder that is not there. */
  readonly #newFolder: () => string;
  #free: Held[] = [];
  /** Folders that are only read, and may be copied. */
  readonly #models = new Set<Held>();

  constructor(own: OwnGit, newFolder: () => string) {
    this.#own = own;
    this.#newFolder = newFolder;
  }

  async take(wanted: Wanted): Promise<Held> {
    const free = best([...this.#free], wanted);
    if (free !== undefined) {
      this.#free = this.#free.filter((held) => held !== free);
      try {
        const now = await imprintOf(free.root);
        return await makeRight({ own: this.#own, held: free, wanted, now, intact: intactIn(free, now) });
      } catch {
        // Somebody else's code left it in a state that is not worth to be understood.
        await removeAll(free.root);
        await removeAll(`${free.root}.renewed`);
      }
    }
    return this.#fresh(wanted);
  }

  async #fresh(wanted: Wanted): Promise<Held> {
    const { content } = wanted;
    const root = this.#newFolder();
    const model = best([...this.#models], wanted);
    if (model !== undefined) await copyAll(model.root, root);
    // Afterwards: what changed while it was copied may be in the copy.
    if (model !== undefined && (await this.#untouched(model))) {
      const now = await imprintOf(root);
      const held = { ...model, root, imprint: new Map(now) };
      return makeRight({ own: this.#own, held, wanted, now, intact: new Set(now.keys()) });
    }
    await removeAll(root);
    await writeOut({ own: this.#own, tree: content.expanded, folder: root });
    return { root, content, outputs: undefined, imprint: await imprintOf(root) };
  }

  /** Says that the folder is complete with its outputs, and that from now on others may write to it. */
  async seal(held: Held, outputs: Outputs, folders: readonly BytePath[]): Promise<Held> {
    for (const place of [...folders, ...outputs.skip]) await look(held.root, held.imprint, place);
    await settle(held.root, held.imprint);
    return { ...held, outputs };
  }

  /** Nobody writes to this folder as long as it is one to copy from. */
  lend(held: Held): void {
    this.#models.add(held);
  }

  /** To be called when nothing that could write to it runs any more. `rewritten`: files that were changed and do not look like it. */
  give(held: Held, rewritten: ReadonlySet<BytePath>): void {
    this.#models.delete(held);
    for (const file of rewritten) held.imprint.delete(file);
    this.#free.push(held);
  }

  /** Where no sandbox holds, whatever runs can write to every folder. */
  async #untouched(model: Held): Promise<boolean> {
    const now = await imprintOf(model.root);
    return now.size === model.imprint.size && intactIn(model, now).size === now.size;
  }
}

/** Paths that lie there as the runner left them. */
function intactIn(held: Held, now: Imprint): ReadonlySet<BytePath> {
  const intact = new Set<BytePath>();
  for (const [file, mark] of now) {
    const before = held.imprint.get(file);
    if (before?.settled === true && before.kind === mark.kind && before.key === mark.key) intact.add(file);
  }
  return intact;
}

/** The one that needs the least to be made right. */
function best(all: readonly Held[], { content, outputs }: Wanted): Held | undefined {
  const likeness = (held: Held): number =>
    (held.content.tree === content.tree ? 2 : 0) + (outputs !== undefined && held.outputs === outputs ? 1 : 0);
  return [...all].sort((a, b) => likeness(b) - likeness(a))[0];
}
