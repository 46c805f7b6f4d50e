// `bexpert migrate [files]`: keys under their new names, in place; all else in the files stays as it is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../model/exit.ts';
import { migrated } from '../playbook/deprecated.ts';
import { type Rename, renames } from '../playbook/renames.ts';
import { Source } from '../playbook/source.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { localPlaybooks } from './playbook-files.ts';

export interface MigrateCall {
  readonly files: readonly string[];
  readonly dryRun?: boolean;
}

/** The newest version of the language. */
const newest = 1;

export async function migrate(call: MigrateCall, io: Io, table: readonly Rename[] = renames): Promise<number> {
  const own = existsSync(path.join(io.cwd, 'bexpert.yml')) ? ['bexpert.yml'] : [];
  const files = call.files.length > 0 ? call.files : [...own, ...(await localPlaybooks(io.cwd))];
  if (files.length === 0) {
    await complain(io, [problem('cli/no-migration', { folder: io.cwd })]);
    return exitCodes.badPlaybook;
  }
  let code: number = exitCodes.proven;
  for (const file of files) {
    const source = read(file, io.cwd);
    if (source?.value === undefined) {
      const missing = { files: await localPlaybooks(io.cwd), playbook: file, shipped: [] };
      const problems = source?.problems ?? [await notFound(missing)];
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

function read(file: string, cwd: string): Source | undefined {
  try {
    return Source.fromBytes(file, readFileSync(path.resolve(cwd, file)));
  } catch {
    return undefined;
  }
}

async function notFound(facts: {
  readonly playbook: string;
  readonly files: readonly string[];
  readonly shipped: readonly string[];
}) {
  const { playbookCodes } = await import('../diagnostics/codes-playbook.ts');
  const { diagnose } = await import('../diagnostics/diagnose.ts');
  return diagnose(playbookCodes, 'playbook/not-found', facts);
}
