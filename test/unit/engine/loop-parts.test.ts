import { describe, expect, it } from 'vitest';
import { bestAttempt, regressions } from '../../../src/engine/best.ts';
import { Ledger, stepBudget } from '../../../src/engine/budget.ts';
import { withinTime } from '../../../src/engine/deadline.ts';
import { fingerprint, normalise } from '../../../src/engine/fingerprint.ts';
import { touched } from '../../../src/engine/integrity.ts';
import { schedule } from '../../../src/engine/schedule.ts';
import { worstExit } from '../../../src/model/exit.ts';
import type { AttemptSummary } from '../../../src/model/step-result.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import fc from '../../rig/property.ts';
import { finding, step } from './samples.ts';

const attempt = (number: number, gates: Record<string, [Verdict, number]>): AttemptSummary => ({
  attempt: number,
  commit: `c${number}`,
  tree: `t${number}`,
  gates: Object.fromEntries(Object.entries(gates).map(([id, [verdict, errors]]) => [id, { verdict, errors, blocking: true }])),
});

describe('the best attempt', () => {
  it('has most blocking gates green', () =>
    expect(
      bestAttempt([attempt(1, { a: ['pass', 0], b: ['pass', 0] }), attempt(2, { a: ['fail', 1], b: ['pass', 0] })])?.attempt,
    ).toBe(1));
  it('then fewest errors', () =>
    expect(bestAttempt([attempt(1, { a: ['fail', 3] }), attempt(2, { a: ['fail', 1] })])?.attempt).toBe(2));
  it('then is the earliest', () =>
    expect(bestAttempt([attempt(1, { a: ['fail', 1] }), attempt(2, { a: ['fail', 1] })])?.attempt).toBe(1));
  it('is none without attempts', () => expect(bestAttempt([])).toBeUndefined());
  it('knows which green gates turned red', () =>
    expect(regressions(attempt(1, { a: ['pass', 0], b: ['fail', 1] }), attempt(2, { a: ['fail', 2], b: ['pass', 0] }))).toEqual([
      'a',
    ]));
});

describe('fingerprints', () => {
  it('stay the same when only numbers, times, hashes and folders change', () => {
    const of = (subject: string) => fingerprint(finding('lint/new', subject));
    expect(of('GET /orders took 12.5 ms at 2026-11-23T10:00:00Z in /tmp/a/b/file.ts (deadbeefdeadbeef)')).toBe(
      of('GET /orders took 99 ms at 2026-11-24T11:30:01.5Z in /var/lib/x/file.ts (0123456789abcdef)'),
    );
    expect(of('GET /orders')).not.toBe(of('GET /customers'));
  });
  it('tell codes and files apart', () => {
    expect(fingerprint(finding('lint/new', 'a'))).not.toBe(fingerprint(finding('lint/always', 'a')));
    expect(fingerprint(finding('lint/new', 'a', { location: { file: 'a.ts', line: 1 } }))).toBe(
      fingerprint(finding('lint/new', 'a', { location: { file: 'a.ts', line: 9 } })),
    );
    expect(fingerprint(finding('lint/new', 'a', { location: { file: 'a.ts' } }))).not.toBe(
      fingerprint(finding('lint/new', 'a', { location: { file: 'b.ts' } })),
    );
  });
  it('do not change when a text is normalised twice', () => {
    fc.assert(fc.property(fc.string(), (text) => normalise(normalise(text)) === normalise(text)));
  });
});

