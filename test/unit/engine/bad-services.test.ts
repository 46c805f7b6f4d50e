import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defineGate, defineManifest, type Host, type ServiceInstance } from '../../../src/plugin-api.ts';
import { type SceneService, testGate } from '../../../src/testing.ts';
import { processesWith } from '../../rig/journal.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const manifest = defineManifest({
  kind: 'gate',
  name: 'visitor',
  api: 1,
  summary: 'Starts services and does with them what a test tells it to do.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'visitor/never': { means: 'It is not reported.', baseline: 'absolute' } },
});

let count = 0;
/** Code of a server in which the mark of the test is, so that what is left of it can be found. */
async function visit(
  o: {
    readonly provider: 'none' | 'best';
    readonly code?: string;
    readonly run?: (mark: string) => string;
    readonly service?: Partial<SceneService>;
  },
  what: (api: ServiceInstance, host: Host<typeof manifest>) => Promise<void> = async () => {},
) {
  const mark = `bad-service-${process.pid}-${++count}`;
  const plugin = defineGate(
    manifest,
    async (_, host) => {
      await using api = await host.services.start('api');
      await what(api, host);
      return { outputs: {}, examined: { unit: 'visits', count: 1, min: 1 }, findings: [] };
    },
    { prove: [{ name: 'none', expects: 'visitor/never', apply: async () => ({ notApplicable: 'it finds nothing' }) }] },
  );
  const seen = await testGate(plugin, {
    candidate: {
      'server.js': `const http = require('node:http');
const listen = (port) => http.createServer((request, response) => response.end('ok')).listen(Number(port), '127.0.0.1');
${o.code ?? ''}`,
    },
    services: {
      api: {
        run: o.run?.(mark) ?? `exec node server.js ${mark}`,
        env: { PORT: '${{ service.port }}' },
        ready: { http: '/', withinMs: 3000 },
        ...o.service,
      },
    },
    provider: o.provider,
  });
  return { failure: seen.failure, left: () => processesWith(mark) };
}

/** Without a sandbox in the full tier only: what differs there is how processes are found and ended. */
const providers = process.env.BEXPERT_TEST === 'full' ? (['none', 'best'] as const) : (['best'] as const);

describe.each(providers)('a service that does what it should not (provider %s)', (provider) => {
  it('ended by a signal: says which, with the end of its log', async () => {
    const { failure, left } = await visit({ provider, code: "console.log('so long'); process.kill(process.pid, 'SIGSEGV');" });
    expect(failure).toMatchObject({
      code: 'service/died',
      message: 'The service api ended (SIGSEGV) before it was ready. Its log ends with:\nso long',
      hint: expect.stringContaining('by hand'),
    });
    expect(left()).toEqual([]);
  });

  it('went to the background: says that it must stay', async () => {
    const { failure, left } = await visit({
      provider,
      code: 'setTimeout(() => listen(process.env.PORT), 300); setTimeout(() => {}, 60_000);',
      run: (mark) => `(setsid node server.js ${mark} >/dev/null 2>&1 &) ; exit 0`,
    });
    expect(failure).toMatchObject({
      code: 'service/died',
      message: 'The service api ended with exit code 0 before it was ready. Its log is empty.',
      hint: expect.stringMatching(/^A service stays in the foreground: leave out `&`/),
    });
    expect(left()).toEqual([]);
  });

  it('went to the background when it was ready: its state says that it ended, and the rest is ended too', async () => {
    const { failure, left } = await visit(
      {
        provider,
        code: 'listen(process.env.PORT); let asked = 0; http.Server.prototype.emit = ((emit) => function (event, ...rest) { if (event === "request" && ++asked > 1) require("node:fs").writeFileSync(process.env.HOME + "/go", ""); return emit.call(this, event, ...rest); })(http.Server.prototype.emit);',
        run: (mark) => `setsid node server.js ${mark} >/dev/null 2>&1 & while ! [ -f "$HOME/go" ]; do sleep 0.1; done`,
      },
      async (api, host) => {
        expect(await api.state()).toMatchObject({ kind: 'running', listeners: [expect.any(String)] });
        await host.commands.run('node', ['-e', `fetch('${api.url}')`], { services: [api] });
        while ((await api.state()).kind === 'running') await setTimeout(50);
        expect(await api.state()).toEqual({ kind: 'ended', how: 'exit code 0' });
      },
    );
    expect(failure).toBeUndefined();
    expect(left()).toEqual([]);
  });

  it('will not hear SIGTERM: is ended all the same', async () => {
    const { failure, left } = await visit({
      provider,
      code: "process.on('SIGTERM', () => console.log('no')); listen(process.env.PORT);",
    });
    expect(failure).toBeUndefined();
    expect(left()).toEqual([]);
  });

  it('floods its log before it is ready: is ended, and says why', async () => {
    const { failure, left } = await visit({
      provider,
      run: (mark) => `exec -a ${mark} yes flood`,
      service: { ready: { http: '/', withinMs: 60_000 } },
    });
    expect(failure?.message).toMatch(
      /^The service api was ended by bexpert: more than 256 MiB of output, before it was ready\. Its log ends with:\nflood\n/,
    );
    expect(failure?.message.length).toBeLessThan(2200);
    expect(left()).toEqual([]);
  }, 120_000);

  it('floods its log when it is ready: is ended, and its state says why', async () => {
    const code =
      "listen(process.env.PORT).on('listening', () => { const line = 'flood\\n'.repeat(20_000); const on = () => process.stdout.write(line, on); setTimeout(on, 500); });";
    const { failure, left } = await visit({ provider, code }, async (api) => {
      while ((await api.state()).kind === 'running') await setTimeout(50);
      expect(await api.state()).toEqual({ kind: 'ended', how: 'ended by bexpert: more than 256 MiB of output' });
      // Nothing of it is lost.
      expect((await api.log()).length).toBeGreaterThan(256 * 1024 * 1024);
    });
    expect(failure).toBeUndefined();
    expect(left()).toEqual([]);
  }, 120_000);

  it('asks for a fixed port that another one has: says so', async () => {
    const code = "listen(47123).on('error', (error) => { console.error(error.message); process.exitCode = 1; });";
    const service = { ready: { tcp: 47123, withinMs: 6000 } };
    const second = await visit({ provider, code, service }, async (_, host) => {
      await using again = await host.services.start('api');
      void again;
    });
    expect(second.failure).toMatchObject({
      code: 'service/port-taken',
      message: expect.stringContaining('address already in use 127.0.0.1:47123'),
      hint: expect.stringContaining('Does it listen on the port that it is given?'),
    });
    expect(second.left()).toEqual([]);
    const quiet = await visit(
      {
        provider,
        code: "listen(47124).on('error', () => setInterval(() => {}, 1000));",
        service: { ready: { tcp: 47124, withinMs: 2500 } },
      },
      async (_, host) => {
        await using again = await host.services.start('api');
        void again;
      },
    );
    expect(quiet.failure).toMatchObject({
      code: 'service/not-ready',
      message: 'The service api was not ready within 2.5 s: another service of the step listens on port 47124. Its log is empty.',
      hint: expect.stringContaining('let each listen on the one that it is given'),
    });
    expect(quiet.left()).toEqual([]);
  });
});
