// The last program of ours in front of every command: a few lines of POSIX shell that set the environment, find the file and say over
// file descriptor 3 what became of it. The environment comes over the same descriptor, so that it is neither in the arguments of any
// process nor in the environment of the sandbox's own programs.
import { quoteWord } from '../shell.ts';

/** What the launcher says before the command runs. A command cannot say it: descriptor 3 is closed by then. */
export type LauncherWord =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'no-folder' };

const script = `
set -f
eval "$(cat <&3)" || exit 125
ulimit -c 0 2>/dev/null
cd -- "$1" 2>/dev/null || { echo no-folder >&3; exit 125; }
unset OLDPWD
shift
found= seen=
case "$1" in
  */*) [ -e "$1" ] && seen=1; [ -f "$1" ] && [ -x "$1" ] && found=$1 ;;
  *)
    IFS=:
    for folder in $PATH; do
      candidate=\${folder:-.}/$1
      [ -f "$candidate" ] || continue
      seen=1
      if [ -x "$candidate" ]; then found=$candidate; break; fi
    done
    unset IFS ;;
esac
if [ -z "$found" ]; then
  if [ -n "$seen" ]; then echo denied >&3; exit 126; fi
  echo not-found >&3; exit 127
fi
shift
echo "started $$" >&3
exec 3>&-
run "$found" "$@"
`;

/** Names that a shell can export. Others, and those that bash holds read-only, go through env(1). */
const exportable = (name: string) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['UID', 'EUID', 'PPID', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO', '_'].includes(name);

/** Arguments that start `argv` in the folder `cwd`. */
export function launcherArgv(argv: readonly string[], cwd: string): string[] {
  return ['/bin/sh', '-c', script, 'sh', cwd, ...argv];
}

/** What the launcher reads from descriptor 3. */
export function launcherEnvironment(env: Readonly<Record<string, string>>): string {
  const all = Object.entries(env);
  const lines = all.filter(([name]) => exportable(name)).map(([name, value]) => `export ${name}=${quoteWord(value)}`);
  const odd = all.filter(([name]) => !exportable(name)).map(([name, value]) => quoteWord(`${name}=${value}`));
  const prefix = odd.length === 0 ? '' : `env ${odd.join(' ')} `;
  return `unset LC_ALL\n${lines.join('\n')}\nrun() { exec ${prefix}"$@"; }\n`;
}

export function parseLauncherWord(line: string): LauncherWord | undefined {
  const [kind, pid] = line.split(' ');
  if (kind === 'started' && pid !== undefined) return { kind, pid: Number(pid) };
  if (kind === 'not-found' || kind === 'denied' || kind === 'no-folder') return { kind };
  return undefined;
}

/** All that the programs of a sandbox themselves get to see. */
export const stageEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};