describe('the order of steps', () => {
  const run = async (steps: ReturnType<typeof step>[], parallel: number) => {
    const log: string[] = [];
    let most = 0;
    let now = 0;
    await schedule({
      steps,
      parallel,
      run: async ({ id }) => {
        now += 1;
        most = Math.max(most, now);
        log.push(`+${id}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`-${id}`);
        now -= 1;
      },
    });
    return { log, most };
  };
  it('follows what each needs', async () => {
    const { log } = await run([step('c', { needs: ['b'] }), step('b', { needs: ['a'] }), step('a')], 4);
    expect(log).toEqual(['+a', '-a', '+b', '-b', '+c', '-c']);
  });
  it('runs what it can side by side, up to the limit', async () => {
    const many = ['a', 'b', 'c', 'd'].map((id) => step(id));
    expect((await run(many, 4)).most).toBe(4);
    expect((await run(many, 2)).most).toBe(2);
  });
  it('starts a step that wants the machine for itself after the others that are ready', async () => {
    const { log } = await run([step('load', { exclusive: true }), step('a'), step('b')], 1);
    expect(log.filter((line) => line.startsWith('+'))).toEqual(['+a', '+b', '+load']);
  });
  it('treats what is needed from an earlier phase as ended', async () => {
    expect((await run([step('a', { needs: ['elsewhere'] })], 1)).log).toEqual(['+a', '-a']);
  });
});

describe('a budget', () => {
  const open = (run: { tokens?: number; usd?: number; reserve: number }, own?: { tokens?: number; reserve: number }) => {
    const ledger = new Ledger();
    const records: string[] = [];
    const budget = stepBudget({
      run,
      step: own,
      name: 'implement',
      ledger,
      record: async ({ type, tokens }) => records.push(`${type} ${tokens}`),
    });
    return { budget, ledger, records };
  };
  it('refuses a request whose worst case would touch the reserve', async () => {
    const { budget } = open({ tokens: 100, reserve: 0.2 });
    await expect(budget.reserve({ tokens: 81, usd: 0 })).rejects.toMatchObject({ code: 'budget/spent' });
    await budget.reserve({ tokens: 80, usd: 0 });
    await expect(budget.reserve({ tokens: 1, usd: 0 })).rejects.toMatchObject({ code: 'budget/spent' });
  });
  it('gives back what a request did not need, and records both before they count', async () => {
    const { budget, records } = open({ tokens: 100, reserve: 0 });
    const spend = await budget.reserve({ tokens: 100, usd: 0 });
    await spend.settle({ tokens: 30, usd: 0 });
    expect(budget.left.tokens).toBe(70);
    expect(records).toEqual(['budget-reserved 100', 'budget-settled 30']);
  });
  it('is the smaller of the step and the run', async () => {
    const { budget } = open({ tokens: 100, reserve: 0 }, { tokens: 10, reserve: 0 });
    await expect(budget.reserve({ tokens: 11, usd: 0 })).rejects.toMatchObject({ code: 'budget/spent' });
  });
  it('counts a request that was never answered at its worst case', () => {
    const ledger = new Ledger();
    ledger.reserve('a', 'implement', { tokens: 50, usd: 1 });
    expect(ledger.spent()).toEqual({ tokens: 50, usd: 1 });
  });
});

describe('a deadline', () => {
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  it('ends work that is too slow, with the time in the message', async () => {
    await expect(withinTime({ milliseconds: 5, signal: new AbortController().signal }, never)).rejects.toThrow(
      'longer than 5 ms',
    );
  });
  it('passes on an interruption', async () => {
    const controller = new AbortController();
    const running = withinTime({ milliseconds: 60_000, signal: controller.signal }, never);
    controller.abort(new Error('Ctrl-C'));
    await expect(running).rejects.toThrow('Ctrl-C');
  });
  it('gives the value of work that is quick enough', async () => {
    expect(await withinTime({ milliseconds: 60_000, signal: new AbortController().signal }, async () => 7)).toBe(7);
  });
});

it('what a step touched is found by content, in both directions', () => {
  const before = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ]);
  expect(
    touched(
      before,
      new Map([
        ['a', '1'],
        ['b', '2'],
        ['d', '1'],
      ]),
    ),
  ).toEqual(['b', 'c', 'd']);
  expect(touched(before, new Map(before))).toEqual([]);
});

it('of several exit codes the documented one wins', () => {
  expect(worstExit([0, 3, 1])).toBe(1);
  expect(worstExit([1, 4])).toBe(4);
  expect(worstExit([4, 6])).toBe(6);
  expect(worstExit([6, 5])).toBe(5);
  expect(worstExit([5, 130])).toBe(130);
  expect(worstExit([130, 70])).toBe(70);
  expect(worstExit([0])).toBe(0);
});
