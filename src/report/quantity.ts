import type { Measurement } from '../plugin-api.ts';

/** An amount that somebody chose, in words: "10 min", "1 h 30 min", "1.5 s", "500 ms". */
export function formatLength(milliseconds: number): string {
  if (milliseconds < 1000) return `${digits(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${digits(milliseconds / 1000)} s`;
  return formatDuration(milliseconds)
    .replace(/ 00 s$/, '')
    .replace(/ 00 min$/, '');
}

/** Milliseconds in words: "0.2 s", "4.1 s", "2 min 03 s", "1 h 02 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Digits in groups of three. `toLocaleString` would load the locale data first: 12 ms of a start. */
function grouped(value: number, fraction = 0): string {
  const [whole = '', rest] = value.toFixed(fraction).split('.');
  const shown = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const kept = rest?.replace(/0+$/, '') ?? '';
  return kept === '' ? shown : `${shown}.${kept}`;
}

/** "1 finding", "2 findings", "1,200 requests": the last word of `unit`, given in either number, is made to agree. */
export function count(amount: number, unit: string): string {
  const number = grouped(amount);
  const single = unit
    .replace(/ies$/, 'y')
    .replace(/(x|sh|ch|ss)es$/, '$1')
    .replace(/([^su])s$/, '$1');
  if (amount === 1) return `${number} ${single}`;
  return `${number} ${single.replace(/([^aeiou])y$/, '$1ie').replace(/(x|sh|ch|ss)$/, '$1e')}s`;
}

const digits = (value: number): string =>
  Number.isInteger(value) ? grouped(value) : grouped(value, Math.abs(value) < 1 ? 3 : Math.abs(value) < 100 ? 2 : 1);

/** A number with its unit as people write it: "71.2 %", "3.4 ms", "1.5 MiB". */
export function formatValue(value: number, unit: Measurement['unit']): string {
  switch (unit) {
    case 'count':
    case 'ratio':
      return digits(value);
    case 'percent':
      return `${digits(value)} %`;
    case 'milliseconds':
      return `${digits(value)} ms`;
    case 'microseconds':
      return `${digits(value)} µs`;
    case 'bytes':
      return value < 1024
        ? `${digits(value)} B`
        : value < 1024 ** 2
          ? `${digits(value / 1024)} KiB`
          : value < 1024 ** 3
            ? `${digits(value / 1024 ** 2)} MiB`
            : `${digits(value / 1024 ** 3)} GiB`;
    case 'per-second':
      return `${digits(value)}/s`;
    case 'usd':
      return `$${value.toFixed(value < 1 ? 4 : 2)}`;
    case 'tokens':
      return `${digits(value)} tokens`;
  }
}

export function formatLimit(measurement: Measurement): string {
  const { limit, unit } = measurement;
  if (limit === undefined) return '';
  return `${limit.direction === 'at-least' ? '≥' : '≤'} ${formatValue(limit.at, unit)}`;
}
