// docs/errors.md: every code that a person may meet, with what it means and what it looks like.

import type { CodeEntry } from '../src/diagnostics/code-table.ts';
import { allCodes } from '../src/diagnostics/codes.ts';
import { environmentCodes } from '../src/diagnostics/codes-environment.ts';
import { placeholderWords } from '../src/diagnostics/placeholders.ts';

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

export function errorsPage(): string {
  const codes = Object.entries(allCodes as Readonly<Record<string, CodeEntry>>).sort(([a], [b]) => (a < b ? -1 : 1));
  const environment = Object.entries(environmentCodes).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Errors',
    '',
    'Made by `npm run generate` from the tables in src/diagnostics; do not edit.',
    '',
    '## In a playbook, in bexpert.yml, and in a call',
    '',
    'Found before anything runs, with the file, the line and the column where there is one. Exit code 2, and 3 where git is what is wrong. Words in braces stand for what is yours.',
    '',
    '| code | when | it says | the way out |',
    '| --- | --- | --- | --- |',
    ...codes.map(([code, entry]) =>
      row(
        `\`${code}\``,
        `${entry.means}${entry.severity === 'warning' ? ' (a warning)' : ''}`,
        placeholderWords(entry.message),
        placeholderWords(entry.hint),
      ),
    ),
    '',
    '## While a run goes on',
    '',
    'The environment is at fault, or a plugin could not do its work; whoever fills the action step never sees these. The message says what was measured.',
    '',
    '| code | when |',
    '| --- | --- |',
    ...environment.map(([code, means]) => row(`\`${code}\``, means)),
    '',
  ].join('\n');
}
