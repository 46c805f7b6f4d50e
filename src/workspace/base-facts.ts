import { execFileSync } from 'node:child_process';
import type { BaseFacts } from './access.ts';
import type { Content } from './content.ts';
import { bareEnvironment, type Environment } from './git.ts';
import type { OwnGit } from './own-git.ts';
import { parents, toBytes, toText } from './path-bytes.ts';
import { rootPath, scopePath } from './scope.ts';

/** What access rules ask of base. */
export function baseFacts(o: {
  readonly own: OwnGit;
  readonly content: Content;
  readonly scope: string;
  readonly env: Environment;
}): BaseFacts {
  const { own, content, scope } = o;
  const read = new Map<string, Uint8Array>();
  const entryOf = (path: string) => content.entries.get(toBytes(rootPath(path, scope)));
  return {
    has: (path) => entryOf(path) !== undefined,
    holds: (folder) => content.folders.has(toBytes(rootPath(folder, scope))),
    content: (path, probably) => {
      const entry = entryOf(path);
      if (entry === undefined || entry.mode === '160000') return undefined;
      if (probably !== undefined && own.objects.idOf('blob', probably) === entry.oid) return probably;
      let bytes = read.get(entry.oid);
      if (bytes === undefined) {
        // Judging is a synchronous question, and only a file that an action changed for the second time comes here.
        bytes = execFileSync('git', [`--git-dir=${own.gitDir}`, 'cat-file', 'blob', entry.oid], {
          env: bareEnvironment(o.env, own.gitDir),
          cwd: '/',
          maxBuffer: 1024 ** 3,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        read.set(entry.oid, bytes);
      }
      return bytes;
    },
    submodule: (path) => {
      if (content.links.size === 0) return undefined;
      const full = toBytes(rootPath(path, scope));
      const link = [full, ...parents(full)].find((one) => content.links.has(one));
      return link === undefined ? undefined : scopePath(toText(link), scope);
    },
  };
}
