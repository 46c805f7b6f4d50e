// initdb and postgres refuse uid 0, and a uid without a name: under whom they can run here.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';

/** Arguments in front of a command, and the account that its files must belong to. */
export interface Account {
  readonly name: string;
  readonly prefix: readonly string[];
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** Through Node's own setuid; `prefix` does it otherwise. */
  readonly spawnAs?: true;
}

const own: Account = { name: 'this user', prefix: [] };

/** The accounts to try, best first. */
export function accounts(): readonly Account[] {
  const root = process.getuid?.() === 0;
  if (!root && isNamed()) return [own];
  const nobody = nobodyIds();
  const ids = [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups'];
  const capabilities = '+dac_override,+dac_read_search';
  return [
    // The files stay this user's; only the process is not uid 0 to itself (util-linux 2.38).
    {
      name: 'a user namespace',
      prefix: ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`, '--'],
    },
    ...(root
      ? ([
          // Without user namespaces, as in Docker's default profile: the capability opens folders below a home of mode 0700.
          {
            name: 'nobody with access to every folder',
            prefix: ['setpriv', ...ids, `--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`, '--'],
            ids: nobody,
          },
          { name: 'nobody', prefix: [], ids: nobody, spawnAs: true },
        ] as const)
      : []),
  ];
}

function isNamed(): boolean {
  try {
    return os.userInfo().username !== '';
  } catch {
    return false;
  }
}

function nobodyIds(): { readonly uid: number; readonly gid: number } {
  try {
    const fields = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  } catch {
    // No such file: the ids that every Linux distribution uses.
  }
  return { uid: 65534, gid: 65534 };
}
