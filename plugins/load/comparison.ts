// Candidate against base: rounds with fresh processes of both, in each of which requests alternate at random. The round is the unit of
// analysis: what a pair of processes has in common (compiled code, heap, memory layout) is not repeated by more requests to it.
import type { Finding, Host, Measurement, ServiceInstance } from '../../src/plugin-api.ts';
import type { Generator } from './generator.ts';
import { end, startOf } from './instances.ts';
import type { Code, manifest } from './manifest.ts';
import type { Paired } from './order.ts';
import { centreBounds, hodgesLehmann, median, minimalDetectable } from './statistics.ts';
import { type Request, targetOf, titleOf } from './targets.ts';
import { firstLook, roundsFor, verdicts } from './verdict.ts';
import { change, milliseconds, percent } from './words.ts';

const warmUpMs = 600;
const measureMs = 1200;
const leastMs = 300;

export interface Compared {
  readonly findings: readonly Finding<Code>[];
  readonly measurements: readonly Measurement[];
  readonly undecided: readonly string[];
  readonly rounds: number;
  /** Logarithms of candidate by base, one for each round, by what was measured. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** One thing that is compared, over all rounds so far. */
interface Series {
  readonly request: Request;
  readonly of: 'time' | 'CPU time';
  readonly ratios: number[];
  readonly base: number[];
  readonly candidate: number[];
}

export async function compare(
  host: Host<typeof manifest>,
  o: {
    readonly service: string;
    readonly requests: readonly Request[];
    readonly generator: Generator;
    readonly timeoutMs: number;
    readonly tolerance: number;
    readonly rounds: number;
    readonly progress: (fraction: number, label: string) => void;
  },
): Promise<Compared> {
  const series = o.requests.flatMap((request) =>
    (['time', 'CPU time'] as const).map((of): Series => ({ request, of, ratios: [], base: [], candidate: [] })),
  );
  const rounds = Math.max(o.rounds, roundsFor(series.length));
  const judge = () =>
    verdicts(
      series.map(({ ratios }) => ratios),
      o.tolerance,
    );
  const trouble: string[] = [];
  let done = 0;
  while (done < rounds && trouble.length === 0) {
    o.progress(done / rounds, `round ${done + 1} of at most ${rounds} against base`);
    trouble.push(...(await runRound(host, { ...o, series, round: done })));
    done += 1;
    if (done === firstLook && trouble.length === 0 && !judge().includes('open')) break;
  }
  if (trouble.length > 0) return { findings: [], measurements: [], undecided: trouble, rounds: done, series: {} };

  const verdictOf = judge();
  const judged = series.map((one, index) => ({ one, verdict: verdictOf[index] ?? 'open' }));
  return {
    findings: judged.filter(({ verdict }) => verdict === 'slower').map(({ one }) => findingOf(one, o.tolerance)),
    undecided: judged
      .filter(({ verdict }) => verdict === 'open')
      .map(({ one }) => `${nameOf(one)}: ${wordsOf(one)}; ${percent(o.tolerance)} more are allowed: too close to tell`),
    measurements: series.flatMap((one) => measurementsOf(one, o.tolerance)),
    rounds: done,
    series: Object.fromEntries(series.map((one) => [nameOf(one), one.ratios])),
  };
}

/** Adds one value to each series; or says why it could not. */
async function runRound(
  host: Host<typeof manifest>,
  o: {
    readonly service: string;
    readonly generator: Generator;
    readonly timeoutMs: number;
    readonly series: readonly Series[];
    readonly requests: readonly Request[];
    readonly round: number;
  },
): Promise<readonly string[]> {
  const { base, candidate } = host.trees;
  // A B B A: neither side is always the one that starts first.
  const order = [0, 3].includes(o.round % 4) ? [base, candidate] : [candidate, base];
  const started = await Promise.all(order.map((tree) => startOf(host, { service: o.service, tree })));
  const running = started.flatMap((one) => (one.ok ? [one.instance] : []));
  try {
    const failed = started.find((one) => !one.ok);
    if (failed !== undefined && !failed.ok) return [`a service did not start in round ${o.round + 1}: ${failed.error.message}`];
    const [first, second] = running;
    if (first === undefined || second === undefined) return ['a service did not start'];
    const sides = order[0] === base ? { base: first, candidate: second } : { base: second, candidate: first };
    const trouble: string[] = [];
    for (const request of o.requests) trouble.push(...(await measure(host, { ...o, sides, request })));
    return trouble;
  } finally {
    await end(...running);
  }
}

async function measure(
  host: Host<typeof manifest>,
  o: {
    readonly generator: Generator;
    readonly timeoutMs: number;
    readonly series: readonly Series[];
    readonly requests: readonly Request[];
    readonly round: number;
    readonly sides: { readonly base: ServiceInstance; readonly candidate: ServiceInstance };
    readonly request: Request;
  },
): Promise<readonly string[]> {
  const { request, sides } = o;
  const [base, candidate] = await Promise.all(
    [sides.base, sides.candidate].map((instance) => targetOf(host, { request, instance })),
  );
  if (base === undefined || candidate === undefined) return [];
  const share = (ms: number) => Math.max(leastMs, ms / o.requests.length);
  const pairs = (forMs: number, seed: number): Promise<Paired> =>
    o.generator.ask<'pairs'>({ kind: 'pairs', base, candidate, pairs: 10, forMs, timeoutMs: o.timeoutMs, seed });
  const seed = host.seed + o.round * 2;
  const warm = await pairs(share(warmUpMs), seed);
  const cpuBefore = await cpuOf(sides);
  const seen = await pairs(share(measureMs), seed + 1);
  const cpuAfter = await cpuOf(sides);

  const title = titleOf(request);
  const wrong = { base: warm.wrong.base + seen.wrong.base, candidate: warm.wrong.candidate + seen.wrong.candidate };
  if (wrong.base + wrong.candidate > 0) {
    const who = wrong.candidate > 0 ? `${wrong.candidate} requests to the candidate` : `${wrong.base} requests to base`;
    return [
      `${title}: ${who} failed while it was compared (${seen.wrong.example ?? warm.wrong.example}), so its times mean nothing`,
    ];
  }
  const cpu = {
    base: (cpuAfter.base - cpuBefore.base) / seen.pairs,
    candidate: (cpuAfter.candidate - cpuBefore.candidate) / seen.pairs,
  };
  for (const one of o.series.filter((series) => series.request === request)) {
    one.ratios.push(one.of === 'time' ? median(seen.ratios) : Math.log(Math.max(1, cpu.candidate) / Math.max(1, cpu.base)));
    one.base.push(one.of === 'time' ? seen.base : cpu.base);
    one.candidate.push(one.of === 'time' ? seen.candidate : cpu.candidate);
  }
  return [];
}

/** Microseconds so far. */
async function cpuOf(sides: { readonly base: ServiceInstance; readonly candidate: ServiceInstance }) {
  const [base, candidate] = await Promise.all([sides.base.cpu(), sides.candidate.cpu()]);
  return { base: base.user + base.system, candidate: candidate.user + candidate.system };
}

const nameOf = ({ request, of }: Series): string => `${titleOf(request)}: ${of}`;

function wordsOf({ ratios, base, candidate }: Series): string {
  const { low, high } = centreBounds(ratios);
  return `${milliseconds(median(candidate))} where base has ${milliseconds(median(base))}, a change of ${change(hodgesLehmann(ratios))} (98 % interval ${change(low)} to ${change(high)}, ${ratios.length} rounds)`;
}

function findingOf(one: Series, tolerance: number): Finding<Code> {
  return {
    code: 'load/regression',
    severity: 'error',
    subject: `${titleOf(one.request)} ${one.of}`,
    message: `${nameOf(one)} per request is ${wordsOf(one)}; ${percent(tolerance)} more are allowed.`,
    hint: 'Look for what the change does once more for each request or each row: a query, a call, a copy.',
  };
}

function measurementsOf(one: Series, tolerance: number): readonly Measurement[] {
  const { low, high } = centreBounds(one.ratios);
  const inPercent = (logRatio: number) => (Math.exp(logRatio) - 1) * 100;
  return [
    { name: nameOf(one), value: median(one.candidate) / 1000, unit: 'milliseconds', base: median(one.base) / 1000 },
    {
      name: `${nameOf(one)}, change`,
      value: inPercent(hodgesLehmann(one.ratios)),
      unit: 'percent',
      limit: { at: tolerance, direction: 'at-most' },
      interval: { low: inPercent(low), high: inPercent(high), level: 0.98 },
    },
    {
      name: `${nameOf(one)}, smallest change that this run would see`,
      value: inPercent(minimalDetectable(one.ratios)),
      unit: 'percent',
    },
  ];
}
