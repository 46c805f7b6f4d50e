import { describe, expect, it } from 'vitest';
import { ServiceTemplates } from '../../../src/engine/services/templates.ts';
import type { ServicePlan } from '../../../src/model/plan.ts';
import { defineManifest, defineService, type ServiceHandle } from '../../../src/plugin-api.ts';
import { openWorld, type World } from '../../../src/testing/world.ts';
import type { Scene } from '../../../src/testing.ts';

interface Life {
  readonly started: number[];
  readonly ended: number[];
  readonly copied: number[];
}

/** A service that is nothing but its number, with or without copies. */
function serviceOf(life: Life, options: { readonly copies: boolean; readonly slow?: Promise<void> }) {
  const manifest = defineManifest({
    kind: 'service',
    name: 'numbered',
    api: 1,
    summary: 'Has a number.',
    inputs: { type: 'object', properties: {}, additionalProperties: false },
    outputs: {
      type: 'object',
      properties: { number: { type: 'integer', description: 'Its number.' } },
      required: ['number'],
      additionalProperties: false,
    },
    powers: [],
  });
  const handle = (number: number): ServiceHandle => ({
    address: { host: '127.0.0.1', port: 1 },
    url: () => `number:${number}`,
    outputs: { number },
    env: () => ({ NUMBER: String(number) }),
    log: async () => '',
    cpu: async () => ({ user: 0, system: 0 }),
    restart: async () => {},
    ...(options.copies
      ? {
          copy: async () => {
            life.copied.push(number);
            return handle(number * 100 + life.copied.length);
          },
        }
      : {}),
    async [Symbol.asyncDispose]() {
      life.ended.push(number);
    },
  });
  return defineService(manifest, async () => {
    const number = life.started.length + 1;
    life.started.push(number);
    await options.slow;
    return handle(number) as never;
  });
}
const life = (): Life => ({ started: [], ended: [], copied: [] });

async function scene(plugin: ReturnType<typeof serviceOf>, more: Partial<NonNullable<Scene['services']>[string]> = {}) {
  const world = await openWorld(plugin, {
    candidate: { 'a.txt': 'new\n' },
    base: { 'a.txt': 'old\n' },
    services: { db: { uses: plugin, ...more } },
  });
  const plan = world.context.plan.services.db as ServicePlan;
  const templates = new ServiceTemplates();
  const { context } = world;
  const copy = (options: { tree?: World['base']; signal?: AbortSignal } = {}) =>
    templates.copy({ context, plan, tree: options.tree ?? world.candidate, signal: options.signal ?? context.signal });
  const numberOf = async (made: ReturnType<typeof copy>) => ((await made).handle.outputs as { number: number }).number;
  return {
    world,
    copy,
    numberOf,
    templates,
    async [Symbol.asyncDispose]() {
      await templates[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

describe('a service that can be copied', () => {
  it('is made once per tree, and everybody gets a copy of their own', async () => {
    const seen = life();
    await using it = await scene(serviceOf(seen, { copies: true }));
    const numbers = await Promise.all([it.copy(), it.copy(), it.copy({ tree: it.world.base })].map(it.numberOf));
    expect(seen.started).toEqual([1, 2]);
    expect(new Set(numbers).size).toBe(3);
    await it.templates[Symbol.asyncDispose]();
    expect(seen.ended.filter((number) => number < 100).sort()).toEqual([1, 2]);
  });

  it('is migrated and seeded in the tree that it is for, before it is copied', async () => {
    const seen = life();
    await using it = await scene(serviceOf(seen, { copies: true }), {
      migrate: 'test "$NUMBER" = 1 && grep -q new a.txt && echo migrated > done.txt',
      seed: 'grep -q migrated done.txt',
    });
    await it.copy();
    expect(seen.copied).toEqual([1]);
  });

  it('whose migration fails says which line and what it said, ends, and is tried again by the next', async () => {
    const seen = life();
    await using it = await scene(serviceOf(seen, { copies: true }), { migrate: 'echo no such table; exit 3' });
    await expect(it.copy()).rejects.toMatchObject({
      code: 'service/migrate-failed',
      message: '`migrate: echo no such table; exit 3` of the service db ended with 3: no such table',
    });
    await expect(it.copy()).rejects.toMatchObject({ code: 'service/migrate-failed' });
    expect(seen).toMatchObject({ started: [1, 2], ended: [1, 2], copied: [] });
  });

  it('goes on being made for the others when one who waits gives up', async () => {
    const seen = life();
    let ready = () => {};
    const slow = new Promise<void>((resolve) => {
      ready = resolve;
    });
    await using it = await scene(serviceOf(seen, { copies: true, slow }));
    const controller = new AbortController();
    const impatient = it.copy({ signal: controller.signal });
    const patient = it.copy();
    controller.abort(new Error('the step took too long'));
    await expect(impatient).rejects.toThrow('the step took too long');
    ready();
    expect(await it.numberOf(patient)).toBe(101);
    expect(seen.started).toEqual([1]);
  });
});

describe('a service without copies', () => {
  it('is never shared, however many ask for it at once', async () => {
    const seen = life();
    await using it = await scene(serviceOf(seen, { copies: false }));
    const made = [it.copy(), it.copy(), it.copy()];
    const numbers = await Promise.all(made.map(it.numberOf));
    expect([...numbers].sort()).toEqual([1, 2, 3]);
    await (await made[0])?.[Symbol.asyncDispose]();
    expect(seen.ended).toEqual([numbers[0]]);
    for (const one of made) await (await one)[Symbol.asyncDispose]();
    expect([...new Set(seen.ended)].sort()).toEqual([1, 2, 3]);
  });
});

it('what is still being made when the run ends is ended', async () => {
  const seen = life();
  await using it = await scene(serviceOf(seen, { copies: true }), { migrate: 'sleep 30' });
  const waiting = it.copy();
  const refused = expect(waiting).rejects.toBeDefined();
  await it.templates[Symbol.asyncDispose]();
  await refused;
  expect(seen.ended).toEqual(seen.started);
});
