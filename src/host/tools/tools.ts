// The tools of an action step: one behaviour, one policy and one record, whoever fills the step.
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fail, type Result, succeed, unreachable } from '../../model/result.ts';
import type { Commands, Json, ToolResult, Tools } from '../../plugin-api.ts';
import type { Access, TreeFolder } from '../../workspace/contract.ts';
import { FileEdits, refusal } from './file-edits.ts';
import { type CheckedCall, inputChecker, type ToolInputs } from './input.ts';
import { FairLock } from './lock.ts';
import { type Grounds, groundsOf, type Place, resolvePlace } from './place.ts';
import { search } from './search.ts';
import { ShellCommands } from './shell-commands.ts';
import { toolSpecs } from './specs.ts';
import { hashMark, readText, shownHash } from './text-file.ts';
import { viewFolder, viewText } from './view.ts';

/** A call and what came of it, for the journal. */
export interface ToolRecord {
  readonly name: string;
  readonly input: Json;
  readonly result: string;
  readonly isError: boolean;
  /** Paths relative to the root of the repository that it may have changed; `all` when only a look can tell. */
  readonly changed?: readonly string[] | 'all';
}
export interface ToolsOptions {
  readonly folder: TreeFolder;
  /** Folder of the scope on this machine, inside the tree. */
  readonly scopeFolder: string;
  readonly access: Access;
  readonly commands: Commands;
  readonly signal: AbortSignal;
  /** Outside every tree; complete outputs of commands are kept here. */
  readonly logFolder: string;
  readonly mask: (text: string) => string;
  /** Awaited before a call returns. */
  readonly record: (call: ToolRecord) => Promise<void>;
  /** What was done in this step before a resume. */
  readonly before?: EarlierCalls;
  /** Milliseconds after which a search is ended; default 10,000. */
  readonly searchMs?: number;
}
type Done = Omit<ToolRecord, 'changed'>;
/**
 * Files that they showed count as viewed. The last `unknown` ones were answered, but whoever fills the step may not know how: the same edit
 * or command gets the same answer, once, and is neither done nor recorded again.
 */
export interface EarlierCalls {
  readonly calls: readonly Done[];
  readonly unknown: number;
}
interface Answer {
  readonly text: string;
  readonly isError: boolean;
  readonly changed?: readonly string[] | 'all';
}

/** The file that a call shows or changes. */
function fileOf(call: CheckedCall): string | undefined {
  switch (call.name) {
    case 'view_file':
      return call.input.AbsolutePath;
    case 'replace_file_content':
    case 'multi_replace_file_content':
      return call.input.TargetFile;
    default:
      return undefined;
  }
}

const answered = (result: Result<string, string>): Answer =>
  result.ok ? { text: result.value, isError: false } : { text: result.error, isError: true };

class StepTools implements Tools, AsyncDisposable {
  readonly specs = toolSpecs;
  readonly #options: ToolsOptions;
  readonly #grounds: Grounds;
  readonly #check = inputChecker();
  readonly #lock = new FairLock();
  readonly #edits: FileEdits;
  readonly #shell: ShellCommands;
  readonly #unknown: Done[];
  #remembered: Promise<void> | undefined;
  #blocked: Tools['blocked'];
  #over = false;

  constructor(options: ToolsOptions) {
    this.#options = options;
    this.#grounds = groundsOf(options.folder, options.scopeFolder);
    this.#edits = new FileEdits(options.access);
    this.#shell = new ShellCommands(options);
    const { calls, unknown } = options.before ?? { calls: [], unknown: 0 };
    this.#unknown = calls.slice(calls.length - unknown);
  }

  get blocked(): Tools['blocked'] {
    return this.#blocked;
  }

  async call(name: string, input: Json): Promise<ToolResult> {
    this.#options.signal.throwIfAborted();
    if (this.#over) throw new Error('a tool was called after its step had ended');
    this.#remembered ??= this.#remember();
    await this.#remembered;
    const checked = this.#check(name, input);
    const done = checked.ok ? await this.#recall(checked.value, input) : undefined;
    if (done !== undefined) return { content: done.result, isError: done.isError };
    if (!checked.ok) return this.#close(name, input, { text: checked.error, isError: true });
    const call = checked.value;
    switch (call.name) {
      case 'grep_search':
      case 'view_file':
        return this.#lock.run('shared', async () => this.#close(name, input, await this.#act(call)));
      case 'replace_file_content':
      case 'multi_replace_file_content':
      case 'run_command':
        return this.#lock.run('exclusive', async () => this.#close(name, input, await this.#act(call)));
      case 'command_status':
      case 'report_blocked':
        return this.#close(name, input, await this.#act(call));
      default:
        return unreachable(call);
    }
  }

  /** Files that earlier calls showed, as they were then. */
  async #remember(): Promise<void> {
    for (const { name, input, result } of this.#options.before?.calls ?? []) {
      const checked = this.#check(name, input);
      const file = checked.ok ? fileOf(checked.value) : undefined;
      const hash = shownHash(result);
      if (file === undefined || hash === undefined) continue;
      const place = await resolvePlace(this.#grounds, file);
      if (place.ok) this.#edits.saw(place.value, hash);
    }
  }

  /** The answer that the journal has for a call which may change something; to look again does no harm. */
  async #recall(call: CheckedCall, input: Json): Promise<Done | undefined> {
    const { name } = call;
    if (name === 'view_file' || name === 'grep_search' || name === 'command_status') return undefined;
    const at = this.#unknown.findIndex((one) => one.name === name && isDeepStrictEqual(one.input, input));
    const [done] = at < 0 ? [] : this.#unknown.splice(at, 1);
    if (done !== undefined && name === 'report_blocked') await this.#act(call);
    return done;
  }

