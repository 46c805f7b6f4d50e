import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type MachineFacts, remedy } from '../../../src/host/sandbox/remedy.ts';
import { selectProvider } from '../../../src/host/sandbox/select.ts';
import { openMachine, sh } from './sandbox-rig.ts';

const machine = await openMachine();
afterAll(() => machine.remove());

describe('the choice of a sandbox', () => {
  it.runIf(process.platform === 'linux')('takes the first that works, and leaves no trace of its probes', async () => {
    const { provider, probes } = await selectProvider({ ...machine.options, wanted: 'required' });
    expect(provider?.name).toBe(machine.isolating[0]);
    expect(provider?.isolates).toBe(true);
    expect(probes.at(-1)).toEqual({ provider: machine.isolating[0], ok: true });
    expect(readdirSync(path.join(machine.options.stateFolder, 'sandbox')).filter((name) => name.startsWith('probe'))).toEqual([]);
  });
  it('takes none where none is wanted', async () => {
    const { provider, probes } = await selectProvider({ ...machine.options, wanted: 'off' });
    expect(provider?.name).toBe('none');
    expect(provider?.isolates).toBe(false);
    expect(probes).toEqual([]);
    if (provider !== undefined) expect(await sh(provider, 'echo works')).toMatchObject({ stdout: 'works\n' });
  });
  it('says of every sandbox whether it works, and why one does not', () => {
    expect(machine.probes.map(({ provider }) => provider)).toEqual(['bubblewrap', 'unshare']);
    for (const probe of machine.probes) expect(probe.ok ? probe.reason : (probe.reason?.length ?? 0) > 5).not.toBe(false);
  });
});

describe('the way out where a sandbox does not work', () => {
  const linux: MachineFacts = { linux: true, container: false, appArmor: false, forbiddenBy: undefined };
  const denied = 'unshare: unshare failed: Operation not permitted';
  it.each([
    ['macOS', { ...linux, linux: false }, 'it needs Linux', /Linux virtual machine.*--sandbox preferred/],
    [
      'bubblewrap missing',
      linux,
      'The program bwrap (of bubblewrap) is not installed on this machine.',
      /apt-get install bubblewrap/,
    ],
    ['Ubuntu 24.04', { ...linux, appArmor: true }, denied, /sysctl -w kernel\.apparmor_restrict_unprivileged_userns=0/],
    ['Docker', { ...linux, container: true }, denied, /--security-opt seccomp=unconfined/],
    [
      'a hardened kernel',
      { ...linux, forbiddenBy: 'user.max_user_namespaces=15000' },
      'unshare failed: No space left on device',
      /sysctl -w user\.max_user/,
    ],
  ] as const)('on %s', (_, facts, reason, todo) => {
    expect(remedy('bubblewrap', reason, facts).todo).toMatch(todo);
  });
  it('names the programs of util-linux', () => {
    expect(remedy('unshare', "unshare: unrecognized option '--map-user=1000'", linux).todo).toContain('util-linux 2.36 or newer');
  });
  it('is not guessed where the reason is unknown', () => {
    expect(remedy('unshare', 'a protected file could be written', linux)).toEqual({});
  });
});
