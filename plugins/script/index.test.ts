import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/plugin-api.ts';
import { testAction } from '../../src/testing.ts';
import script from './index.ts';

const candidate = { 'src/orders.js': 'const limit = 10;\nconst page = 0;\n', 'vitest.config.js': 'export default {};\n' };
const play = (text: string, turn: Parameters<typeof testAction>[1]['turn'] = {}) =>
  testAction(script, { candidate, with: { script: 'bexpert.script.yml', 'script-text': text }, turn });
const finding = (code: string): Finding => ({ code, severity: 'error', message: 'wrong', subject: 's' });

const twoAttempts = `
bexpert-script: 1
attempts:
  - say: Raises the limit.
    calls:
      - edit: src/orders.js
        find: limit = 10
        replace: limit = 20
      - create: docs/note.md
        content: |
          # Note
  - when-feedback: [load/*, coverage/lines]
    calls:
      - run: echo faster > src/fast.js
  - calls:
      - edit: src/orders.js
        changes:
          - { find: "limit = 20", replace: "limit = 30" }
          - { find: "page = 0", replace: "page = 1" }
`;

describe('a script', () => {
  it('plays the calls of its first attempt through the tools', async () => {
    const seen = await play(twoAttempts);
    expect(seen.result).toEqual({ outputs: {}, outcome: 'ok', summary: 'Raises the limit.' });
    expect(seen.files).toMatchObject({ 'src/orders.js': 'const limit = 20;\nconst page = 0;\n', 'docs/note.md': '# Note\n' });
    expect(seen.calls.map(({ name }) => name)).toEqual(['view_file', 'replace_file_content', 'replace_file_content']);
  });
  it('is read from base when only its path is given', async () => {
    const seen = await testAction(script, {
      candidate: { ...candidate, 'a.yml': "bexpert-script: 1\nattempts: [[{ run: 'echo made > made.txt' }]]\n" },
      with: { script: 'a.yml' },
    });
    expect(seen.files['made.txt']).toBe('made\n');
    expect(seen.result?.summary).toBe('Played 1 call of a.yml.');
  });
  it('chooses the next attempt by what the gates found, and is blocked when none is left', async () => {
    const first = await play(twoAttempts);
    const again = (state: typeof first.state, attempt: number, code: string) =>
      play(twoAttempts, { attempt, feedback: [finding(code)], ...(state === undefined ? {} : { state }) });
    const second = await again(first.state, 2, 'load/slower');
    expect(second.files['src/fast.js']).toBe('faster\n');
    const other = await again(first.state, 2, 'tests/failed');
    expect(other.failure).toMatchObject({ code: 'script/call-failed' });
    const third = await again(second.state, 3, 'load/slower');
    expect(third.failure?.message).toContain('const limit = 10;');
    const fourth = await again(third.state, 4, 'load/slower');
    expect(fourth.result).toMatchObject({ outcome: 'blocked', summary: expect.stringContaining('has 3 attempts') });
  });
  it('ends blocked when it reports so', async () => {
    const seen = await play(
      'bexpert-script: 1\nattempts: [[{ tool: report_blocked, input: { reason: no way, evidence: none } }, { run: touch late }]]',
    );
    expect(seen.result).toMatchObject({ outcome: 'blocked', summary: 'no way' });
    expect(seen.files).not.toHaveProperty('late');
  });
});

describe('a call that is answered with an error', () => {
  it('ends the step with the answer', async () => {
    const seen = await play(
      'bexpert-script: 1\nattempts:\n  - - edit: src/orders.js\n      find: limit = 11\n      replace: limit = 20\n',
    );
    expect(seen.failure).toMatchObject({ code: 'script/call-failed' });
    expect(seen.failure?.message).toMatch(/^The call of replace_file_content at bexpert\.script\.yml:3 .*limit = 10;/s);
  });
  it('also when a command ends with another code than 0', async () => {
    const seen = await play('bexpert-script: 1\nattempts: [[{ run: exit 3 }]]');
    expect(seen.failure?.message).toContain('exit code 3');
  });
  it('is as it should be where the script expects it', async () => {
    const refused = (expected: string) =>
      play(
        `bexpert-script: 1\nattempts: [[{ edit: vitest.config.js, find: '{}', replace: '{ x }', expect-error: ${expected} }]]`,
        { protect: ['vitest.config.js'] },
      );
    expect((await refused('true')).result?.outcome).toBe('ok');
    expect((await refused('protected by the scene')).result?.outcome).toBe('ok');
    expect((await refused('another reason')).failure).toMatchObject({ code: 'script/no-error' });
    const allowed = await play('bexpert-script: 1\nattempts: [[{ run: "true", expect-error: true }]]');
    expect(allowed.failure).toMatchObject({ code: 'script/no-error' });
  });
});

describe('after a resume', () => {
  it('goes on with the call that was in flight', async () => {
    const seen = await play(twoAttempts, { state: { attempt: 1, entry: 0, next: 1, played: [0] } });
    expect(seen.calls.map(({ input }) => input)).toMatchObject([{ TargetFile: 'docs/note.md' }]);
    expect(seen.state).toEqual({ attempt: 1, entry: 0, next: 2, played: [0] });
  });
  it('does nothing when all was done', async () => {
    const seen = await play(twoAttempts, { state: { attempt: 1, entry: 0, next: 2, played: [0] } });
    expect(seen.calls).toEqual([]);
    expect(seen.result?.outcome).toBe('ok');
  });
});

describe('a script of another form is refused with its line', () => {
  it.each([
    ['attempts: []', ':1: `bexpert-script: 1` must say'],
    ['bexpert-script: 1\nattempts: []', ':2: `attempts` must be a list with at least one'],
    ['bexpert-script: 1\nattempts:\n  - calls:\n      - tool: write_file', ':4: there is no tool write_file'],
    ['bexpert-script: 1\nattempts:\n  - - run: ls\n      tool: run_command', ':3: a call has exactly one of'],
    ['bexpert-script: 1\nattempts:\n  - - edit: a\n      find: b', ':3: replace must be a text'],
    ['bexpert-script: 1\nattempts:\n  - steps: []', ':3: unknown key steps'],
    ['bexpert-script: 1\nattempts:\n  - - edit: a\n      changes: [b]', ':4: a change is a map'],
    ['bexpert-script: 1\nattempts: [', 'bexpert.script.yml'],
    ['- a', ':1: a script is a map'],
  ])('%j', async (text, message) => {
    const seen = await play(text);
    expect(seen.failure).toMatchObject({ code: 'script/invalid', message: expect.stringContaining(message) });
  });
  it('and one that is missing too', async () => {
    const seen = await testAction(script, { candidate, with: { script: 'none.yml' } });
    expect(seen.failure).toMatchObject({ code: 'script/not-found' });
  });
});

it('stops when the run is interrupted', async () => {
  const stop = new AbortController();
  stop.abort(new Error('interrupted'));
  await expect(
    testAction(script, { candidate, with: { script: 'a.yml', 'script-text': twoAttempts }, signal: stop.signal }),
  ).rejects.toThrow('interrupted');
});
