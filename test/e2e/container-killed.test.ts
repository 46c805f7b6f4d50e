import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openContainers } from '../rig/containers.ts';
import { newestRun, until } from '../rig/journal.ts';
import { program, start } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

const opened = await openContainers('killed');
const containers = typeof opened === 'string' ? undefined : opened;
const here = typeof opened === 'string' ? ` (no engine on which containers run: ${opened})` : '';
afterAll(() => containers?.[Symbol.asyncDispose]());

const files = {
  'bexpert.yml': 'bexpert: 1\n',
  'wait.yml': `bexpert: 1
services:
  web:
    image: ${containers?.image}
    port: 8080
    argv: [/bin/busybox, httpd, -f, -p, "8080"]
phases:
  verify: [{ id: wait, run: "test -f quick || sleep 600", services: [web], evidence: exit-code }]
`,
  'quick.yml': 'bexpert: 1\nphases:\n  verify: [{ id: quick, run: "true", evidence: exit-code }]\n',
};

/** A run that was killed while its container served. */
async function killed() {
  const repository = await TestRepository.create(files);
  const call = { cwd: repository.folder, env: containers?.env ?? {} };
  const started = start(['verify', 'wait.yml', '--state', repository.state], call);
  const left = () => containers?.left(repository.state) ?? [];
  await until(() => (left().length > 0 ? true : undefined), 'the container is there');
  started.child.kill('SIGKILL');
  await started.ended;
  const run = newestRun(repository.state) ?? '';
  return {
    left,
    run,
    and: (...args: readonly string[]) => program([...args, '--state', repository.state], call),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

describe.skipIf(containers === undefined)(`the container of a run that was killed${here}`, () => {
  it('is removed when the next run ends', async () => {
    await using it = await killed();
    expect(it.left()).toHaveLength(1);
    expect((await it.and('verify', 'quick.yml')).code).toBe(0);
    expect(it.left()).toEqual([]);
  });

  it('is removed with the run by `clean`', async () => {
    await using it = await killed();
    expect((await it.and('clean', path.basename(it.run))).code).toBe(0);
    expect(it.left()).toEqual([]);
    expect(existsSync(it.run)).toBe(false);
  });

  it('is removed by Ctrl-C at once', async () => {
    await using repository = await TestRepository.create(files);
    const started = start(['verify', 'wait.yml', '--state', repository.state], {
      cwd: repository.folder,
      env: containers?.env ?? {},
    });
    const left = () => containers?.left(repository.state) ?? [];
    await until(() => (left().length > 0 ? true : undefined), 'the container is there');
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
    expect(left()).toEqual([]);
  });
});
