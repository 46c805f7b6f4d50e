import type { AskPerson } from '../model/approval.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunEvent } from '../model/event.ts';
import type { ExitCode } from '../model/exit.ts';
import type { Source } from '../playbook/source.ts';

/** What starting and resuming a run have in common. */
export interface RunSurroundings {
  readonly cwd: string;
  /** Absolute folder of the scope. */
  readonly repo: string;
  /** Folder in place of `$XDG_STATE_HOME/bexpert`. */
  readonly state?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Asks a person to approve; left out where there is none. */
  readonly ask?: AskPerson;
}
export interface RunRequest extends RunSurroundings {
  /** As the user typed it. */
  readonly playbook: string;
  readonly mode: 'run' | 'verify';
  readonly inputs: Readonly<Record<string, string>>;
  readonly inputsFile?: { readonly name: string; readonly text: string };
  readonly base?: string;
  readonly includeDirty: boolean;
  readonly committed: boolean;
  readonly sandbox?: 'required' | 'preferred' | 'off';
  readonly model?: string;
  /** Hears the warnings about the playbook, before anything runs. */
  readonly warn?: (diagnostics: readonly Diagnostic[], sources: readonly Source[]) => Promise<void>;
}
export interface ResumeRequest extends RunSurroundings {
  /** Id of the run. */
  readonly run: string;
  /** Its folder. */
  readonly folder: string;
}
export interface RunEnd {
  readonly exitCode: ExitCode;
  /** Why it did not start. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}
