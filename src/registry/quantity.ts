// Amounts as people write them: "30s", "64KiB", "10%", "2M".

export type QuantityFormat = 'duration' | 'size' | 'percent' | 'count';

const durations: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const counts: Readonly<Record<string, number>> = { '': 1, k: 1000, K: 1000, M: 1_000_000, G: 1_000_000_000 };

function single(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z%]*)$/.exec(text);
  const factor = match?.[2] === undefined || !Object.hasOwn(units, match[2]) ? undefined : units[match[2]];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

function duration(text: string): number | undefined {
  const parts = text.match(/\d+(?:\.\d+)? ?(?:ms|s|m|h|d)(?![a-z])\s*/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text) return undefined;
  return parts.reduce<number | undefined>((sum, part) => {
    const value = single(part.trim(), durations);
    return sum === undefined || value === undefined ? undefined : sum + value;
  }, 0);
}

/** Milliseconds, bytes, percent (0 to 100 and more) or a count; undefined when the text is no such amount. */
export function parseQuantity(format: QuantityFormat, text: string): number | undefined {
  switch (format) {
    case 'duration':
      return duration(text);
    case 'size':
      return single(text, sizes);
    case 'percent':
      return single(text, { '%': 1 });
    case 'count':
      return single(text, counts);
  }
}

/** How one is written, for messages. */
export const quantityForms: Readonly<Record<QuantityFormat, string>> = {
  duration: 'a duration such as `500ms`, `30s`, `10m` or `1h30m`',
  size: 'a size such as `512kB`, `64KiB` or `2GiB`',
  percent: 'a percentage such as `10%` or `99.9%`',
  count: 'a number such as `50000`, `500k` or `2M`',
};

/** The same as regular expressions, for schemas that editors read. */
export const quantityPatterns: Readonly<Record<QuantityFormat, string>> = {
  duration: '^(\\d+(\\.\\d+)? ?(ms|s|m|h|d) ?)+$',
  size: '^\\d+(\\.\\d+)? ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$',
  percent: '^\\d+(\\.\\d+)? ?%$',
  count: '^\\d+(\\.\\d+)? ?[kKMG]?$',
};
