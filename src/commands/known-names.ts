// Names that the playbooks of a repository give to services, tokens and secrets, for editors to offer.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Location, locate, locationKey } from '../playbook/reuse-address.ts';
import { Source } from '../playbook/source.ts';
import type { Names } from '../schema/playbook-schema.ts';
import { localPlaybooks } from './playbook-files.ts';

/** Of bexpert.yml, of the playbooks, and of what they extend on this machine: nothing is fetched. What is no YAML names nothing. */
export async function knownNames(scopeFolder: string): Promise<Names> {
  const found = { service: new Set<string>(), auth: new Set<string>(), secret: new Set<string>() };
  const seen = new Set<string>();
  const read = (location: Location): void => {
    if (location.kind === 'git' || seen.has(locationKey(location))) return;
    seen.add(locationKey(location));
    const value = contentOf(location.path);
    for (const [key, names] of [
      ['services', found.service],
      ['auth', found.auth],
      ['secrets', found.secret],
    ] as const) {
      for (const [name, item] of Object.entries(fields(value[key]))) if (item !== null) names.add(name);
    }
    if (typeof value.extends !== 'string') return;
    const below = locate(value.extends, { location, scopeFolder });
    if (below.ok) read(below.value);
  };
  for (const file of ['bexpert.yml', ...(await localPlaybooks(scopeFolder))])
    read({ kind: 'file', path: path.join(scopeFolder, file) });
  return { service: [...found.service].sort(), auth: [...found.auth].sort(), secret: [...found.secret].sort() };
}

function contentOf(file: string): Readonly<Record<string, unknown>> {
  try {
    return fields(new Source(file, readFileSync(file, 'utf8')).value);
  } catch {
    return {};
  }
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
