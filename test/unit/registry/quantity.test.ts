import { describe, expect, it } from 'vitest';
import { parseQuantity, type QuantityFormat, quantityPatterns } from '../../../src/registry/quantity.ts';
import fc from '../../rig/property.ts';

describe.each<readonly [QuantityFormat, string, number | undefined]>([
  ['duration', '500ms', 500],
  ['duration', '30s', 30_000],
  ['duration', '1.5m', 90_000],
  ['duration', '1h30m', 5_400_000],
  ['duration', '1h 30m', 5_400_000],
  ['duration', '2d', 172_800_000],
  ['duration', '30', undefined],
  ['duration', '10 minutes', undefined],
  ['duration', '-5s', undefined],
  ['duration', '', undefined],
  ['size', '64KiB', 65_536],
  ['size', '1.5MB', 1_500_000],
  ['size', '12', undefined],
  ['size', '3 bytes', undefined],
  ['percent', '10%', 10],
  ['percent', '99.9 %', 99.9],
  ['percent', '10', undefined],
  ['count', '2M', 2_000_000],
  ['count', '500k', 500_000],
  ['count', '1200', 1200],
  ['count', '2 million', undefined],
  ['count', 'constructor', undefined],
])('the %s `%s`', (format, text, value) => {
  it(value === undefined ? 'is none' : `is ${value}`, () => {
    expect(parseQuantity(format, text)).toBe(value);
  });
  it('looks the same to an editor', () => {
    expect(new RegExp(quantityPatterns[format]).test(text)).toBe(value !== undefined);
  });
});

it('is never read where an editor would not allow it', () => {
  const unit = fc.constantFrom('', 'ms', 's', 'm', 'h', 'd', 'B', 'KiB', '%', 'M', 'x', ' ', '.');
  const text = fc
    .array(fc.tuple(fc.oneof(fc.nat(999).map(String), fc.constant('1.5')), unit), { maxLength: 3 })
    .map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(text, fc.constantFrom<QuantityFormat>('duration', 'size', 'percent', 'count'), (given, format) => {
      const value = parseQuantity(format, given);
      if (value !== undefined) expect(new RegExp(quantityPatterns[format]).test(given)).toBe(true);
    }),
  );
});
