import type { Reference } from '../expression/references.ts';
import type { StepDraft } from './drafts.ts';

/**
 * Does a condition ask for what code of the candidate, or whoever acts, has said? Commands of gates run that code; plugins of gates
 * say what they measured themselves, and context steps see base.
 */
export const asksCandidate = (references: readonly Reference[], steps: readonly StepDraft[]): boolean =>
  references.some(({ context, path: [name = '*'] }) => {
    if (context !== 'steps') return false;
    const named = name === '*' ? steps : steps.filter(({ id }) => id.toLowerCase() === name.toLowerCase());
    return named.some(({ phase, body }) => phase.kind === 'action' || (phase.kind === 'verify' && body !== 'uses'));
  });
