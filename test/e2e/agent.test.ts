// The agent over the wire: the built program against a server that speaks the Messages API and makes the calls of a script. The same job
// as the script does must end with the same tree, whatever happens on the way.
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, newestRun, processesWith, until } from '../rig/journal.ts';
import { playScript } from '../rig/messages-script.ts';
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from '../rig/messages-server.ts';
import { calls, failing, overloaded, say } from '../rig/messages-wire.ts';
import { program, start } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';
import { loopPlaybook, smallService } from '../rig/small-service.ts';

/** Longer than what is too short to be masked, and of no well-known shape: it is masked because it is the key. */
const key = 'the-key-of-this-test-4711';
const files = smallService();
const script = files['bexpert.script.yml'] ?? '';

const wire = (server: MessagesServer) => ({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: key });
const call = (repository: TestRepository, env: Readonly<Record<string, string>> = {}) => ({ cwd: repository.folder, env });
const args = (repository: TestRepository, ...first: readonly string[]) => [
  ...first,
  '--reporter',
  'plain',
  '--state',
  repository.state,
];
const running = (repository: TestRepository) => args(repository, 'run', 'playbooks/loop.yml');
const resuming = (repository: TestRepository) => args(repository, 'resume', 'latest');

async function deliveredTree(repository: TestRepository): Promise<string> {
  const branch = await repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
  return branch === '' ? 'nothing delivered' : repository.git('rev-parse', `${branch}^{tree}`);
}
/** What the script itself makes of it, without any model. */
async function treeOfScript(): Promise<string> {
  await using repository = await TestRepository.create(files);
  const ended = await program(running(repository), call(repository));
  expect(ended).toMatchObject({ code: 0 });
  return deliveredTree(repository);
}
const wanted = treeOfScript();

