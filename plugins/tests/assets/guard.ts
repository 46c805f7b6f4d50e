// The first set-up file of every test file: deliberately false assertions must fail, and what assertions and clocks are built on must be what it was.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as VitestModule from 'vitest';
import type { GuardMark } from '../events.ts';

// The instance that the tests use. Its path is made here, so that neither the bundler nor Vite has a say.
const vitest = path.join(
  path.dirname(createRequire(path.join(process.cwd(), 'package.json')).resolve('vitest/package.json')),
  'dist/index.js',
);
const { afterAll, afterEach, expect, vi } = (await import(pathToFileURL(vitest).href)) as typeof VitestModule;
const globalExpect = (globalThis as { expect?: unknown }).expect;

type Place = readonly [name: string, of: () => object, key: string];
const steady: readonly Place[] = [
  ...['is', 'keys', 'entries', 'getOwnPropertyNames', 'getPrototypeOf'].map((key): Place => [`Object.${key}`, () => Object, key]),
  ...['stringify', 'parse'].map((key): Place => [`JSON.${key}`, () => JSON, key]),
  ['Reflect.ownKeys', () => Reflect, 'ownKeys'],
  ['Array.isArray', () => Array, 'isArray'],
  ...['push', 'includes', 'every', 'some', 'indexOf', 'map', 'filter', 'forEach', 'join'].map(
    (key): Place => [`Array.prototype.${key}`, () => Array.prototype, key],
  ),
  ...['includes', 'startsWith', 'endsWith', 'indexOf', 'match'].map(
    (key): Place => [`String.prototype.${key}`, () => String.prototype, key],
  ),
  ...['test', 'exec'].map((key): Place => [`RegExp.prototype.${key}`, () => RegExp.prototype, key]),
  ...['get', 'has'].map((key): Place => [`Map.prototype.${key}`, () => Map.prototype, key]),
  ['Set.prototype.has', () => Set.prototype, 'has'],
  ['Function.prototype.call', () => Function.prototype, 'call'],
];
/** Tests may stand in for these with `vi`, and give them back. */
const clocks: readonly Place[] = [
  ['Date', () => globalThis, 'Date'],
  ['Date.now', () => Date, 'now'],
  ['performance.now', () => performance, 'now'],
  ['process.hrtime', () => process, 'hrtime'],
  ['process.exit', () => process, 'exit'],
];
const current = ([, of, key]: Place): unknown => (of() as Record<string, unknown>)[key];
const sourceOf = Function.prototype.toString;
const isNative = (value: unknown): boolean => /\{\s*\[native code\]\s*\}$/.test(sourceOf.call(value as () => void));
const first = new Map([...steady, ...clocks].map((place) => [place[0], current(place)]));
// With `isolate: false` an earlier test file shares this process.
const early = steady.filter((place) => !isNative(current(place))).map(([name]) => name);

