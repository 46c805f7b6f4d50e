import type { Cleaned, Removed } from '../engine/clean.ts';
import type { KeptRun } from '../engine/kept-run.ts';
import type { Ink } from './ink.ts';
import { printableLine } from './printable.ts';
import { count, formatValue } from './quantity.ts';
import { verdictWords } from './run-words.ts';

const size = (bytes: number): string => formatValue(bytes, 'bytes');

/** What a clean-up took away, what it left and why. */
export function cleanLines(cleaned: Cleaned, { dryRun }: { readonly dryRun: boolean }, ink: Ink): readonly string[] {
  const { removed, kept, busy, shared } = cleaned;
  const lines: string[] = [];
  const single = removed.filter(({ kind }) => kind === 'run' || kind === 'work tree');
  const row = (name: string, bytes: number, more = '') =>
    `  ${name.padEnd(24)}  ${size(bytes).padStart(10)}${more === '' ? '' : `  ${more}`}`;
  for (const { what, bytes, run, kind } of single) {
    const words = run === undefined ? '' : `${ending(run).padEnd(14)}  ${printableLine(run.playbook)}`;
    lines.push(row(what, bytes, kind === 'run' ? words : `${words}; only its work tree, a resume makes it again`));
  }
  for (const [kind, words] of sharedKinds) {
    const these = removed.filter((one) => one.kind === kind);
    if (these.length === 0) continue;
    const amount = kind === 'objects' ? Number(these.reduce((sum, { what }) => sum + Number(what), 0)) : these.length;
    lines.push(row(count(amount, words), bytesOf(these)));
  }
  if (shared === 'in use')
    lines.push(`  ${ink.yellow('A run is going on: what runs share (snapshots, set-up outputs) was left as it is.')}`);
  for (const name of busy) lines.push(`  ${ink.yellow(`${name} is going on in another process and was left.`)}`);
  const freed = size(bytesOf(removed));
  const what = count(removed.filter(({ kind }) => kind === 'run').length, 'run');
  lines.push(
    removed.length === 0
      ? `Nothing to remove. ${keptWords(kept)}`
      : `${dryRun ? `Would remove ${what} and free ${freed}; nothing was removed.` : `Removed ${what}, freed ${freed}.`} ${keptWords(kept)}`,
  );
  return lines;
}

const sharedKinds: readonly (readonly [Removed['kind'], string])[] = [
  ['objects', 'snapshot object'],
  ['repository', 'snapshot store'],
  ['set-up', 'set-up output'],
  ['plugins', 'bundled plugin'],
  ['playbooks', 'fetched repository'],
];
const bytesOf = (removed: readonly Removed[]): number => removed.reduce((sum, { bytes }) => sum + bytes, 0);

const ending = (run: KeptRun): string =>
  run.state === 'unreadable' ? 'UNREADABLE' : run.ended === undefined ? 'NOT FINISHED' : verdictWords(run.ended).mark;

function keptWords(kept: readonly KeptRun[]): string {
  const resumable = kept.filter(({ state }) => state === 'resumable').length;
  const going = kept.filter(({ state }) => state === 'going on').length;
  const parts = [
    ...(going === 0 ? [] : [`${going} of them going on`]),
    ...(resumable === 0 ? [] : [`${resumable} of them to be resumed`]),
  ];
  const bytes = kept.reduce((sum, run) => sum + run.bytes, 0);
  return `${count(kept.length, 'run')} kept${parts.length === 0 ? '' : `, ${parts.join(', ')}`} (${size(bytes)}).`;
}