/** Files below a folder that hold the text, names included. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => file.includes(text) || readFileSync(file).includes(text));
}

describe('an agent over the wire', () => {
  it('goes back with a red gate, ends proven with the same tree as the script, and the screen says who acts', async () => {
    await using repository = await TestRepository.create(files);
    await using server = await startMessagesServer({ respond: playScript(script) });
    const ended = await program(running(repository), call(repository, wire(server)));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('who acts   the default model through agent (ANTHROPIC_API_KEY is set)\n');
    expect(ended.stdout).toMatch(/check +FAIL/);
    expect(ended.stdout).toMatch(/PROVEN after 2 attempts/);
    expect(ended.stdout).toMatch(/\n {2}spent +[\d,.]+k? tokens, /);
    expect(await deliveredTree(repository)).toBe(await wanted);
    // The findings of the gate came back in the same conversation.
    const last = JSON.stringify(server.requests.at(-1)?.body.messages);
    expect(last).toContain('[run/exit-code]');
    expect(last).toContain('the value is nearly');
    // The key went to the server, and nowhere else.
    expect([...new Set(server.requests.map(({ headers }) => headers.authorization))]).toEqual([`Bearer ${key}`]);
    expect(JSON.stringify(server.requests.map(({ body }) => body))).not.toContain(key);
    expect(ended.stdout + ended.stderr).not.toContain(key);
    expect(filesWith(repository.state, key)).toEqual([]);
  });

  it('keeps the key from every process that it starts, and from what they print', async () => {
    const slow = `sleep 1.${randomInt(10 ** 8, 10 ** 9)}`;
    const looking = `cat /proc/[0-9]*/environ > src/environ.txt 2>/dev/null; env; ${slow}`;
    await using repository = await TestRepository.create(files);
    const turns = [
      calls(['run_command', { CommandLine: looking }]),
      calls(['view_file', { AbsolutePath: 'src/value.txt' }]),
      calls(['replace_file_content', { TargetFile: 'src/value.txt', TargetContent: 'wrong', ReplacementContent: 'right' }]),
      say('Done.'),
    ];
    await using server = await startMessagesServer({ turns });
    const started = start(running(repository), call(repository, wire(server)));
    await until(() => (processesWith(slow).length > 0 ? true : undefined), `the command ${slow} runs`);
    const environments = processesWith(slow).map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    expect(environments.filter((text) => text.includes(key) || text.includes('ANTHROPIC'))).toEqual([]);
    expect(await started.ended).toMatchObject({ code: 0 });
    const branch = await repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
    const seen = await repository.git('show', `${branch}:src/environ.txt`);
    expect(seen).toContain('PATH=');
    expect(seen).not.toContain(key);
    expect(seen).not.toContain('ANTHROPIC');
  });
});

describe('a model service', () => {
  /** Runs once against a service that ends the run, then resumes against one that works. */
  async function failsThenResumes(options: MessagesServerOptions, expected: { readonly code: number; readonly says: RegExp }) {
    await using repository = await TestRepository.create(files);
    {
      await using server = await startMessagesServer(options);
      const ended = await program(running(repository), call(repository, wire(server)));
      expect(ended.code).toBe(expected.code);
      expect(ended.stdout).toMatch(expected.says);
      expect(ended.stdout).toMatch(/\n {2}go on +bexpert resume /);
      expect(ended.stdout).not.toContain(key);
      expect(await deliveredTree(repository)).toBe('nothing delivered');
    }
    await using server = await startMessagesServer({ respond: playScript(script) });
    const resumed = await program(resuming(repository), call(repository, wire(server)));
    expect(resumed).toMatchObject({ code: 0 });
    expect(await deliveredTree(repository)).toBe(await wanted);
  }

  it('that stays overloaded ends the run with 3, and the run can be resumed', async () => {
    await failsThenResumes({ respond: () => overloaded }, { code: 3, says: /The model service answers 529/ });
  });
  it('that refuses the key ends the run with 3, and the run can be resumed with another', async () => {
    await failsThenResumes(
      { respond: () => failing(401, 'authentication_error') },
      { code: 3, says: /The model service refused the key.*\[agent\/not-allowed\]\n {4}hint: Check ANTHROPIC_API_KEY/ },
    );
  });
  it('that is overloaded in the middle costs nothing but time', async () => {
    await using repository = await TestRepository.create(files);
    const play = playScript(script);
    await using server = await startMessagesServer({ respond: (body, index) => (index % 2 === 0 ? overloaded : play(body)) });
    expect(await program(running(repository), call(repository, wire(server)))).toMatchObject({ code: 0 });
    expect(await deliveredTree(repository)).toBe(await wanted);
  });
  it('whose model refuses the work ends the run with 3 and says so', async () => {
    await using repository = await TestRepository.create(files);
    await using server = await startMessagesServer({ turns: [say('', { content: [], stopReason: 'refusal' })] });
    const ended = await program(running(repository), call(repository, wire(server)));
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/act +refused/);
    expect(await deliveredTree(repository)).toBe('nothing delivered');
  });
});

describe('an agent that cannot go on', () => {
  it('stops with 4 before a request that the budget may not cover', async () => {
    await using repository = await TestRepository.create(
      smallService({ 'playbooks/loop.yml': `${loopPlaybook}budget: { tokens: 20000 }\n` }),
    );
    const long = 'a long story '.repeat(2000);
    await using server = await startMessagesServer({
      respond: (_, index) => ({
        ...calls(['run_command', { CommandLine: `echo ${index}; echo '${long}'` }]),
        usage: { input_tokens: 9000, output_tokens: 3000 },
      }),
    });
    const ended = await program(running(repository), call(repository, wire(server)));
    expect(ended.code).toBe(4);
    expect(ended.stdout).toContain('BUDGET SPENT');
    const spent = eventsOf(newestRun(repository.state) ?? '').flatMap((event) =>
      event.type === 'budget-settled' ? [event.tokens] : [],
    );
    expect(spent.length).toBeGreaterThan(0);
    expect(spent.reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(20_000);
  });
  it('ends with 6 when it says that it is blocked, and the report holds its reason', async () => {
    await using repository = await TestRepository.create(files);
    await using server = await startMessagesServer({
      turns: [
        calls(['report_blocked', { reason: 'Nobody says what right means.', evidence: 'README.md is missing' }]),
        say('Blocked.'),
      ],
    });
    const ended = await program(running(repository), call(repository, wire(server)));
    expect(ended.code).toBe(6);
    expect(ended.stdout).toMatch(/BLOCKED.*Nobody says what right means\./);
    const report = await program(['report', 'latest', '--state', repository.state], call(repository));
    expect(report.stdout).toContain('Nobody says what right means.');
    expect(report.stdout).toContain('README.md is missing');
  });
});

describe('a run with an agent', () => {
  /** Ended while the n-th request waits for its answer, then resumed. */
  async function endedAt(request: number, signal: 'SIGKILL' | 'SIGINT') {
    await using repository = await TestRepository.create(files);
    const play = playScript(script);
    {
      await using server = await startMessagesServer({
        respond: (body, index) => (index + 1 === request ? { kind: 'silence' } : play(body)),
      });
      const started = start(running(repository), call(repository, wire(server)));
      await server.asked(request);
      started.child.kill(signal);
      expect((await started.ended).code).toBe(signal === 'SIGINT' ? 130 : null);
    }
    await using server = await startMessagesServer({ respond: play });
    const resumed = await program(resuming(repository), call(repository, wire(server)));
    expect(resumed).toMatchObject({ code: 0 });
    expect(await deliveredTree(repository)).toBe(await wanted);
    // What changes something was done once; to look again does no harm.
    const made = eventsOf(newestRun(repository.state) ?? '').flatMap((event) =>
      event.type === 'tool-called' && event.tree !== undefined ? [`${event.attempt} ${event.name}`] : [],
    );
    expect(made).toEqual(['1 replace_file_content', '2 replace_file_content']);
    const report = await program(['report', 'latest', '--format', 'json', '--state', repository.state], call(repository));
    expect(JSON.parse(report.stdout).outcome).toMatchObject({ verdict: 'proven', exitCode: 0 });
  }
  const full = process.env.BEXPERT_TEST === 'full';
  it.each(full ? [1, 2, 3, 4, 5, 6] : [2, 5])(
    'killed with -9 while request %i waits, ends as if nothing had happened',
    async (request) => {
      await endedAt(request, 'SIGKILL');
    },
  );
  it.each(full ? [1, 3, 4, 6] : [3])('interrupted while request %i waits, ends with 130 and goes on', async (request) => {
    await endedAt(request, 'SIGINT');
  });
});
