import type { Verdict } from './verdict.ts';

/** What a person is asked to approve. An answer holds for exactly this. */
export interface ApprovalQuestion {
  readonly run: string;
  readonly phase: string;
  readonly attempt: number;
  /** Git tree of the candidate. */
  readonly tree: string;
  /** By step id. */
  readonly gates: Readonly<Record<string, Verdict>>;
  /** How many files differ from base. */
  readonly changed: number;
  /** Absolute path of the change as a patch. */
  readonly patch: string;
  /** sha256 of tree and gates. */
  readonly digest: string;
}
export interface ApprovalAnswer {
  /** Of the question that was answered. */
  readonly digest: string;
  readonly approved: boolean;
  readonly by: string;
  /** Why not; it is told to whoever acts. */
  readonly reason?: string;
}
/** Undefined: nobody answers now. */
export type AskPerson = (question: ApprovalQuestion) => Promise<ApprovalAnswer | undefined>;
