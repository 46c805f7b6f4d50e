import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { type Prepared, type PrepareRequest, prepare } from '../playbook/prepare.ts';
import { type PlaybookCall, parseInputs, readInputsFile, scopeFolder, unreadSettings } from './call.ts';
import type { Io } from './io.ts';
import { stateHome } from './state-folder.ts';

/** Checks a playbook with the files as they lie on disk; nothing runs, and no repository is needed. */
export async function prepareHere(
  call: PlaybookCall & { readonly mode: 'run' | 'verify'; readonly anyInputs?: boolean },
  io: Io,
  inPlaceOf?: PrepareRequest['inPlaceOf'],
): Promise<Result<Prepared, readonly Diagnostic[]>> {
  const inputs = parseInputs(call.input);
  const scope = await scopeFolder(call.repo, io.cwd);
  const file = await readInputsFile(call.inputsFile, io.cwd);
  if (!inputs.ok || !scope.ok || !file.ok)
    return fail([inputs, scope, file].flatMap((result) => (result.ok ? [] : result.error)));
  const unread = unreadSettings(scope.value);
  if (unread !== undefined) return fail([unread]);
  const prepared = await prepare({
    playbook: call.playbook,
    cwd: io.cwd,
    scopeFolder: scope.value,
    mode: call.mode,
    anyInputs: call.anyInputs === true,
    readScope: async (file) => onDisk(path.resolve(scope.value, file)),
    readGit: async (address) => {
      const { readFetched } = await import('../workspace/fetched-file.ts');
      return readFetched(address, { folder: path.join(stateHome(call.state, io), 'playbooks'), env: io.env });
    },
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
    pluginFolder: async (folder) => path.resolve(scope.value, folder),
    cacheFolder: path.join(stateHome(call.state, io), 'plugins'),
    inputs: inputs.value,
    ...(file.value === undefined ? {} : { inputsFile: file.value }),
    env: io.env,
    overrides: {
      ...(call.model === undefined ? {} : { model: call.model }),
      ...(call.sandbox === undefined ? {} : { sandbox: call.sandbox }),
    },
  });
  return succeed(prepared);
}

/** At once: nothing else is going on yet, and each trip through Node's pool of threads takes longer than the file. */
function onDisk(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
