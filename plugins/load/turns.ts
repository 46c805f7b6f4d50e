// Base and candidate take turns of some milliseconds each. Whose turn it is not stands still: what it would do meanwhile, on purpose or
// not, would make the other one look slow.
import type { ServiceInstance } from '../../src/plugin-api.ts';
import type { Generator } from './generator.ts';
import type { Target } from './order.ts';
import { median, trimmedMean } from './statistics.ts';

const turnMs = 25;
const fewestRequests = 2;
const mostRequests = 25;
const fewestBlocks = 3;
const enoughTrouble = 20;

export type SideName = 'base' | 'candidate';
export interface Side {
  readonly instance: ServiceInstance;
  readonly target: Target;
  /** Its bodies were not empty before, so empty ones are wrong. */
  readonly bodied: boolean;
}
/** All turns of one side. */
export interface Took {
  readonly times: number[];
  sent: number;
  wrong: number;
  failed: number;
  example: string | undefined;
  /** Microseconds of CPU time that it used out of turn. */
  used: number;
  /** What came to its port out of turn, in bytes and connections. */
  waiting: number;
}
export interface TakenTurns extends Readonly<Record<SideName, Readonly<Took>>> {
  /** Natural logarithms of candidate's time by base's, one for each pair of turns. */
  readonly ratios: readonly number[];
}

const nothing = (): Took => ({ times: [], sent: 0, wrong: 0, failed: 0, example: undefined, used: 0, waiting: 0 });

/** Both stand still when it is called and when it returns. */
export async function takeTurns(o: {
  readonly generator: Generator;
  readonly sides: Readonly<Record<SideName, Side>>;
  readonly forMs: number;
  readonly timeoutMs: number;
  /** Draws who comes first. */
  readonly random: () => number;
}): Promise<TakenTurns> {
  const took = { base: nothing(), candidate: nothing() };
  const ratios: number[] = [];
  const started = performance.now();
  let requests = fewestRequests;
  const turnOf = async (name: SideName, isFirst: boolean): Promise<readonly number[]> => {
    const { instance, target, bodied } = o.sides[name];
    const mine = took[name];
    const { used, waiting } = await instance.thaw();
    mine.used += used;
    // Before its first turn it was not watched for long enough: the end of an earlier connection may still be on its way.
    if (!isFirst) mine.waiting += waiting;
    const turn = await o.generator.ask<'turn'>({
      kind: 'turn',
      target,
      from: mine.sent,
      requests: requests + 1,
      timeoutMs: o.timeoutMs,
      bodied,
    });
    await instance.freeze();
    mine.times.push(...turn.times);
    mine.sent += turn.sent;
    mine.wrong += turn.wrong;
    mine.failed += turn.failed;
    mine.example ??= turn.example;
    return turn.times;
  };
  for (let block = 0; block < fewestBlocks || performance.now() - started < o.forMs; block++) {
    const order = o.random() < 0.5 ? (['base', 'candidate'] as const) : (['candidate', 'base'] as const);
    const times: Partial<Record<SideName, readonly number[]>> = {};
    for (const name of order) times[name] = await turnOf(name, block === 0);
    const { base = [], candidate = [] } = times;
    const trouble = [took.base, took.candidate].reduce((sum, { wrong, failed }) => sum + wrong + failed, 0);
    if (trouble >= enoughTrouble || base.length === 0 || candidate.length === 0) break;
    ratios.push(Math.log(trimmedMean(candidate) / trimmedMean(base)));
    const slower = Math.max(median(base), median(candidate)) / 1000;
    requests = Math.min(mostRequests, Math.max(fewestRequests, Math.ceil(turnMs / slower)));
  }
  return { ...took, ratios };
}
