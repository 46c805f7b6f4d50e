import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportBug } from '../../../src/commands/bug.ts';
import type { Io } from '../../../src/commands/io.ts';
import { RunBug } from '../../../src/model/run-bug.ts';
import { eventsOf, newestRun, processesWith } from '../../rig/journal.ts';
import { edit, endsOf, finishOf, goOn, of, play, repositoryOf, scriptOf } from './play.ts';

const verify = (steps: string) => `\nbexpert: 1\nname: p\nphases:\n  verify:\n${steps}\n`;
const gate = (id: string, run: string, more = '') =>
  `    - { id: ${id}, run: ${JSON.stringify(run)}, evidence: exit-code${more} }`;

describe('a run that goes on', () => {
  it('is not gone on with by another process, and its journal stays whole', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'playbook.yml': verify(gate('slow', 'sleep 1')),
    });
    let beside: ReturnType<typeof goOn> | undefined;
    const run = await play(repository, {
      mode: 'verify',
      onEvent: (event) => {
        if (event.type === 'step-started') beside = goOn(repository);
      },
    });
    const other = await beside;
    expect(other?.exitCode).toBe(2);
    expect(other?.diagnostics.map(({ code }) => code)).toEqual(['resume/running']);
    expect(run.exitCode).toBe(0);
    expect(of(run.events, 'run-resumed')).toEqual([]);
    expect((await goOn(repository)).diagnostics.map(({ code }) => code)).toEqual(['resume/nothing']);
  });
});

describe('what a run leaves', () => {
  it('is its journal, logs and artifacts: no tree, no scratch folder, no lock that holds', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\nmodel: { script: s.yml }\n',
      's.yml': scriptOf([edit('a.txt', 'a', 'b')]),
      'a.txt': 'a\n',
      'playbook.yml': `\nbexpert: 1\nname: p\nphases:\n  context: [{ id: look, run: ls }]\n  action: [{ id: act, uses: agent, with: { goal: x } }]\n  verify:\n${gate('red', 'there-is-no-such-command')}\n`,
    });
    const run = await play(repository);
    // Not decided, and over: nobody goes on with it.
    expect(finishOf(run.events)).toMatchObject({ status: 'completed', exitCode: 3 });
    expect(readdirSync(run.folder).sort()).toEqual(['artifacts', 'events.jsonl', 'lock', 'logs']);
  });

  it('is nothing where it could not start', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'playbook.yml': `\nbexpert: 1\nname: p\nphases:\n  context: [{ id: look, run: ls }]\n  action: [{ id: act, uses: agent, with: { goal: x } }]\n  verify:\n${gate('g', 'true')}\n`,
    });
    await expect(play(repository)).rejects.toThrow('model/none');
    expect(readdirSync(repository.state, { recursive: true, encoding: 'utf8' }).filter((name) => /runs\/./.test(name))).toEqual(
      [],
    );
  });

  it('holds no process when a step takes too long while its service starts', async () => {
    const mark = `sleep 47.${process.pid}`;
    await using repository = await repositoryOf({
      'bexpert.yml': `\nbexpert: 1\nservices:\n  api: { run: "exec ${mark}", ready: { http: /, within: 60s } }\n`,
      'playbook.yml': verify(gate('late', 'true', ', services: [api], timeout: 1200ms')),
    });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events)).toEqual(['1 late invalid']);
    expect(JSON.stringify(run.events)).toContain('The step took longer than 1.2 s.');
    expect(processesWith(mark)).toEqual([]);
  });
});

