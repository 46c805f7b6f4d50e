import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defineGate, defineManifest, type Host, type ServiceInstance } from '../../../src/plugin-api.ts';
import { testGate } from '../../../src/testing.ts';
import { processesWith } from '../../rig/journal.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const manifest = defineManifest({
  kind: 'gate',
  name: 'freezer',
  api: 1,
  summary: 'Does with a service what a test tells it to do.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec', 'listen'],
  runsOnBase: false,
  findings: { 'freezer/never': { means: 'It is not reported.', baseline: 'absolute' } },
});
type FreezerHost = Host<typeof manifest>;

/** Counts in a child's child that left its session, and in itself; answers with how long the counter stood still at most. */
const server = (more: string) => `
const http = require('node:http');
const { spawn } = require('node:child_process');
${more}
http.createServer((request, response) => response.end('ok')).listen(process.env.PORT, '127.0.0.1');
`;
const burns = 'const burn = () => { const end = Date.now() + 5; while (Date.now() < end); setImmediate(burn); }; burn();';

async function look(
  o: { readonly code: string; readonly provider: 'none' | 'best'; readonly run?: string },
  what: (host: FreezerHost, api: ServiceInstance) => Promise<void>,
): Promise<void> {
  const plugin = defineGate(
    manifest,
    async (_, host) => {
      const api = await host.services.start('api');
      await what(host, api);
      await api[Symbol.asyncDispose]();
      return { outputs: {}, examined: { unit: 'looks', count: 1, min: 1 }, findings: [] };
    },
    { prove: [{ name: 'none', expects: 'freezer/never', apply: async () => ({ notApplicable: 'it finds nothing' }) }] },
  );
  const seen = await testGate(plugin, {
    candidate: { 'server.js': server(o.code), 'burn.js': burns },
    services: {
      api: { run: o.run ?? 'exec node server.js', env: { PORT: '${{ service.port }}' }, ready: { http: '/', withinMs: 20_000 } },
    },
    provider: o.provider,
  });
  if (seen.failure !== undefined) throw seen.failure;
}
const total = async (api: ServiceInstance): Promise<number> => {
  const { user, system } = await api.cpu();
  return user + system;
};

describe.each(['none', 'best'] as const)('a frozen service (provider %s)', (provider) => {
  it('uses no processor, with all that it started, also what left its session, and goes on afterwards', async () => {
    const code = `
      spawn(process.execPath, ['burn.js'], { stdio: 'ignore' });
      spawn('/bin/sh', ['-c', 'setsid "$0" burn.js & exit 0', process.execPath], { stdio: 'ignore', detached: true });`;
    await look({ code, provider }, async (host, api) => {
      while ((await total(api)) < 400_000) await setTimeout(20);
      await api.freeze();
      const before = await total(api);
      await setTimeout(300);
      // Microseconds: what stops is still counted on its way out of the kernel.
      expect((await total(api)) - before).toBeLessThan(1000);
      const { used, waiting } = await api.thaw();
      expect(used).toBeLessThan(1000);
      expect(waiting).toBe(0);
      const socket = await host.net.connect(api.address);
      socket.write('GET / HTTP/1.0\r\n\r\n');
      expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toContain('200 OK');
      const after = await total(api);
      while ((await total(api)) < after + 100_000) await setTimeout(20);
    });
  });

  it('says what was sent to it meanwhile', async () => {
    await look({ code: '', provider }, async (host, api) => {
      await api.freeze();
      const socket = await host.net.connect(api.address);
      socket.write('GET / HTTP/1.0\r\n\r\n');
      const waits = new Promise((resolve) => socket.once('data', resolve));
      await setTimeout(50);
      expect((await api.thaw()).waiting).toBeGreaterThan(0);
      await waits;
    });
  });

  it('ends at once and without a trace when the step ends', async () => {
    const mark = `freeze-${process.pid}-${provider}`;
    const code = "process.on('SIGTERM', () => { console.log('goodbye'); process.exit(0); });";
    await look({ code, provider, run: `exec node server.js ${mark}` }, async (_, api) => {
      await api.freeze();
      await api[Symbol.asyncDispose]();
      // Without a wake-up it would not have heard SIGTERM before it was killed.
      expect(await api.log()).toBe('goodbye\n');
    });
    expect(processesWith(mark)).toEqual([]);
  });
});

describe('the state of a service', () => {
  it('tells that it runs, that it was started anew by itself, and how it ended', async () => {
    // A shell that starts the server again, as many images do.
    const code = "process.on('SIGUSR2', () => process.exit(3));";
    const run = 'for try in 1 2; do node server.js || echo again; done; exit 7';
    await look({ code, provider: 'none', run }, async (_, api) => {
      const first = await api.state();
      expect(first).toMatchObject({ kind: 'running', listeners: [expect.stringMatching(/^\d+@\d+$/)] });
      const pidOf = (state: typeof first) => (state.kind === 'running' ? Number(state.listeners[0]?.split('@')[0]) : 0);
      process.kill(pidOf(first), 'SIGUSR2');
      let second = await api.state();
      while (second.kind !== 'running' || second.listeners.length === 0 || pidOf(second) === pidOf(first)) {
        await setTimeout(20);
        second = await api.state();
      }
      process.kill(pidOf(second), 'SIGUSR2');
      while ((await api.state()).kind === 'running') await setTimeout(20);
      expect(await api.state()).toEqual({ kind: 'ended', how: 'exit code 7' });
    });
  });
});
