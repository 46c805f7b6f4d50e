// `bexpert migrate [files]`: keys under their new names, in place; all else in the files stays as it is.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import { migrated } from '../playbook/deprecated.ts';
import { readNamed, type Unread } from '../playbook/named-file.ts';
import { type Rename, renames } from '../playbook/renames.ts';
import { Source } from '../playbook/source.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { localPlaybooks } from './playbook-files.ts';

export interface MigrateCall {
  readonly files: readonly string[];
  readonly repo?: string;
  readonly dryRun?: boolean;
}

/** The newest version of the language. */
const newest = 1;

export async function migrate(call: MigrateCall, io: Io, table: readonly Rename[] = renames): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  const own = existsSync(path.join(scope.value, 'bexpert.yml')) ? ['bexpert.yml'] : [];
  const found = [...own, ...(await localPlaybooks(scope.value))].map((file) => path.join(call.repo ?? '', file));
  const files = call.files.length > 0 ? call.files : found;
  if (files.length === 0) {
    await complain(io, [problem('cli/no-migration', { folder: scope.value })]);
    return exitCodes.badPlaybook;
  }
  let code: number = exitCodes.proven;
  for (const file of files) {
    const bytes = readNamed(path.resolve(io.cwd, file));
    const source = bytes.ok ? Source.fromBytes(file, bytes.value) : undefined;
    if (source?.value === undefined) {
      const problems = bytes.ok ? (source?.problems ?? []) : [await unread(file, bytes.error, found)];
      await complain(io, problems, { sources: source === undefined ? [] : [source] });
      code = exitCodes.badPlaybook;
      continue;
    }
    const { text, renamed } = migrated(source, table);
    if (renamed.length === 0) {
      io.stdout.write(`already version ${newest}  ${file}\n`);
      continue;
    }
    if (call.dryRun !== true) writeFileSync(path.resolve(io.cwd, file), text);
    io.stdout.write(`${call.dryRun === true ? 'would write' : 'written'}  ${file}\n`);
    for (const { key, to, line } of renamed) io.stdout.write(`  ${file}:${line}  \`${key}\` is \`${to}\` now\n`);
  }
  return code;
}

async function unread(playbook: string, { missing, why }: Unread, files: readonly string[]): Promise<Diagnostic> {
  const { playbookCodes } = await import('../diagnostics/codes-playbook.ts');
  const { diagnose } = await import('../diagnostics/diagnose.ts');
  const near = nearest(playbook, files);
  return missing
    ? diagnose(playbookCodes, 'playbook/not-found', { playbook, files, shipped: [], ...(near === undefined ? {} : { near }) })
    : diagnose(playbookCodes, 'playbook/unreadable', { playbook, why });
}
