import { describe, expect, it } from 'vitest';
import { defineGate, defineManifest } from '../../../src/plugin-api.ts';
import { type SceneService, testGate } from '../../../src/testing.ts';
import { processesWith } from '../../rig/journal.ts';

const manifest = defineManifest({
  kind: 'gate',
  name: 'starter',
  api: 1,
  summary: 'Starts a service, twice.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: {
    type: 'object',
    properties: { log: { type: 'string', description: 'The log of the service.' } },
    required: ['log'],
    additionalProperties: false,
  },
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'starter/never': { means: 'It is not reported.', baseline: 'absolute' } },
});
const starter = defineGate(
  manifest,
  async (_, host) => {
    await using api = await host.services.start('api');
    await api.restart();
    return { outputs: { log: await api.log() }, examined: { unit: 'services', count: 1, min: 1 }, findings: [] };
  },
  { prove: [{ name: 'none', expects: 'starter/never', apply: async () => ({ notApplicable: 'it finds nothing' }) }] },
);

const server = (answer: string) => `
const http = require('node:http');
setTimeout(() => http.createServer((request, response) => { ${answer} }).listen(process.env.PORT, '127.0.0.1', () => console.log('up')), 200);
`;
const start = (service: SceneService, files: Record<string, string> = {}) =>
  testGate(starter, { candidate: { 'server.js': server("response.end('ok');"), ...files }, services: { api: service } });
const env = { PORT: '${{ service.port }}' };
const run = 'exec node server.js';
const quickly = { withinMs: 1200 };

describe('a service is ready', () => {
  it.each([
    ['when it answers with 2xx', { http: '/' }],
    ['when something listens on its port', {}],
    ['when its log says so', { log: 'up' }],
    ['when a command in its pod succeeds', { command: `node -e 'fetch("http://127.0.0.1:" + process.env.PORT)'` }],
  ])('%s', async (_, ready) => {
    const seen = await start({ run, env, ready: { ...ready, withinMs: 20_000 } });
    expect(seen.failure).toBeUndefined();
    // Started and restarted: the second start waited for its own word. A port is open a moment before its owner says so.
    const said = Object.keys(ready).length === 0 ? /^up\n/ : /^up\nup\n$/;
    expect(seen.result?.outputs).toMatchObject({ log: expect.stringMatching(said) });
  });
});

describe('a service that is not', () => {
  it('says what it answered', async () => {
    const seen = await start(
      { run, env, ready: { http: '/', ...quickly } },
      { 'server.js': server('response.statusCode = 503; response.end();') },
    );
    expect(seen.failure).toMatchObject({ code: 'service/not-ready' });
    expect(seen.failure?.message).toContain('GET / answers 503');
  });
  it('says that nothing listens, and leaves no process', async () => {
    const mark = `sleep 49.${process.pid}`;
    const seen = await start({ run: `echo waiting; exec ${mark}`, ready: quickly });
    expect(seen.failure).toMatchObject({ code: 'service/not-ready' });
    expect(seen.failure?.message).toMatch(/was not ready within 1\.2 s: nothing listens on port \d+/);
    expect(seen.failure?.message).toContain('waiting');
    expect(processesWith(mark)).toEqual([]);
  });
  it('because it died says how, with the end of its log', async () => {
    const seen = await start({ run: 'echo no configuration >&2; exit 4', ready: quickly });
    expect(seen.failure).toMatchObject({ code: 'service/died' });
    expect(seen.failure?.message).toMatch(/exit code 4[\s\S]*no configuration/);
  });
  it('because its command is not there says so', async () => {
    const seen = await start({ run: 'there-is-no-such-server', ready: quickly });
    expect(seen.failure).toMatchObject({ code: 'command/not-found' });
  });
  it('because its port is taken is tried on others first', async () => {
    const seen = await start({ run: 'echo "try $PORT"; echo EADDRINUSE >&2; exit 1', env, ready: quickly });
    expect(seen.failure).toMatchObject({ code: 'service/port-taken' });
  });
});
