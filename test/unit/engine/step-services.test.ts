import { describe, expect, it } from 'vitest';
import { defineGate, defineManifest, type Host, type Json, type ServiceInstance } from '../../../src/plugin-api.ts';
import { testGate } from '../../../src/testing.ts';

const manifest = defineManifest({
  kind: 'gate',
  name: 'looker',
  api: 1,
  summary: 'Does what a test tells it to do.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: {
    type: 'object',
    properties: { seen: { type: 'json', description: 'What it saw.' } },
    required: ['seen'],
    additionalProperties: false,
  },
  powers: ['exec', 'listen'],
  runsOnBase: false,
  findings: { 'looker/never': { means: 'It is not reported.', baseline: 'absolute' } },
});
type LookerHost = Host<typeof manifest>;

/** A service that says who it is, what it was told, and what it depends on; `POST` is counted. */
const server = `
const http = require('node:http');
let count = 0;
http
  .createServer((request, response) => {
    if (request.method === 'POST') count += 1;
    response.end(JSON.stringify({ pid: process.pid, count, store: process.env.STORE_URL ?? null, word: process.env.WORD ?? null }));
  })
  .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const run = 'exec node server.js';
const ready = { log: 'listening', withinMs: 20_000 };
const withStore = {
  run,
  ready,
  dependencies: ['store'],
  env: { PORT: '${{ service.port }}', STORE_URL: '${{ services.store.url }}' },
};
const services = {
  store: { run, ready, env: { PORT: '${{ service.port }}' } },
  api: withStore,
  worker: withStore,
  front: { ...withStore, dependencies: ['api', 'worker', 'store'] },
};

interface Said {
  readonly pid: number;
  readonly count: number;
  readonly store: string | null;
  readonly word: string | null;
}

async function look(
  what: (host: LookerHost, ask: (instance: ServiceInstance, method?: string) => Promise<Said>) => Promise<Json>,
) {
  const plugin = defineGate(
    manifest,
    async (_, host) => {
      const ask = async (instance: ServiceInstance, method = 'GET'): Promise<Said> => {
        const script =
          'fetch(process.argv[1], { method: process.argv[2] }).then((r) => r.text()).then((t) => process.stdout.write(t))';
        const result = await host.commands.run('node', ['-e', script, instance.url, method], { services: [instance] });
        return JSON.parse(result.stdout) as Said;
      };
      return { outputs: { seen: (await what(host, ask)) as never }, examined: { unit: 'looks', count: 1, min: 1 }, findings: [] };
    },
    { prove: [{ name: 'none', expects: 'looker/never', apply: async () => ({ notApplicable: 'it finds nothing' }) }] },
  );
  const seen = await testGate(plugin, {
    candidate: { 'server.js': server },
    services,
    auth: { user: `node -p "'token-' + process.hrtime.bigint()"` },
  });
  if (seen.failure !== undefined) throw seen.failure;
  return (seen.result as { readonly outputs: { readonly seen: Json } }).outputs.seen;
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('services of one step and one tree', () => {
  it('share what they depend on: whoever looks into the store sees what the API did', async () => {
    await look(async (host, ask) => {
      const store = await host.services.start('store');
      const api = await host.services.start('api');
      const worker = await host.services.start('worker');
      expect((await ask(api)).store).toBe(store.url);
      expect((await ask(worker)).store).toBe(store.url);
      await ask(store, 'POST');
      expect((await ask(store)).count).toBe(1);
      return null;
    });
  });

  it('do so in whichever order they are started, also at once', async () => {
    await look(async (host, ask) => {
      const api = await host.services.start('api');
      const store = await host.services.start('store');
      expect((await ask(api)).store).toBe(store.url);
      return null;
    });
    await look(async (host, ask) => {
      const [worker, store, api] = await Promise.all(['worker', 'store', 'api'].map((name) => host.services.start(name)));
      if (worker === undefined || store === undefined || api === undefined) throw new Error('not started');
      expect([(await ask(api)).store, (await ask(worker)).store]).toEqual([store.url, store.url]);
      return null;
    });
  });

  it('start what several depend on once', async () => {
    await look(async (host, ask) => {
      const front = await host.services.start('front');
      const store = await host.services.start('store');
      const api = await host.services.start('api');
      const worker = await host.services.start('worker');
      const stores = [(await ask(front)).store, (await ask(api)).store, (await ask(worker)).store];
      expect(stores).toEqual([store.url, store.url, store.url]);
      return null;
    });
  });

  it('are fresh when they are started once more, with a fresh store', async () => {
    await look(async (host, ask) => {
      const store = await host.services.start('store');
      const first = await host.services.start('api');
      const second = await host.services.start('api');
      expect((await ask(second)).pid).not.toBe((await ask(first)).pid);
      expect((await ask(second)).store).not.toBe(store.url);
      // What is started now belongs to the newest.
      const other = await host.services.start('store');
      expect((await ask(second)).store).toBe(other.url);
      return null;
    });
  });

  it('are fresh when they are asked for with a variable of their own, and for another tree', async () => {
    await look(async (host, ask) => {
      const api = await host.services.start('api');
      const told = await host.services.start('store', { env: { WORD: 'told' } });
      expect((await ask(told)).word).toBe('told');
      expect((await ask(api)).store).not.toBe(told.url);
      const base = await host.services.start('api', { tree: host.trees.base });
      expect((await ask(base)).store).not.toBe((await ask(api)).store);
      expect(base.tree.id).toBe('base');
      return null;
    });
  });

  it('end with the last that needs them, and all with the step', async () => {
    const pids = (await look(async (host, ask) => {
      const store = await host.services.start('store');
      const api = await host.services.start('api');
      const { pid } = await ask(store);
      await store[Symbol.asyncDispose]();
      // The API still uses it.
      expect(isGone(pid)).toBe(false);
      const before = await ask(api);
      await api[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      expect([isGone(pid), isGone(before.pid)]).toEqual([true, true]);
      const again = await host.services.start('api');
      const kept = await host.services.start('store');
      return [(await ask(again)).pid, (await ask(kept)).pid];
    })) as number[];
    expect(pids.map(isGone)).toEqual([true, true]);
  });

  it('reach a dependency through the proxy of whoever asks, and it is the one that the proxy leads to', async () => {
    await look(async (host, ask) => {
      const store = await host.services.start('store');
      await using proxy = await host.net.listen((socket) => socket.destroy());
      const api = await host.services.start('api', { through: { store: proxy } });
      expect((await ask(api)).store).toBe(`http://${proxy.host}:${proxy.port}`);
      await api.restart();
      expect((await ask(api)).store).toBe(`http://${proxy.host}:${proxy.port}`);
      expect((await ask(store)).store).toBeNull();
      return null;
    });
  });
});

it('has one token for each instance and each entry, and another one when the instance was started again', async () => {
  const seen = await look(async (host) => {
    const api = await host.services.start('api');
    const store = await host.services.start('store');
    const [first, beside, other] = await Promise.all([api, api, store].map((one) => host.services.token('user', one)));
    const again = await host.services.token('user', { ...api });
    await api.restart();
    return [first, beside, other, again, await host.services.token('user', api)] as Json;
  });
  const [first, beside, other, again, restarted] = seen as string[];
  expect(first).toMatch(/^token-/);
  expect([beside, again]).toEqual([first, first]);
  expect(new Set([first, other, restarted]).size).toBe(3);
});
