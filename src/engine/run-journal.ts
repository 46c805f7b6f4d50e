// The journal of a run as it is read again: by reports, by the list of runs, by a resume. One rule for all: what cannot be read is a
// fault of this machine's state (exit code 3), never one of the call.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalRecord } from '../model/event.ts';
import { fail, type Result } from '../model/result.ts';
import { readJournal } from './journal.ts';

/** The format of `events.jsonl` that this version writes and reads. */
const format: number = 1;

export const journalFile = (run: string): string => path.join(run, 'events.jsonl');

/** The records of a run below its folder: at least one, and the first starts a run. */
export async function readRunJournal(
  run: string,
  options: { readonly repair?: boolean } = {},
): Promise<Result<readonly JournalRecord[], Diagnostic>> {
  const file = journalFile(run);
  const records = await readJournal(file, options);
  if (!records.ok) return records;
  const first = records.value[0]?.event;
  if (first === undefined) {
    return fail({
      code: 'journal/empty',
      severity: 'error',
      message: `The journal ${file} holds no record: the run was ended before it began.`,
      hint: `Nothing was done, so there is nothing to show and nothing to go on with. \`bexpert clean ${path.basename(run)}\` removes it.`,
    });
  }
  if (first.type !== 'run-started' || first.format !== format) {
    const found = first.type !== 'run-started' ? `the event ${first.type}` : `format ${first.format} of bexpert ${first.bexpert}`;
    return fail({
      code: 'journal/format',
      severity: 'error',
      message: `The journal ${file} cannot be read at line 1: it begins with ${found}; a run in format ${format} was expected.`,
      hint: 'Was it written by a newer bexpert? Use that version for this run.',
    });
  }
  return records;
}
