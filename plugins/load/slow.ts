import type { Finding, Measurement } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';
import type { Loaded } from './order.ts';
import type { Percentile } from './percentiles.ts';
import { limitMs, milliseconds } from './words.ts';

export interface TimeLimits {
  /** Milliseconds. */
  readonly p95?: number;
  readonly p99?: number;
}
type Judged =
  | { readonly kind: 'fine' }
  | { readonly kind: 'open'; readonly why: string }
  | { readonly kind: 'slow'; readonly finding: Finding<Code> };

const limitOf = ({ name }: Percentile, limits: TimeLimits): number | undefined =>
  name === 'p95' ? limits.p95 : name === 'p99' ? limits.p99 : undefined;

/** One percentile against its limit. */
export function judgePercentile(
  title: string,
  o: {
    readonly one: Percentile;
    readonly limits: TimeLimits;
    readonly loaded: Loaded;
    readonly under: string;
    readonly busy: string | undefined;
    readonly slowdown: number;
  },
): Judged {
  const { one, loaded, busy, slowdown } = o;
  const limit = limitOf(one, o.limits);
  if (limit === undefined || loaded.stoppedEarly) return { kind: 'fine' };
  const what = `${title}: ${one.name} is ${milliseconds(one.value)}${boundsOf(one)}, the limit is ${limitMs(limit)} (${loaded.sent} requests ${o.under})`;
  if (one.high !== undefined && one.high <= limit * 1000) return { kind: 'fine' };
  if (one.low === undefined || one.low <= limit * 1000) {
    return { kind: 'open', why: `${what}: too close to tell${one.high === undefined ? ', with too few requests' : ''}` };
  }
  const { delayMs } = loaded.client;
  // Time that the client itself was held up is in every time that it measured.
  if (one.low - delayMs * 1000 <= limit * 1000) {
    return { kind: 'open', why: `${what}, and the load generator itself was held up for ${limitMs(delayMs)} (99th percentile)` };
  }
  if (one.low / slowdown <= limit * 1000) return { kind: 'open', why: `${what}, but ${otherWork(slowdown)}` };
  if (busy !== undefined) return { kind: 'open', why: `${what}, but ${busy}` };
  return {
    kind: 'slow',
    finding: {
      code: 'load/slow',
      severity: 'error',
      subject: `${title} ${one.name}`,
      message: `${what}.`,
      hint: 'Look for work that grows with the data, such as a query for each row, and for work that could be done once.',
    },
  };
}

/** In words: the machine has other things to do. */
export const otherWork = (slowdown: number): string =>
  `other work on this machine made everything ${slowdown.toFixed(1)} times as slow as it could be`;

const boundsOf = ({ low, high }: Percentile): string =>
  low === undefined || high === undefined ? '' : ` (98 % interval ${milliseconds(low)} to ${milliseconds(high)})`;

export function percentileMeasurement(title: string, o: { readonly one: Percentile; readonly limits: TimeLimits }): Measurement {
  const { one } = o;
  const limit = limitOf(one, o.limits);
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
