// The tree that gates run on: the candidate, with base's files wherever the candidate may not have changed them.
import type { FullAccess } from './access.ts';
import { compareEntries, type Entries, type Entry } from './entries.ts';
import { type OwnGit, readBlobs } from './own-git.ts';
import { type BytePath, parents, toText } from './path-bytes.ts';
import { scopePath } from './scope.ts';

const isRegular = (entry: Entry): boolean => entry.mode === '100644' || entry.mode === '100755';

export async function overlay(o: {
  readonly own: OwnGit;
  readonly base: Entries;
  readonly candidate: Entries;
  readonly access: FullAccess;
  readonly scope: string;
}): Promise<Entries> {
  const changes = compareEntries(o.base, o.candidate);
  const both = changes.flatMap(({ before, after }) =>
    before !== undefined && after !== undefined && isRegular(before) && isRegular(after) ? [before.oid, after.oid] : [],
  );
  const contents = await readBlobs(o.own, both);
  const result = new Map<BytePath, Entry>(o.candidate);
  const restored: [BytePath, Entry][] = [];
  for (const { path, before, after } of changes) {
    const name = scopePath(toText(path), o.scope);
    const kind = o.access.decide(name).class;
    const closed = kind === 'protected' || kind === 'denied';
    if (before === undefined) {
      // A new file of a protected class would be a judge that the candidate brings along.
      if (closed) result.delete(path);
      continue;
    }
    if (closed) {
      restored.push([path, before]);
      continue;
    }
    const frozen = !o.access.judge({ path: name, before: contents.get(before.oid) ?? new Uint8Array(), after: undefined })
      .allowed;
    const [old, now] = [contents.get(before.oid), after === undefined ? undefined : contents.get(after.oid)];
    if (old === undefined || now === undefined) {
      if (frozen) restored.push([path, before]);
      continue;
    }
    const settled = o.access.settle(name, old, now);
    if (settled === now || after === undefined) continue;
    result.set(path, { mode: before.mode, oid: await o.own.objects.write('blob', settled) });
  }
  for (const [path, entry] of restored) put(result, path, entry);
  return result;
}

/** Sets a file and removes what cannot exist beside it: a file where one of its folders is, files below its own path. */
function put(entries: Map<BytePath, Entry>, path: BytePath, entry: Entry): void {
  for (const parent of parents(path)) entries.delete(parent);
  if (!entries.has(path)) {
    for (const other of [...entries.keys()]) if (other.startsWith(`${path}/`)) entries.delete(other);
  }
  entries.set(path, entry);
}
