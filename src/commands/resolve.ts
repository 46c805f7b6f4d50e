import { exitCodes } from '../model/exit.ts';
import type { PlaybookCall } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { prepareHere } from './prepare-here.ts';
import { originsOf, resolvedRoot, resolvedYaml } from './resolved-yaml.ts';

export interface ResolveCall extends PlaybookCall {
  readonly json?: boolean;
}

/** `bexpert resolve`: all files that make a playbook as one, with the file and the line of each value. */
export async function resolve(call: ResolveCall, io: Io): Promise<number> {
  const prepared = await prepareHere({ ...call, mode: 'verify' }, io);
  const diagnostics = prepared.ok ? prepared.value.diagnostics : prepared.error;
  const errors = diagnostics.filter(({ code, severity }) => severity === 'error' && code !== 'input/missing');
  const merged = prepared.ok && errors.length === 0 ? prepared.value.merged : undefined;
  const root = merged === undefined ? undefined : resolvedRoot(merged, merged.name);
  if (call.json === true) {
    const sources = prepared.ok ? prepared.value.sources.map(({ file, digest }) => ({ file, digest })) : [];
    const origins = root === undefined ? [] : originsOf(root);
    io.stdout.write(
      `${JSON.stringify({ format: 1, playbook: call.playbook, sources, values: origins, diagnostics: errors }, undefined, 2)}\n`,
    );
  } else if (root === undefined) {
    await complain(io, diagnostics, { sources: prepared.ok ? prepared.value.sources : [] });
  } else io.stdout.write(resolvedYaml(root));
  return root === undefined ? exitCodes.badPlaybook : exitCodes.proven;
}
