// An engine of this machine on which containers really run, and an image that is made here, of one static program.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { engineNames, reasonIn } from '../../src/host/container-engine.ts';

export interface Containers extends AsyncDisposable {
  readonly image: string;
  /** That bexpert is called with. */
  readonly env: Readonly<Record<string, string>>;
  /** One call of the engine; what it prints. */
  ask(...args: readonly string[]): string;
  /** Names of the containers that bexpert has made for runs in this state folder. */
  left(state: string): readonly string[];
}

const busybox = ['/usr/bin/busybox', '/bin/busybox'].find((file) => existsSync(file));
const isStatic = (file: string): boolean => !readFileSync(file).includes('/lib64/ld-linux');

/** The reason where there is none. */
export async function openContainers(name: string): Promise<Containers | string> {
  if (busybox === undefined || !isStatic(busybox)) return 'no busybox that is linked statically, of which to make an image';
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-image-'));
  try {
    await mkdir(path.join(folder, 'root/bin'), { recursive: true });
    await cp(busybox, path.join(folder, 'root/bin/busybox'), { dereference: true });
    await symlink('busybox', path.join(folder, 'root/bin/sh'));
    execFileSync('tar', ['-C', path.join(folder, 'root'), '-cf', path.join(folder, 'root.tar'), '.']);
    // In a machine that is itself a container an engine may raise no limit: then with less than it asks for.
    const less = path.join(folder, 'containers.conf');
    await writeFile(
      less,
      '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n',
    );
    const { PATH = '', HOME = '' } = process.env;
    const reasons: string[] = [];
    for (const engine of engineNames) {
      for (const more of engine === 'podman' ? [{}, { CONTAINERS_CONF: less }] : [{}]) {
        const opened = tryEngine({
          engine,
          image: `localhost/bexpert-test-${name}:${process.pid}`,
          env: { PATH, HOME, ...more },
          folder,
        });
        if (typeof opened !== 'string') return opened;
        reasons.push(`${engine}: ${opened}`);
      }
    }
    await rm(folder, { recursive: true, force: true });
    return reasons.join('; ');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function tryEngine(o: {
  readonly engine: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}): Containers | string {
  const { engine, image, env, folder } = o;
  const ask = (...args: readonly string[]): string =>
    execFileSync(engine, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 }).trim();
  try {
    ask('import', path.join(folder, 'root.tar'), image);
    ask('run', '--rm', '--publish', '127.0.0.1::80', image, '/bin/busybox', 'true');
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: string };
    return code === 'ENOENT' ? 'it is not installed' : reasonIn(stderr ?? '');
  }
  return {
    image,
    env,
    ask,
    left: (state) => {
      const runs = readdirSync(state, { recursive: true, encoding: 'utf8' })
        .filter((file) => path.basename(path.dirname(file)) === 'runs')
        .map((file) => path.basename(file));
      const names = (run: string) => ask('ps', '--all', '--filter', `label=io.bexpert.run=${run}`, '--format', '{{.Names}}');
      return runs.flatMap((run) => names(run).split('\n')).filter((one) => one !== '');
    },
    async [Symbol.asyncDispose]() {
      ask('rmi', '--force', image);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