describe('secrets', () => {
  it('are in no event that is shown or kept, and in no report of a plugin', async () => {
    const secret = 'correct-horse-battery';
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'leak/manifest.ts': `
        export const manifest = {
          kind: 'gate', name: 'leak', api: 1, summary: 'Tells what it should not.',
          inputs: { type: 'object', properties: {}, additionalProperties: false },
          outputs: { type: 'object', properties: { told: { type: 'string', description: 'A secret.' } }, required: ['told'], additionalProperties: false },
          powers: [], env: ['MY_TOKEN'], runsOnBase: false,
          findings: { 'leak/told': { means: 'It told.', baseline: 'absolute' } },
        };`,
      'leak/index.ts': `
        import { manifest } from './manifest.ts';
        export default { kind: 'gate', manifest, prove: [], run: async (_, host) => {
          const told = host.env.MY_TOKEN;
          host.progress(0.5, told);
          host.log.warn(told);
          const artifacts = [
            await host.artifact('a.txt', 'text/plain', told),
            await host.artifact('b.json', 'application/json', new TextEncoder().encode(JSON.stringify({ told }))),
          ];
          return { outputs: { told }, examined: { unit: 'things', count: 1, min: 1 }, artifacts,
            findings: [{ code: 'leak/told', severity: 'error', message: told, subject: told, evidence: Buffer.from(told).toString('base64') }] };
        } };`,
      'playbook.yml': verify('    - { id: leak, uses: ./leak }'),
    });
    const run = await play(repository, {
      mode: 'verify',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, MY_TOKEN: secret },
    });
    expect(endsOf(run.events)).toEqual(['1 leak fail']);
    const kept = readdirSync(run.folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(jsonl|txt|json|log)$/.test(name),
    );
    expect(kept.filter((name) => name.startsWith('artifacts/'))).toHaveLength(2);
    const texts = [
      JSON.stringify(run.shown),
      ...(await Promise.all(kept.map((name) => readFile(path.join(run.folder, name), 'utf8')))),
    ];
    for (const text of texts) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
    }
    expect(of(run.events, 'step-finished')[0]?.result).toMatchObject({ outputs: { told: '***' } });
  });
});

describe('the playbook of a run that acts', () => {
  it("is base's, also when the repository is reached through a link", async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'bexpert-link-'));
    try {
      await using repository = await repositoryOf({
        'bexpert.yml': 'bexpert: 1\n',
        'playbook.yml': verify(gate('mine', 'false')),
      });
      await repository.write({ 'playbook.yml': verify(gate('mine', 'true')) });
      const link = path.join(outside, 'link');
      await symlink(repository.folder, link);
      const run = await play(repository, { mode: 'verify', playbook: path.join(link, 'playbook.yml') });
      expect(endsOf(run.events).sort()).toEqual(['1 mine fail', '1 preview-mine pass']);
      expect(of(run.events, 'run-started')[0]?.notes.join(' ')).toContain("playbook.yml on disk differs from base's");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});

it('a bug says where the journal of the run lies', async () => {
  await using repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    'broken/manifest.ts': `
      export const manifest = {
        kind: 'gate', name: 'broken', api: 1, summary: 'Throws.',
        inputs: { type: 'object', properties: {}, additionalProperties: false },
        outputs: { type: 'object', properties: {}, additionalProperties: false },
        powers: [], runsOnBase: false, findings: { 'broken/x': { means: 'x', baseline: 'absolute' } },
      };`,
    'broken/index.ts': `
      import { manifest } from './manifest.ts';
      export default { kind: 'gate', manifest, prove: [], run: async () => { throw new TypeError('nobody thought of this'); } };`,
    'playbook.yml': verify('    - { id: broken, uses: ./broken }'),
  });
  const error = await play(repository, { mode: 'verify' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunBug);
  const folder = newestRun(repository.state) ?? '';
  expect(finishOf(eventsOf(folder))).toMatchObject({ status: 'internal', exitCode: 70, reason: 'nobody thought of this' });
  const lines: string[] = [];
  const stderr = { isTTY: false, write: (text: string) => void lines.push(text) };
  expect(reportBug(error, { stderr } as unknown as Io)).toBe(70);
  const said = lines.join('');
  expect(said).toContain('nobody thought of this');
  expect(said).toContain(path.join(folder, 'events.jsonl'));
  expect(existsSync(path.join(folder, 'scratch'))).toBe(false);
});
