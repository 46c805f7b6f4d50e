// One round of the comparison: fresh processes of both, every request in turns.
import {
  type CpuTime,
  type Finding,
  type Host,
  type Request,
  randomOf,
  type ServiceInstance,
  titleOf,
} from '../../src/plugin-api.ts';
import type { Generator } from './generator.ts';
import { end, fateOf, type Running, startOf } from './instances.ts';
import type { Code, manifest } from './manifest.ts';
import { median } from './statistics.ts';
import { targetOf } from './targets.ts';
import { troubleIn } from './trouble.ts';
import { type Side, type SideName, type TakenTurns, takeTurns } from './turns.ts';

const warmUpMs = 600;
const measureMs = 1200;
const leastMs = 300;

/** A request that both answer. */
export interface Comparable {
  readonly request: Request;
  readonly bodied: Readonly<Record<SideName, boolean>>;
}
/** One thing that is compared, over all rounds so far. */
export interface Series {
  readonly request: Request;
  readonly of: 'time' | 'CPU time';
  /** Logarithms of candidate by base. */
  readonly ratios: number[];
  /** Microseconds. */
  readonly base: number[];
  readonly candidate: number[];
}
export interface RoundOptions {
  readonly service: string;
  readonly generator: Generator;
  readonly timeoutMs: number;
  /** Percent of the requests that may fail. */
  readonly errors: number;
  readonly series: readonly Series[];
  readonly comparables: readonly Comparable[];
  readonly round: number;
}
/** What makes a round worthless; when both are empty it added one value to each series. */
export interface Trouble {
  readonly findings: readonly Finding<Code>[];
  readonly undecided: readonly string[];
}
const undecided = (why: string): Trouble => ({ findings: [], undecided: [why] });

export async function runRound(host: Host<typeof manifest>, o: RoundOptions): Promise<Trouble> {
  const { base, candidate } = host.trees;
  // A B B A: neither side is always the one that starts first.
  const order = [0, 3].includes(o.round % 4) ? [base, candidate] : [candidate, base];
  const started = await Promise.all(order.map((tree) => startOf(host, { service: o.service, tree })));
  const running = started.flatMap((one) => (one.ok ? [one] : []));
  try {
    const failed = started.find((one) => !one.ok);
    if (failed !== undefined && !failed.ok)
      return undecided(`a service did not start in round ${o.round + 1}: ${failed.error.message}`);
    const [first, second] = running;
    if (first === undefined || second === undefined) return undecided('a service did not start');
    const sides = order[0] === base ? { base: first, candidate: second } : { base: second, candidate: first };
    const findings: Finding<Code>[] = [];
    const reasons: string[] = [];
    for (const comparable of o.comparables) {
      const trouble = await measure(host, { ...o, sides, comparable });
      findings.push(...trouble.findings);
      reasons.push(...trouble.undecided);
    }
    return { findings, undecided: reasons };
  } finally {
    await end(...running.map(({ instance }) => instance));
  }
}

async function measure(
  host: Host<typeof manifest>,
  o: RoundOptions & { readonly sides: Readonly<Record<SideName, Running>>; readonly comparable: Comparable },
): Promise<Trouble> {
  const { request, bodied } = o.comparable;
  // Tokens are made by commands that may ask the service.
  const side = async (name: SideName): Promise<Side> => {
    const { instance } = o.sides[name];
    return { instance, target: await targetOf(host, { request, instance }), bodied: bodied[name] };
  };
  const sides = { base: await side('base'), candidate: await side('candidate') };
  const both = [sides.base.instance, sides.candidate.instance];
  await Promise.all(both.map((instance) => instance.freeze()));
  let cpu: Readonly<Record<SideName, number>>;
  let warm: TakenTurns;
  let seen: TakenTurns;
  try {
    const share = (ms: number) => Math.max(leastMs, ms / o.comparables.length);
    const random = randomOf(host.seed + o.round);
    const turns = (forMs: number) => takeTurns({ generator: o.generator, sides, forMs, timeoutMs: o.timeoutMs, random });
    warm = await turns(share(warmUpMs));
    const before = await cpuOf(sides);
    seen = await turns(share(measureMs));
    const after = await cpuOf(sides);
    cpu = {
      base: (after.base - before.base) / seen.base.sent,
      candidate: (after.candidate - before.candidate) / seen.candidate.sent,
    };
  } finally {
    await Promise.all(both.map((instance) => instance.thaw()));
  }
  const trouble = troubleIn({
    title: titleOf(request),
    round: o.round,
    errors: o.errors,
    turns: [warm, seen],
    fates: { base: await fateOf(o.sides.base), candidate: await fateOf(o.sides.candidate) },
    log: await sides.candidate.instance.log(),
  });
  if (trouble.findings.length + trouble.undecided.length > 0) return trouble;
  for (const one of o.series.filter((series) => series.request === request)) {
    one.ratios.push(one.of === 'time' ? median(seen.ratios) : Math.log(Math.max(1, cpu.candidate) / Math.max(1, cpu.base)));
    one.base.push(one.of === 'time' ? median(seen.base.times) : cpu.base);
    one.candidate.push(one.of === 'time' ? median(seen.candidate.times) : cpu.candidate);
  }
  return trouble;
}

/** Microseconds so far. */
async function cpuOf(sides: Readonly<Record<SideName, { readonly instance: ServiceInstance }>>) {
  const total = ({ user, system }: CpuTime) => user + system;
  const [base, candidate] = await Promise.all([sides.base.instance.cpu(), sides.candidate.instance.cpu()]);
  return { base: total(base), candidate: total(candidate) };
}
