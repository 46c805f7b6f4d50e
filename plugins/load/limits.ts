// What one request's load means: findings, measurements, and what could not be decided.
import type { Finding, Measurement } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';
import type { Checked, ClientState, Loaded } from './order.ts';
import { type Percentile, percentilesOf } from './percentiles.ts';
import { meanBounds } from './statistics.ts';
import { counted, limitMs, milliseconds, percent, perSecond } from './words.ts';

export interface Limits {
  readonly p95?: number;
  readonly p99?: number;
  /** Percent. */
  readonly errors: number;
  readonly throughput?: number;
}
export interface Judged {
  readonly findings: readonly Finding<Code>[];
  readonly measurements: readonly Measurement[];
  /** Reasons, in words. */
  readonly undecided: readonly string[];
}

/** The client itself was what was slow: its times say too much of the service. */
export function busyClient({ cpu, delayMs }: ClientState): string | undefined {
  if (cpu > 0.8) return `the load generator itself used ${percent(cpu * 100)} of a core`;
  if (delayMs > 5) return `the load generator itself was held up for ${limitMs(delayMs)} (99th percentile)`;
  return undefined;
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
  o: { readonly loaded: Loaded; readonly limits: Limits; readonly connections: number },
): Judged {
  const { loaded, limits, connections } = o;
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
    const limit = one.name === 'p95' ? limits.p95 : one.name === 'p99' ? limits.p99 : undefined;
    if (limit === undefined || loaded.stoppedEarly) continue;
    const what = `${title}: ${one.name} is ${milliseconds(one.value)}${boundsOf(one)}, the limit is ${limitMs(limit)} (${loaded.sent} requests ${under})`;
    if (one.high !== undefined && one.high <= limit * 1000) continue;
    if (one.low === undefined || one.low <= limit * 1000)
      undecided.push(`${what}: too close to tell${one.high === undefined ? ', with too few requests' : ''}`);
    else if (busy !== undefined) undecided.push(`${what}, but ${busy}`);
    else {
      findings.push({
        code: 'load/slow',
        severity: 'error',
        subject: `${title} ${one.name}`,
        message: `${what}.`,
        hint: 'Look for work that grows with the data, such as a query for each row, and for work that could be done once.',
      });
    }
  }

  const throughput = (1000 * loaded.right) / loaded.elapsedMs;
  if (limits.throughput !== undefined && !loaded.stoppedEarly) {
    const what = `${title}: ${perSecond(throughput)}, at least ${perSecond(limits.throughput)} are asked for (${under})`;
    // Time per stretch bounds the rate from both sides.
    const time = loaded.stretches.length < 2 ? undefined : meanBounds(loaded.stretches);
    const certain = time !== undefined && loaded.perStretch / (Math.max(time.low, 0) / 1000) < limits.throughput;
    const fine = time !== undefined && loaded.perStretch / (time.high / 1000) >= limits.throughput;
    if (fine) void 0;
    else if (certain && busy === undefined) {
      findings.push({ code: 'load/throughput', severity: 'error', subject: title, message: `${what}.` });
    } else undecided.push(certain ? `${what}, but ${busy}` : `${what}: too close to tell`);
  }

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
      {
        name: `${title}: throughput`,
        value: throughput,
        unit: 'per-second',
        ...(limits.throughput === undefined ? {} : { limit: { at: limits.throughput, direction: 'at-least' } }),
        ...throughputInterval(loaded),
      },
      ...percentiles.map((one) => percentileMeasurement(title, { one, limits })),
      { name: `${title}: client CPU`, value: loaded.client.cpu * 100, unit: 'percent' },
    ],
  };
}

const boundsOf = ({ low, high }: Percentile): string =>
  low === undefined || high === undefined ? '' : ` (98 % interval ${milliseconds(low)} to ${milliseconds(high)})`;

function throughputInterval({ stretches, perStretch }: Loaded): Pick<Measurement, 'interval'> {
  if (stretches.length < 2) return {};
  const { low, high } = meanBounds(stretches);
  if (low <= 0) return {};
  return { interval: { low: (1000 * perStretch) / high, high: (1000 * perStretch) / low, level: 0.98 } };
}

function percentileMeasurement(title: string, o: { readonly one: Percentile; readonly limits: Limits }): Measurement {
  const { one, limits } = o;
  const limit = one.name === 'p95' ? limits.p95 : one.name === 'p99' ? limits.p99 : undefined;
  return {
    name: `${title}: ${one.name}`,
    value: one.value / 1000,
    unit: 'milliseconds',
    ...(limit === undefined ? {} : { limit: { at: limit, direction: 'at-most' } }),
    ...(one.low === undefined || one.high === undefined
      ? {}
      : { interval: { low: one.low / 1000, high: one.high / 1000, level: 0.98 } }),
  };
}
