// Whether a provider works here: a write that must fail and one that must succeed, both really tried.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isPluginError } from '../../plugin-api.ts';
import { onLinux } from '../machine.ts';
import { bubblewrapProvider } from './bubblewrap.ts';
import type { Probe, ProviderName, SandboxProvider } from './contract.ts';
import { insidePaths } from './contract.ts';
import { stageEnvironment } from './launcher.ts';
import { systemProgram } from './loopback.ts';
import { type MachineFacts, remedy } from './remedy.ts';
import { type ProviderOptions, unshareProvider } from './unshare.ts';

type Isolating = Exclude<ProviderName, 'none'>;

export interface Tried {
  readonly probe: Probe;
  readonly provider: SandboxProvider | undefined;
}

const patienceMs = 10_000;

/** Programs of util-linux that a provider runs; bwrap itself is looked for by its provider. */
const programs: Readonly<Record<Isolating, readonly string[]>> = {
  bubblewrap: ['nsenter'],
  unshare: ['unshare', 'nsenter', 'setpriv', 'setsid', 'mount', 'umount', 'pivot_root'],
};

async function open(name: Isolating, o: ProviderOptions): Promise<SandboxProvider> {
  switch (name) {
    case 'bubblewrap':
      return bubblewrapProvider(o);
    case 'unshare':
      return unshareProvider(o);
  }
}

/** Each line says what went wrong; silence is good. `$1`: a folder of the machine that no mount shows. */
const attempts = `
if echo x 2>/dev/null > ${insidePaths.tree}/kept; then echo "a protected file could be written"; fi
if echo x 2>/dev/null > /usr/.bexpert-probe; then echo "a system folder could be written"; fi
if [ -e "$1" ]; then echo "the home folder can be seen"; fi
if [ "$(id -u)" = 0 ]; then echo "the command is root"; fi
while IFS=: read -r name rest; do
  case "$name" in *'|'*|*lo*) : ;; *) echo "the network can be seen" ;; esac
done < /proc/net/dev
echo written > ${insidePaths.scratch}/new || echo "the scratch folder cannot be written"
`;

/** Returns what is wrong; undefined when the walls hold. */
async function failing(provider: SandboxProvider, folder: string): Promise<string | undefined> {
  const tree = path.join(folder, 'tree');
  const scratch = path.join(folder, 'scratch');
  await mkdir(tree, { recursive: true });
  await mkdir(scratch);
  await writeFile(path.join(tree, 'kept'), 'kept');
  const started = await provider.start({
    argv: ['/bin/sh', '-c', attempts, 'sh', folder],
    profile: 'gate',
    mounts: [
      { from: tree, at: insidePaths.tree, mode: 'read-only' },
      { from: scratch, at: insidePaths.scratch, mode: 'read-write' },
    ],
    cwd: '/',
    env: { ...stageEnvironment },
    network: { kind: 'none' },
    timeoutMs: patienceMs,
    signal: new AbortController().signal,
  });
  const result = await started.ended;
  const said = result.stdout.trim().split('\n')[0] ?? '';
  if (said !== '') return said;
  if (result.status !== 'exited' || result.exitCode !== 0) return result.stderr.trim() || `the probe was ${result.status}`;
  if ((await readFile(path.join(tree, 'kept'), 'utf8')) !== 'kept') return 'a protected file was written';
  if (!existsSync(path.join(scratch, 'new'))) return 'what was written did not arrive';
  return undefined;
}

/** Opens a provider and tries it. Never throws for what a machine lacks. */
export async function tryProvider(name: Isolating, o: ProviderOptions, facts: MachineFacts): Promise<Tried> {
  const lost = (reason: string): Tried => ({
    provider: undefined,
    probe: { provider: name, ok: false, reason, ...remedy(name, reason, facts) },
  });
  if (!onLinux()) return lost('it needs Linux');
  const missing = programs[name].find((program) => systemProgram(program) === undefined);
  if (missing !== undefined) return lost(`the program ${missing} is not installed`);
  const folder = path.join(o.stateFolder, 'sandbox', `probe-${randomBytes(6).toString('hex')}`);
  try {
    const provider = await open(name, o);
    const reason = await failing(provider, folder);
    return reason === undefined ? { provider, probe: { provider: name, ok: true } } : lost(reason);
  } catch (error) {
    if (isPluginError(error)) return lost(error.message);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
