// Base and candidate side by side: in each pair one request to each, in an order that is drawn, one at a time.
import type { Order, Paired, Target } from '../../order.ts';
import { median, randomOf, trimmedMean } from '../../statistics.ts';
import { oneConnection, send } from './call.ts';
import { watchClient } from './client-state.ts';
import type { Judge } from './expectation.ts';

const blockSize = 10;

export async function runPairs(order: Extract<Order, { kind: 'pairs' }>, judge: Judge): Promise<Paired> {
  const agents = { base: oneConnection(), candidate: oneConnection() };
  const random = randomOf(order.seed);
  const times: Record<'base' | 'candidate', number[]> = { base: [], candidate: [] };
  const wrong = { base: 0, candidate: 0 };
  let example: string | undefined;

  const one = async (side: 'base' | 'candidate', target: Target, index: number): Promise<number> => {
    const call = target.calls[index % target.calls.length] ?? target.calls[0];
    const started = performance.now();
    let problem: string | undefined;
    try {
      const answer = await send({ url: target.url, call, agent: agents[side], timeoutMs: order.timeoutMs });
      problem = judge.status(answer.status);
      if (problem === undefined) return answer.microseconds;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    wrong[side] += 1;
    if (side === 'candidate' || example === undefined) example = problem;
    return (performance.now() - started) * 1000;
  };

  const state = watchClient();
  const started = performance.now();
  let pairs = 0;
  try {
    while (pairs < order.pairs || performance.now() - started < order.forMs) {
      const baseFirst = random() < 0.5;
      for (const side of baseFirst ? (['base', 'candidate'] as const) : (['candidate', 'base'] as const)) {
        times[side].push(await one(side, order[side], pairs));
      }
      pairs += 1;
      if (wrong.base + wrong.candidate >= 20) break;
    }
  } finally {
    agents.base.destroy();
    agents.candidate.destroy();
  }
  const blocks = Math.max(1, Math.floor(pairs / blockSize));
  const ratios = Array.from({ length: blocks }, (_, block) => {
    const part = (all: readonly number[]) =>
      trimmedMean(all.slice(block * blockSize, block === blocks - 1 ? undefined : (block + 1) * blockSize));
    return Math.log(part(times.candidate) / part(times.base));
  });
  return {
    pairs,
    ratios,
    base: median(times.base),
    candidate: median(times.candidate),
    wrong: { ...wrong, example },
    client: state(),
  };
}