  async #close(name: string, input: Json, answer: Answer): Promise<ToolResult> {
    const content = this.#options.mask(answer.text);
    const changed = answer.changed === undefined ? {} : { changed: answer.changed };
    await this.#options.record({ name, input, result: content, isError: answer.isError, ...changed });
    return { content, isError: answer.isError };
  }

  async #act(call: CheckedCall): Promise<Answer> {
    switch (call.name) {
      case 'grep_search':
        return this.#at(call.input.SearchPath ?? '.', async (place) => answered(await this.#search(place, call.input)));
      case 'view_file':
        return this.#at(call.input.AbsolutePath, async (place) => answered(await this.#view(place, call.input)));
      case 'replace_file_content':
        return this.#edit(call.input.TargetFile, [call.input]);
      case 'multi_replace_file_content':
        return this.#edit(call.input.TargetFile, call.input.ReplacementChunks);
      case 'run_command':
        return this.#at(call.input.Cwd ?? '.', (place) => this.#run(place, call.input));
      case 'command_status': {
        const status = await this.#shell.status(call.input);
        // A command in the background may have changed the tree since the last look.
        return status.ok ? { text: status.value.text, isError: false, changed: 'all' } : answered(status);
      }
      case 'report_blocked':
        this.#blocked ??= { reason: call.input.reason, evidence: call.input.evidence };
        return { text: 'Noted. The step ends as blocked; do nothing more.', isError: false };
      default:
        return unreachable(call);
    }
  }

  async #at(text: string, act: (place: Place) => Promise<Answer>): Promise<Answer> {
    const place = await resolvePlace(this.#grounds, text);
    return place.ok ? act(place.value) : answered(place);
  }

  async #search(place: Place, input: ToolInputs['grep_search']): Promise<Result<string, string>> {
    const { access, signal } = this.#options;
    if (place.name !== '.' && !access.mayRead(place.name)) return fail(refusal(place.name, 'not to be read'));
    return search(place, input, { access, signal, deadlineMs: this.#options.searchMs ?? 10_000 });
  }

  async #view(place: Place, input: ToolInputs['view_file']): Promise<Result<string, string>> {
    const { access } = this.#options;
    if (place.name !== '.' && !access.mayRead(place.name)) return fail(refusal(place.name, 'not to be read'));
    const listing = await viewFolder(place, access);
    if (listing !== undefined) return listing;
    const file = await readText(place);
    if (!file.ok) return file;
    if (file.value === undefined) return fail(`There is no file ${place.name}.`);
    const shown = viewText(place, file.value, input);
    if (shown.ok) this.#edits.saw(place, hashMark(file.value.hash));
    return shown;
  }

  async #edit(text: string, chunks: Parameters<FileEdits['edit']>[1]): Promise<Answer> {
    return this.#at(text, async (place) => {
      const edited = await this.#edits.edit(place, chunks);
      if (!edited.ok || place.tracked === undefined) return answered(edited);
      return { ...answered(edited), changed: [place.tracked] };
    });
  }

  async #run(place: Place, input: ToolInputs['run_command']): Promise<Answer> {
    const { folder, scopeFolder } = this.#options;
    if (place.tracked === undefined) return answered(fail(`${place.name} is an output of set-up; run the command in the tree.`));
    const cwd = path.relative(scopeFolder, path.join(folder.root, place.tracked));
    const ran = await this.#shell.run(input, cwd);
    if (!ran.ok) return answered(ran);
    return { ...answered(succeed(ran.value.text)), isError: ran.value.failed, changed: 'all' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#shell[Symbol.asyncDispose]();
  }
}

/** Makes the tools of one step. Disposing them ends every command that they started. */
export function createTools(options: ToolsOptions): Tools & AsyncDisposable {
  return new StepTools(options);
}
