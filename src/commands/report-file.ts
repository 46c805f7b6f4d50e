import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { faultWords } from '../playbook/named-file.ts';
import type { Output, ReporterName } from '../report/reporter.ts';
import { problem } from './complain.ts';
import type { Io } from './io.ts';

const noFolder = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The file that `--report-file` names, made empty at once: a wrong path is known before anything runs, and an old report is gone. */
export function documentOf(
  call: { readonly reporter?: ReporterName; readonly reportFile?: string },
  io: Io,
): Result<Output | undefined, Diagnostic> {
  const { reportFile, reporter } = call;
  if (reportFile === undefined) return succeed(undefined);
  if (reporter !== 'sarif')
    return fail(problem('cli/report-file', { file: reportFile, why: 'only `--reporter sarif` writes a file' }));
  const file = path.resolve(io.cwd, reportFile);
  try {
    writeFileSync(file, '');
  } catch (error) {
    return fail(
      problem('cli/report-file', { file: reportFile, why: noFolder(error) ? 'its folder is not there' : faultWords(error) }),
    );
  }
  return succeed({ isTTY: false, write: (text) => appendFileSync(file, text) });
}
