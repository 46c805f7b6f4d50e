import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/diagnostics/nearest.ts';
import fc from '../../rig/property.ts';

const known = ['tests', 'coverage', 'contract', 'load', 'log-scan', 'migration', 'on-failure', 'retry-from'];

describe('the nearest name', () => {
  it.each([
    ['test', 'tests'],
    ['tset', 'tests'],
    ['tetss', 'tests'],
    ['covrage', 'coverage'],
    ['Coverage', 'coverage'],
    ['onFailure', 'on-failure'],
    ['on_failure', 'on-failure'],
    ['retryFrom', 'retry-from'],
    ['logscan', 'log-scan'],
    ['migratoin', 'migration'],
    ['laod', 'load'],
    ['lod', 'load'],
    ['xyz', undefined],
    ['', undefined],
    ['deployment', undefined],
  ])('to %s is %s', (typed, expected) => {
    expect(nearest(typed, known)).toBe(expected);
  });
  it('is the first of those that are equally near', () => {
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
    expect(nearest('hats', ['cat', 'hat'])).toBe('hat');
  });
  it('is never further away than two fifths of the letters, and always the name itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 6 }), fc.nat(5), (names, index) => {
        const name = names[index % Math.max(1, names.length)];
        if (name !== undefined)
          expect(nearest(name, names)?.toLowerCase().replaceAll('_', '-')).toBe(name.toLowerCase().replaceAll('_', '-'));
      }),
    );
    expect(nearest('abcdefghi', ['abcdefxyz'])).toBe('abcdefxyz');
    expect(nearest('abcdefghi', ['abcdewxyz'])).toBeUndefined();
  });
});
