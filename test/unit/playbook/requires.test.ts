import { expect, it } from 'vitest';
import { satisfies } from '../../../src/playbook/requires.ts';

it.each<readonly [string, string, boolean | undefined]>([
  ['0.1.0', '>=0.1.0', true],
  ['0.1.0', '>0.1.0', false],
  ['0.1.0', '>=0.1 <0.2', true],
  ['1.4.2', '^1.2', true],
  ['2.0.0', '^1.2', false],
  ['0.2.0', '^0.1.3', false],
  ['0.1.9', '^0.1.3', true],
  ['0.0.4', '^0.0.3', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.9.0', '~1', true],
  ['1.2.3', '1.2.3', true],
  ['1.2.4', '1.2.3', false],
  ['1.2.4', '1.2', true],
  ['1.3.0', '1.x', true],
  ['2.0.0', '1', false],
  ['1.2.3', '=1.2.3', true],
  ['1.0.0', '', undefined],
  ['1.0.0', 'latest', undefined],
  ['1.0.0', '>=1.0 || >=2.0', undefined],
])('%s in the range `%s`: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected);
});
