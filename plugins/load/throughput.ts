import type { Measurement } from '../../src/plugin-api.ts';
import type { Loaded } from './order.ts';
import { type Bounds, meanBounds } from './statistics.ts';

export interface Throughput {
  /** Right answers per second. */
  readonly value: number;
  /** With 99 % confidence each, from stretches with as many answers each. */
  readonly bounds: Bounds;
  readonly fromStretches: boolean;
}

/** Where stretches say nothing, the rate is taken to be known within this factor. */
const roughly = 2;

export function throughputOf({ right, elapsedMs, stretches, perStretch }: Loaded): Throughput {
  const value = (1000 * right) / elapsedMs;
  const time = stretches.length < 2 ? undefined : meanBounds(stretches);
  if (time === undefined || time.low <= 0) {
    return { value, bounds: { low: value / roughly, high: value * roughly }, fromStretches: false };
  }
  return {
    value,
    bounds: { low: (1000 * perStretch) / time.high, high: (1000 * perStretch) / time.low },
    fromStretches: true,
  };
}

export function throughputMeasurement(
  title: string,
  o: { readonly seen: Throughput; readonly limit: number | undefined },
): Measurement {
  const { value, bounds, fromStretches } = o.seen;
  return {
    name: `${title}: throughput`,
    value,
    unit: 'per-second',
    ...(o.limit === undefined ? {} : { limit: { at: o.limit, direction: 'at-least' } }),
    ...(fromStretches ? { interval: { ...bounds, level: 0.98 } } : {}),
  };
}
