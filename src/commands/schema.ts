import { exitCodes } from '../model/exit.ts';
import { mapSchema } from '../schema/map-schema.ts';
import { playbookSchema, schemaText } from '../schema/playbook-schema.ts';
import { playtestSchema } from '../schema/playtest-schema.ts';
import { scopeFolder } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { knownNames } from './known-names.ts';
import { builtInPlugins, teamPlugins } from './known-plugins.ts';

export interface SchemaCall {
  readonly withPluginsOf?: string;
  /** Of tests of playbooks, in place of playbooks. */
  readonly tests?: boolean;
  /** Of the JSON of `bexpert map`. */
  readonly map?: boolean;
}

/** `bexpert schema`: what an editor needs to complete and check playbooks, with the plugins and the names of a repository too. */
export async function schema(call: SchemaCall, io: Io): Promise<number> {
  if (call.tests === true) {
    io.stdout.write(schemaText(playtestSchema()));
    io.stderr.write(
      'Keep it in a file, and begin each test with a line that names that file, as seen from the test:\n# yaml-language-server: $schema=playtest.schema.json\n',
    );
    return exitCodes.proven;
  }
  if (call.map === true) {
    io.stdout.write(schemaText(mapSchema(await builtInPlugins())));
    return exitCodes.proven;
  }
  const scope = call.withPluginsOf === undefined ? undefined : await scopeFolder(call.withPluginsOf, io.cwd, '--with-plugins-of');
  const found = scope === undefined ? undefined : scope.ok ? await teamPlugins(scope.value) : scope;
  if (found !== undefined && !found.ok) {
    await complain(io, found.error);
    return exitCodes.badPlaybook;
  }
  const team = found?.value ?? [];
  const names = scope?.ok === true ? await knownNames(scope.value) : undefined;
  io.stdout.write(schemaText(playbookSchema([...(await builtInPlugins()), ...team], names)));
  // Standard output is the schema and nothing else, so that it can be kept in a file.
  io.stderr.write(
    [
      team.length === 0 ? '' : `With ${team.map(({ uses }) => uses).join(', ')}.\n`,
      names === undefined || names.service.length === 0
        ? ''
        : `It offers the ${names.service.length === 1 ? 'service' : 'services'} ${names.service.join(', ')}.\n`,
      'Keep it in a file, and begin each playbook with a line that names that file, as seen from the playbook:\n',
      '# yaml-language-server: $schema=playbook.schema.json\n',
    ].join(''),
  );
  return exitCodes.proven;
}
