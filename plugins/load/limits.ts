// What one request's load means: findings, measurements, and what could not be decided.
import type { Finding, Measurement } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';
import type { Checked, ClientState, Loaded } from './order.ts';
import { percentilesOf } from './percentiles.ts';
import { judgePercentile, otherWork, percentileMeasurement, type TimeLimits } from './slow.ts';
import { throughputMeasurement, throughputOf } from './throughput.ts';
import { counted, limitMs, percent, perSecond } from './words.ts';

export interface Limits extends TimeLimits {
  /** Percent. */
  readonly errors: number;
  /** Right answers per second. */
  readonly throughput?: number;
  /** Milliseconds of CPU time of the service for one request. */
  readonly cpu?: number;
}
export interface Judged {
  readonly findings: readonly Finding<Code>[];
  readonly measurements: readonly Measurement[];
  /** Reasons, in words. */
  readonly undecided: readonly string[];
}

/** The client itself was what was slow: its times say too much of the service. */
function busyClient({ cpu }: ClientState): string | undefined {
  return cpu > 0.8 ? `the load generator itself used ${percent(cpu * 100)} of a core` : undefined;
}

export function wrongAnswer(title: string, o: { readonly checked: Checked; readonly when: 'before' | 'after' }): Finding<Code> {
  const { status, wrong, excerpt } = o.checked;
  return {
    code: 'load/wrong-answer',
    severity: 'error',
    subject: `${title} ${status === undefined ? 'no answer' : 'answer'} ${o.when}`,
    message:
      o.when === 'before'
        ? `${title} is answered wrongly before there is any load: ${wrong}.`
        : `${title} is answered wrongly after the load: ${wrong}.`,
    ...(excerpt === '' ? {} : { evidence: excerpt }),
    hint: 'Let it answer as `expect` says; with `auth` or `headers` where it asks for them.',
  };
}

export function judgeLoad(
  title: string,
  o: {
    readonly loaded: Loaded;
    readonly limits: Limits;
    readonly connections: number;
    /** How many times as slow as alone on the machine. */
    readonly slowdown: number;
    /** CPU time of the service for one request; undefined: not measured. */
    readonly cpuMs?: number;
  },
): Judged {
  const { loaded, limits, connections, slowdown, cpuMs } = o;
  const findings: Finding<Code>[] = [];
  const undecided: string[] = [];
  const errors = loaded.failed + loaded.unanswered;
  const errorRate = loaded.sent === 0 ? 0 : (100 * errors) / loaded.sent;
  const under = `under ${connections} connections`;

  if (errorRate > limits.errors) {
    findings.push({
      code: 'load/errors',
      severity: 'error',
      subject: title,
      message: `${title}: ${errors} of ${loaded.sent} requests ${under} failed (${percent(errorRate)}, ${percent(limits.errors)} allowed): ${counted(loaded.errors)}.`,
      hint: "Look at the service's log for these requests; connections and pools that run out show up only under load.",
    });
  }
  if (loaded.wrong > 0) {
    findings.push({
      code: 'load/wrong-answer',
      severity: 'error',
      subject: `${title} under load`,
      message: `${title}: ${loaded.wrong} of ${loaded.sent} requests ${under} were answered wrongly: ${counted(loaded.wrongs)}.`,
      hint: 'Without load the same request is answered rightly, so look for state that requests share.',
    });
  }

  const busy = busyClient(loaded.client);
  const percentiles = percentilesOf(loaded);
  for (const one of percentiles) {
    const judged = judgePercentile(title, { one, limits, loaded, under, busy, slowdown });
    if (judged.kind === 'slow') findings.push(judged.finding);
    else if (judged.kind === 'open') undecided.push(judged.why);
  }

  const throughput = throughputOf(loaded);
  if (limits.throughput !== undefined && !loaded.stoppedEarly && throughput.bounds.low < limits.throughput) {
    const what = `${title}: ${perSecond(throughput.value)}, at least ${perSecond(limits.throughput)} are asked for (${under})`;
    if (throughput.bounds.high >= limits.throughput) undecided.push(`${what}: too close to tell`);
    else if (throughput.bounds.high * slowdown >= limits.throughput) undecided.push(`${what}, but ${otherWork(slowdown)}`);
    else if (busy !== undefined) undecided.push(`${what}, but ${busy}`);
    else findings.push({ code: 'load/throughput', severity: 'error', subject: title, message: `${what}.` });
  }
  // Work is counted, not time: other load on the machine hardly changes it, so there is no interval and no doubt.
  if (limits.cpu !== undefined && cpuMs !== undefined && cpuMs > limits.cpu) {
    findings.push({
      code: 'load/cpu',
      severity: 'error',
      subject: title,
      message: `${title}: the service takes ${limitMs(cpuMs)} of CPU time for a request, the limit is ${limitMs(limits.cpu)} (${loaded.sent} requests ${under}).`,
      hint: 'Look for work that grows with the data, such as a query for each row, and for work that could be done once.',
    });
  }
  if (limits.cpu !== undefined && cpuMs === undefined && findings.length === 0)
    undecided.push(`${title}: the CPU time of a request was not measured`);
  if (loaded.stoppedEarly && findings.length === 0)
    undecided.push(`${title}: the load ended early after ${loaded.sent} requests`);

  return {
    findings,
    undecided,
    measurements: [
      { name: `${title}: requests`, value: loaded.sent, unit: 'count' },
      {
        name: `${title}: errors`,
        value: errorRate,
        unit: 'percent',
        limit: { at: limits.errors, direction: 'at-most' },
      },
      throughputMeasurement(title, { seen: throughput, limit: limits.throughput }),
      ...(cpuMs === undefined
        ? []
        : [
            {
              name: `${title}: CPU time of the service`,
              value: cpuMs,
              unit: 'milliseconds' as const,
              ...(limits.cpu === undefined ? {} : { limit: { at: limits.cpu, direction: 'at-most' as const } }),
            },
          ]),
      ...percentiles.map((one) => percentileMeasurement(title, { one, limits })),
      { name: `${title}: slowdown by other work on the machine`, value: slowdown, unit: 'ratio' },
      { name: `${title}: CPU of the load generator`, value: loaded.client.cpu * 100, unit: 'percent' },
      { name: `${title}: delay of the load generator, p99`, value: loaded.client.delayMs, unit: 'milliseconds' },
    ],
  };
}