const no = () => {};
const bad = (): never => {
  throw new Error('expected');
};
const falsehoods: readonly (readonly [name: string, lie: () => unknown])[] = [
  ['expect().toBe', () => expect(1).toBe(2)],
  ['expect().not', () => expect(1).not.toBe(1)],
  ['expect().toEqual', () => expect({ a: [1] }).toEqual({ a: [2] })],
  ['expect().toStrictEqual', () => expect({ a: 1 }).toStrictEqual({ a: 1, b: undefined })],
  ['expect().toMatchObject', () => expect({ a: 1 }).toMatchObject({ a: 2 })],
  ['expect().toContain', () => expect([1]).toContain(2)],
  ['expect().toContainEqual', () => expect([{ a: 1 }]).toContainEqual({ a: 2 })],
  ['expect().toHaveLength', () => expect([1]).toHaveLength(2)],
  ['expect().toHaveProperty', () => expect({ a: 1 }).toHaveProperty('b')],
  ['expect().toMatch', () => expect('a').toMatch(/b/)],
  ['expect().toBeTruthy', () => expect(0).toBeTruthy()],
  ['expect().toBeFalsy', () => expect(1).toBeFalsy()],
  ['expect().toBeNull', () => expect(1).toBeNull()],
  ['expect().toBeUndefined', () => expect(1).toBeUndefined()],
  ['expect().toBeDefined', () => expect(undefined).toBeDefined()],
  ['expect().toBeGreaterThan', () => expect(1).toBeGreaterThan(2)],
  ['expect().toBeGreaterThanOrEqual', () => expect(1).toBeGreaterThanOrEqual(2)],
  ['expect().toBeLessThan', () => expect(2).toBeLessThan(1)],
  ['expect().toBeLessThanOrEqual', () => expect(2).toBeLessThanOrEqual(1)],
  ['expect().toBeCloseTo', () => expect(1).toBeCloseTo(2)],
  ['expect().toBeInstanceOf', () => expect({}).toBeInstanceOf(Error)],
  ['expect().toBeTypeOf', () => expect(1).toBeTypeOf('string')],
  ['expect().toThrow', () => expect(no).toThrow()],
  ['expect().toThrow', () => expect(bad).toThrow('other')],
  ['expect().to.equal', () => expect(1).to.equal(2)],
  ['expect().to.be.true', () => expect(false).to.be.true],
  ['assert', () => assert(false)],
  ['assert.ok', () => assert.ok(false)],
  ['assert.equal', () => assert.equal(1, 2)],
  ['assert.strictEqual', () => assert.strictEqual(1, 2)],
  ['assert.notStrictEqual', () => assert.notStrictEqual(1, 1)],
  ['assert.deepEqual', () => assert.deepEqual({ a: 1 }, { a: 2 })],
  ['assert.deepStrictEqual', () => assert.deepStrictEqual({ a: 1 }, { a: 2 })],
  ['assert.match', () => assert.match('a', /b/)],
  ['assert.throws', () => assert.throws(no)],
];
const lateFalsehoods: readonly (readonly [name: string, lie: () => Promise<unknown>])[] = [
  ['expect().resolves', async () => expect(Promise.resolve(1)).resolves.toBe(2)],
  ['expect().rejects', async () => expect(Promise.reject(new Error('a'))).rejects.toThrow('b')],
  ['assert.rejects', async () => assert.rejects(Promise.resolve(1))],
];

function believed(): string[] {
  const found: string[] = [];
  // Stacks are most of what a failed assertion costs.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const [name, lie] of falsehoods) {
    try {
      lie();
      found.push(name);
    } catch {}
  }
  Error.stackTraceLimit = stackTraceLimit;
  return found;
}
const changed = (places: readonly Place[]): string[] =>
  places.filter((place) => current(place) !== first.get(place[0]) && !vi.isMockFunction(current(place))).map(([name]) => name);
const replaced = (): string[] =>
  globalExpect !== undefined && (globalThis as { expect?: unknown }).expect !== globalExpect ? ['expect'] : [];

function leave(meta: object, mark: GuardMark): void {
  Object.assign(meta, { bexpert: { ...mark, tampered: [...new Set(mark.tampered)] } });
}

let file: object | undefined;

afterEach((context) => {
  const { task } = context;
  file = task.file.meta;
  const own = (context as { _local?: boolean })._local === true ? context.expect : expect;
  const state = own.getState();
  const kept = expect.getState();
  const { assertionCalls } = state;
  const tampered = [...early, ...changed(steady), ...believed(), ...replaced()];
  expect.setState({ ...kept });
  // Tests that run side by side share one counter.
  leave(task.meta, { tampered, ...(task.concurrent && own === expect ? {} : { assertions: assertionCalls }) });
});

afterAll(async () => {
  // No test ran: there is nothing to vouch for.
  if (file === undefined) return;
  vi.useRealTimers();
  const late: string[] = [];
  for (const [name, lie] of lateFalsehoods) {
    await lie().then(
      () => late.push(name),
      () => {},
    );
  }
  leave(file, {
    tampered: [...early, ...changed([...steady, ...clocks]), ...believed(), ...late, ...replaced()],
  });
});
