// Candidate against base: rounds with fresh processes of both, in each of which they take turns. The round is the unit of analysis: what a
// pair of processes has in common (compiled code, heap, memory layout) is not repeated by more requests to it.
import { type Finding, type Host, type Measurement, titleOf } from '../../src/plugin-api.ts';
import type { Generator } from './generator.ts';
import type { Code, manifest } from './manifest.ts';
import { type Comparable, runRound, type Series, type Trouble } from './round.ts';
import { centreBounds, hodgesLehmann, median, minimalDetectable } from './statistics.ts';
import { firstLook, roundsFor, verdicts } from './verdict.ts';
import { change, milliseconds, percent } from './words.ts';

export interface Compared {
  readonly findings: readonly Finding<Code>[];
  readonly measurements: readonly Measurement[];
  readonly undecided: readonly string[];
  readonly rounds: number;
  /** Logarithms of candidate by base, one for each round, by what was measured. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

export async function compare(
  host: Host<typeof manifest>,
  o: {
    readonly service: string;
    readonly comparables: readonly Comparable[];
    /** Percent of the requests that may fail. */
    readonly errors: number;
    readonly generator: Generator;
    readonly timeoutMs: number;
    readonly tolerance: number;
    readonly rounds: number;
    readonly progress: (fraction: number, label: string) => void;
  },
): Promise<Compared> {
  const series = o.comparables.flatMap(({ request }) =>
    (['time', 'CPU time'] as const).map((of): Series => ({ request, of, ratios: [], base: [], candidate: [] })),
  );
  const rounds = Math.max(o.rounds, roundsFor(series.length));
  const judge = () =>
    verdicts(
      series.map(({ ratios }) => ratios),
      o.tolerance,
    );
  let trouble: Trouble = { findings: [], undecided: [] };
  const isTroubled = () => trouble.findings.length + trouble.undecided.length > 0;
  let done = 0;
  while (done < rounds && !isTroubled()) {
    o.progress(done / rounds, `round ${done + 1} of at most ${rounds} against base`);
    trouble = await runRound(host, { ...o, series, round: done });
    done += 1;
    if (done === firstLook && !isTroubled() && !judge().includes('open')) break;
  }
  if (isTroubled()) return { ...trouble, measurements: [], rounds: done, series: {} };

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
