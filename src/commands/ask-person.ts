import type { AskPerson } from '../model/approval.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Io } from './io.ts';

/** Asks the person at the terminal; left out where there is none, and in CI, where nobody looks. */
export function personAt(io: Io, reporter: Reporter): { readonly ask?: AskPerson } {
  const { prompt } = io;
  if (prompt === undefined || (io.env.CI ?? '') !== '') return {};
  const ask: AskPerson = async ({ digest, tree }) => {
    await reporter.drawn?.();
    const answer = (await prompt(`Approve the tree ${tree.slice(0, 12)}? [y/n, or Enter to decide later] `))
      ?.trim()
      .toLowerCase();
    const by = io.env.USER ?? io.env.LOGNAME ?? 'the person at the terminal';
    if (answer === 'y' || answer === 'yes') return { digest, approved: true, by };
    if (answer !== 'n' && answer !== 'no') return undefined;
    const reason = (await prompt('What is wrong? Whoever acts is told this: '))?.trim();
    return { digest, approved: false, by, ...(reason === undefined || reason === '' ? {} : { reason }) };
  };
  return { ask };
}
