// One plugin of each kind uses every member of the contract, without a sandbox and in the one that works here.
import { describe, expect, it } from 'vitest';
import { testAction, testContext, testGate, testService } from '../../src/testing.ts';
import actionProbe from '../rig/plugins/action-probe/index.ts';
import contextProbe from '../rig/plugins/context-probe/index.ts';
import gateProbe from '../rig/plugins/gate-probe/index.ts';
import serviceProbe from '../rig/plugins/service-probe/index.ts';

const api = `
const { STORE_URL, EXTRA = 'none', PORT } = process.env;
require('node:http').createServer(async (request, response) => {
  const store = await fetch(STORE_URL).then((answer) => answer.text());
  response.end(EXTRA + ' ' + store.trim().split('\\n').join(','));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
`;
const files = { 'src/a.js': 'thing\n', 'api.cjs': api, 'protected.txt': 'kept' };
const fill = `node -e "fetch(process.env.STORE_URL, {method: 'POST', body: process.argv[1] + '\\n'})"`;
const services = {
  store: { uses: serviceProbe, with: { greeting: 'good morning' }, migrate: `${fill} migrated`, seed: `${fill} seeded` },
  api: { run: 'node api.cjs', dependencies: ['store'], env: { PORT: '${{ service.port }}' }, ready: { http: '/' } },
};

describe.each(['none', 'best'] as const)('with the provider %s', (provider) => {
  it('a gate sees trees, commands, services and the network of its pod', async () => {
    const seen = await testGate(gateProbe, {
      candidate: { ...files, 'src/b.js': 'new' },
      base: files,
      services,
      auth: { user: 'echo a-token' },
      with: { share: '25%', wait: '3s', most: '1KiB', limits: { a: 1 }, anything: null, nested: { deep: 'x' } },
      env: { PROBE_VARIABLE: 'shown', OTHER: 'withheld' },
      seed: 7,
      provider,
    });
    expect(seen.failure).toBeUndefined();
    const outputs = seen.result?.outputs as { seen: Record<string, unknown> };
    expect(outputs.seen).toMatchObject({
      inputs: {
        service: 'api',
        level: 'low',
        share: 25,
        wait: 3000,
        most: 1024,
        strict: false,
        anything: null,
        nested: { deep: 'x' },
      },
      aborted: false,
      env: { PROBE_VARIABLE: 'shown' },
      clock: true,
      trees: ['base', 'candidate'],
      sameHash: false,
      changed: [{ path: 'src/b.js', status: 'added' }],
      text: 'thing\n',
      bytes: 6,
      exists: [true, false],
      missing: 'file/not-found',
      outside: 'file/outside',
      files: ['src/a.js', 'src/b.js'],
      note: 'one',
      noteGone: true,
      commands: {
        ran: { status: 'exited', exitCode: 0, stdout: 'typed', truncated: false },
        failed: ['exited', 7],
        missing: 'not-found',
        late: 'timed-out',
        flood: [true, true],
        echo: ['spoken', '', 'exited', 0],
        cpu: true,
        made: 'from a command',
        outside: true,
      },
      services: {
        names: ['store', 'api'],
        url: true,
        tree: 'candidate',
        first: 'extra good morning,migrated,seeded',
        other: 'none good morning,migrated,seeded',
        again: 'extra good morning,migrated,seeded',
        token: 'a-token',
        unknown: 'services/unknown',
        log: 2,
        cpu: true,
      },
      net: { heard: 'hello from the plugin', connected: 'hello from the plugin', refused: 'refused' },
      packages: [true, false],
      asset: true,
      fetch: 'function',
    });
    expect((outputs.seen.commands as { ran: { stderr: string } }).ran.stderr).toMatch(/^marked .*\/src$/);
    expect(seen.codes).toEqual(['gate-probe/more']);
    expect(seen.artifacts).toEqual({ 'seen.txt': 'src/a.js\nsrc/b.js\n' });
    expect(seen.log.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'debug: a detail',
      'info: a fact',
      'warn: a worry',
    ]);
    expect(seen.progress).toMatchObject([{ fraction: 0.5, label: 'half' }]);
  });

  it('an action writes its tree through the host and through tools', async () => {
    const seen = await testAction(actionProbe, {
      candidate: files,
      provider,
      turn: {
        attempt: 2,
        feedback: [{ code: 'gate-probe/new', severity: 'error', message: 'm', subject: 's' }],
        brief: [{ title: 'Files', text: 'none' }],
        state: { at: 1 },
        tokens: 1000,
        protect: ['protected.txt'],
      },
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.outputs).toMatchObject({
      seen: {
        attempt: 2,
        feedback: ['gate-probe/new'],
        brief: ['Files'],
        state: { at: 1 },
        viewed: false,
        edited: false,
        refused: [true, true],
        unknown: true,
        blocked: { reason: 'no more to do', evidence: 'none' },
        left: [1000, 400, 900],
        broke: 'budget/spent',
      },
    });
    expect(seen.files).toMatchObject({
      'src/a.js': 'changed thing\n',
      'made/by-host.txt': 'by the host',
      'protected.txt': 'kept',
    });
    expect(Object.keys(seen.files)).not.toContain('made/removed.txt');
    expect(seen.state).toEqual({ at: 2 });
    expect(seen.spent.tokens).toBe(100);
  });

  it('a service is started, copied and stopped', async () => {
    await using service = await testService(serviceProbe, { with: { greeting: 'hi' }, provider });
    const { handle } = service;
    expect(handle.address).toHaveProperty('socketPath');
    expect(handle.url({ host: '127.0.0.1', port: 80 })).toBe('http://127.0.0.1:80');
    expect(handle.outputs).toEqual({ kind: 'store' });
    expect(await handle.log()).toContain('store');
    await handle.restart();
    const copy = await handle.copy?.();
    expect(copy?.address).not.toEqual(handle.address);
    await copy?.[Symbol.asyncDispose]();
  });
});

it('a context plugin gives typed outputs and a brief', async () => {
  const seen = await testContext(contextProbe, { candidate: files, with: { pattern: 'src/**' } });
  expect(seen.result).toEqual({
    outputs: { files: ['src/a.js'] },
    brief: [{ title: 'Files', text: 'src/a.js', source: { file: 'src/a.js', line: 1 } }],
  });
});
