/** What a gate's result means (LANGUAGE rule 7). Only `fail` reaches whoever fills the action step. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'invalid' | 'skipped' | 'waived';

/** How a run ended. */
export type RunStatus =
  | 'completed'
  | 'partial'
  | 'blocked'
  /** For a person, who approves or rejects. */
  | 'waiting'
  | 'budget'
  | 'integrity'
  | 'environment'
  | 'interrupted'
  | 'internal';

/** What a run proved. */
export type RunVerdict = 'proven' | 'not-proven' | 'inconclusive' | 'unverified';

/** Can a run that ended so be gone on with? */
export const isResumable = (status: RunStatus): boolean =>
  status === 'waiting' || status === 'interrupted' || status === 'environment' || status === 'internal';
