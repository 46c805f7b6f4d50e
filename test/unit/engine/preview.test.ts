import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/model/exit.ts';
import { endsOf, finishOf, of, play, repositoryOf } from './play.ts';

const verify = (...steps: readonly string[]) =>
  `bexpert: 1\nphases:\n  verify:\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;
const gate = (id: string, run: string, more = '') => `{ id: ${id}, run: '${run}', evidence: exit-code${more} }`;
const base = { 'bexpert.yml': 'bexpert: 1\n', 'playbook.yml': verify(gate('mine', 'false'), gate('other', 'true')) };
const notesOf = (events: Parameters<typeof of>[0]) => of(events, 'run-started')[0]?.notes.join('\n') ?? '';

describe('a change that makes its own gates weaker', () => {
  it("is judged by base's, and its own run beside them as a preview that does not count", async () => {
    await using repository = await repositoryOf(base);
    await repository.write({ 'playbook.yml': verify(gate('mine', 'true'), gate('more', 'true', ', needs: [mine]')) });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events).sort()).toEqual(['1 mine fail', '1 other pass', '1 preview-mine pass', '1 preview-more pass']);
    expect(run.exitCode).toBe(exitCodes.gateFailed);
    expect(finishOf(run.events)?.status).not.toBe('proven');
    expect(notesOf(run.events)).toContain('preview: the playbook on disk changes `mine`');
    expect(notesOf(run.events)).toContain('preview: the playbook on disk adds `more`');
    expect(notesOf(run.events)).toContain('preview: the playbook on disk has no `other` any more');
    expect(notesOf(run.events)).toContain("`preview-mine`, `preview-more` run beside base's gates and do not count");
  });
  it('makes no proven run red, and a red run no greener', async () => {
    await using repository = await repositoryOf({ ...base, 'playbook.yml': verify(gate('mine', 'true')) });
    await repository.write({ 'playbook.yml': verify(gate('mine', 'false')) });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events).sort()).toEqual(['1 mine pass', '1 preview-mine fail']);
    expect(run.exitCode).toBe(exitCodes.proven);
  });
  it('may weaken a file that the playbook extends: base has that one too', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'playbook.yml': 'bexpert: 1\nextends: company.yml\n',
      'company.yml': verify(gate('mine', 'false')),
    });
    await repository.write({ 'company.yml': verify(gate('mine', 'true')) });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events).sort()).toEqual(['1 mine fail', '1 preview-mine pass']);
    expect(notesOf(run.events)).toContain("company.yml on disk differs from base's; base's decides");
    expect(of(run.events, 'run-started')[0]?.plan.sources.map(({ file }) => file)).toEqual([
      'playbook.yml',
      'bexpert.yml',
      'company.yml',
    ]);
  });
  it('says what of it cannot be tried: other services, and a playbook that is not valid', async () => {
    await using repository = await repositoryOf(base);
    await repository.write({
      'bexpert.yml': 'bexpert: 1\nservices: { api: { run: node api.js } }\n',
      'playbook.yml': verify(gate('mine', 'true', ', services: [api]'), gate('other', 'true')),
    });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events).sort()).toEqual(['1 mine fail', '1 other pass']);
    expect(notesOf(run.events)).toContain("`mine` cannot be tried beside base's gates");
    await repository.write({ 'playbook.yml': 'bexpert: 1\nphases: {}\n' });
    const broken = await play(repository, { mode: 'verify' });
    expect(endsOf(broken.events).sort()).toEqual(['1 mine fail', '1 other pass']);
    expect(notesOf(broken.events)).toContain('preview: the playbook on disk makes no plan');
  });
  it('is given no secret, whoever changed it', async () => {
    const secrets = 'secrets: { token: { env: TOKEN } }\n';
    const asks = (command: string) => gate('mine', command, ', env: { TOKEN: "${{ secrets.token }}" }');
    await using repository = await repositoryOf({ ...base, 'playbook.yml': `${verify(asks('test -n "$TOKEN"'))}${secrets}` });
    await repository.write({ 'playbook.yml': `${verify(asks('echo "$TOKEN" > /dev/null'))}${secrets}` });
    const run = await play(repository, {
      mode: 'verify',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TOKEN: 'of-the-team' },
    });
    expect(endsOf(run.events)).toEqual(['1 mine pass']);
    expect(notesOf(run.events)).toContain("`mine` cannot be tried beside base's gates: what they need is a secret");
  });
  it('has its new phases run behind those of base', async () => {
    await using repository = await repositoryOf(base);
    await repository.write({
      'playbook.yml': `${base['playbook.yml']}  late: { kind: verify, steps: [${gate('new', 'true', ', needs: [other]')}] }\n`,
    });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events)).toContain('1 preview-new pass');
    expect(of(run.events, 'run-started')[0]?.plan.phases.map(({ id }) => id)).toEqual(['verify', 'preview-late']);
  });
});

describe('a playbook that base does not have yet', () => {
  it('judges itself, and the run says that it is not pinned', async () => {
    await using repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n' });
    await repository.write({ 'playbook.yml': 'bexpert: 1\nextends: company.yml\n', 'company.yml': verify(gate('mine', 'true')) });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events)).toEqual(['1 mine pass']);
    expect(notesOf(run.events)).toContain('unpinned: playbook.yml');
    expect(notesOf(run.events)).toContain('unpinned: company.yml');
    expect(notesOf(run.events)).not.toContain('preview');
  });
});
