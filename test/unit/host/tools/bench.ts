import { chmod, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import picomatch from 'picomatch';
import { stepCommands } from '../../../../src/host/commands.ts';
import { insidePaths } from '../../../../src/host/sandbox/contract.ts';
import { noneProvider } from '../../../../src/host/sandbox/none.ts';
import { createTools, type EarlierCalls, type ToolRecord } from '../../../../src/host/tools/tools.ts';
import { treeView } from '../../../../src/host/tree-view.ts';
import type { Json, ToolResult, Tools } from '../../../../src/plugin-api.ts';
import { type Files, folderTree, writeFiles } from '../../../../src/testing/folder-tree.ts';
import type { Access } from '../../../../src/workspace/contract.ts';

/** Protected, append-only and unreadable files of a test; everything else is free. */
export interface Rules {
  readonly protected?: readonly string[];
  readonly appendOnly?: readonly string[];
  readonly secret?: readonly string[];
}

function accessOf(rules: Rules): Access {
  const any = (globs: readonly string[] = []) => (globs.length === 0 ? () => false : picomatch([...globs], { dot: true }));
  const [locked, append, secret] = [any(rules.protected), any(rules.appendOnly), any(rules.secret)];
  return {
    decide: (file) => {
      if (file.startsWith('../')) return { class: 'protected', rule: 'protected: outside the scope' };
      if (locked(file)) return { class: 'protected', rule: 'protected by default: test configuration' };
      if (append(file)) return { class: 'append-only', rule: 'append-only by default: existing tests' };
      return { class: 'free', rule: 'free' };
    },
    mayRead: (file) => !secret(file),
    judge: ({ path: file, before, after }) => {
      if (file.startsWith('../')) return { allowed: false, rule: 'protected: outside the scope' };
      if (locked(file)) return { allowed: false, rule: 'protected by default: test configuration' };
      const old = Buffer.from(before ?? []).toString();
      if (
        append(file) &&
        !Buffer.from(after ?? [])
          .toString()
          .startsWith(old)
      ) {
        return { allowed: false, rule: 'append-only by default: existing tests' };
      }
      return { allowed: true };
    },
    describe: () => 'rules of the test',
  };
}

/** The tools over a real folder with real commands. */
export class Bench {
  readonly records: ToolRecord[] = [];
  /** What the tree held when a record was written. */
  readonly snapshots: Record<string, string>[] = [];
  readonly root: string;
  readonly tools: Tools & AsyncDisposable;
  readonly stop: AbortController;
  readonly #end: () => Promise<void>;

  private constructor(
    parts: Pick<Bench, 'root' | 'stop'> & { make: (bench: Bench) => Bench['tools']; end: () => Promise<void> },
  ) {
    this.root = parts.root;
    this.stop = parts.stop;
    this.#end = parts.end;
    this.tools = parts.make(this);
  }

  static async open(
    files: Files,
    options: Rules & { scope?: string; mask?: (text: string) => string; before?: EarlierCalls } = {},
  ): Promise<Bench> {
    const home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bexpert-tools-')));
    const root = path.join(home, 'tree');
    await writeFiles(root, files);
    const folder = await folderTree({ id: 'work', root, outputs: {}, mounted: true });
    const scopeFolder = path.join(root, options.scope ?? '');
    const scratch = path.join(home, 'scratch');
    await writeFiles(scratch, { keep: '' });
    const provider = noneProvider();
    const stop = new AbortController();
    const commands = stepCommands({
      provider,
      profile: 'action',
      mounts: [{ from: scratch, at: insidePaths.scratch, mode: 'read-write' }],
      tree: treeView({ id: 'work', hash: '', folder: scopeFolder, path: scopeFolder, files: async () => [] }),
      treeMounts: () => folder.mounts({ writable: true }),
      signal: stop.signal,
    });
    return new Bench({
      root,
      stop,
      make: (bench) =>
        createTools({
          folder,
          scopeFolder,
          access: accessOf(options),
          commands,
          signal: stop.signal,
          logFolder: path.join(home, 'logs'),
          mask: options.mask ?? ((text) => text),
          searchMs: 1500,
          ...(options.before === undefined ? {} : { before: options.before }),
          record: async (call) => {
            bench.records.push(call);
          },
        }),
      end: async () => {
        await commands[Symbol.asyncDispose]();
        await rm(home, { recursive: true, force: true });
      },
    });
  }

  call(name: string, input: Json): Promise<ToolResult> {
    return this.tools.call(name, input);
  }
  /** Views a file, so that it may be edited. */
  async view(file: string, lines: { readonly StartLine?: number; readonly EndLine?: number } = {}): Promise<string> {
    return (await this.call('view_file', { AbsolutePath: file, ...lines })).content;
  }
  replace(file: string, target: string, replacement: string, more: { readonly [key: string]: Json } = {}): Promise<ToolResult> {
    return this.call('replace_file_content', {
      TargetFile: file,
      TargetContent: target,
      ReplacementContent: replacement,
      ...more,
    });
  }
  text(file: string): Promise<string> {
    return readFile(path.join(this.root, file), 'utf8');
  }
  async mode(file: string): Promise<number> {
    return (await stat(path.join(this.root, file))).mode & 0o777;
  }
  async makeExecutable(file: string): Promise<void> {
    await chmod(path.join(this.root, file), 0o755);
  }
  get logFolder(): string {
    return path.join(path.dirname(this.root), 'logs');
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.tools[Symbol.asyncDispose]();
    await this.#end();
  }
}
