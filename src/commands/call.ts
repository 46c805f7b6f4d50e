// What several commands read from their options.
import { statSync } from 'node:fs';
import path from 'node:path';
import { playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { readNamed } from '../playbook/named-file.ts';
import { problem } from './complain.ts';

/** Options that choose a playbook's inputs, repository and environment; as commander gives them. */
export interface PlaybookCall {
  readonly playbook: string;
  readonly input: readonly string[];
  readonly inputsFile?: string;
  readonly repo?: string;
  readonly state?: string;
  readonly sandbox?: 'required' | 'preferred' | 'off';
  readonly model?: string;
}

/** `--input name=value`, repeated; the value may hold `=`. */
export function parseInputs(given: readonly string[]): Result<Record<string, string>, readonly Diagnostic[]> {
  const values = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const text of given) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim();
    if (at < 1 || name === '') problems.push(problem('cli/input-form', { given: text }));
    else if (values.has(name)) problems.push(problem('cli/input-twice', { name }));
    else values.set(name, text.slice(at + 1));
  }
  return problems.length > 0 ? fail(problems) : succeed(Object.fromEntries(values));
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** The absolute folder of `--repo`, or of another option. */
export async function scopeFolder(
  repo: string | undefined,
  cwd: string,
  option?: string,
): Promise<Result<string, readonly Diagnostic[]>> {
  const folder = path.resolve(cwd, repo ?? '.');
  if (isFolder(folder)) return succeed(folder);
  return fail([problem('cli/not-a-folder', { folder: repo ?? '.', ...(option === undefined ? {} : { option }) })]);
}

/** A bexpert.yml that is there and cannot be read must not be played without. */
export function unreadSettings(scope: string): Diagnostic | undefined {
  const bytes = readNamed(path.join(scope, 'bexpert.yml'));
  return bytes.ok || bytes.error.missing
    ? undefined
    : diagnose(playbookCodes, 'playbook/unreadable', { playbook: 'bexpert.yml', why: bytes.error.why });
}

/** The text of `--inputs-file`. */
export async function readInputsFile(
  file: string | undefined,
  cwd: string,
): Promise<Result<{ readonly name: string; readonly text: string } | undefined, readonly Diagnostic[]>> {
  if (file === undefined) return succeed(undefined);
  const bytes = readNamed(path.resolve(cwd, file));
  return bytes.ok
    ? succeed({ name: file, text: Buffer.from(bytes.value).toString('utf8') })
    : fail([problem('cli/inputs-file', { file, why: bytes.error.why })]);
}
