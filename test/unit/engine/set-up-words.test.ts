import { expect, it } from 'vitest';
import { failureWords } from '../../../src/engine/set-up-make.ts';

it('what a set-up said is led by the error, not by the warnings before it, and complete', () => {
  const said =
    'npm warn tarball seems to be corrupted. Trying again.\nnpm error code ENOENT\nnpm error enoent no such file or directory\n';
  expect(failureWords(said)).toBe(`npm error enoent no such file or directory\n${said.trim()}`);
});
it.each([
  ['no error by name', 'no network\n', 'no network'],
  ['the error first', 'error: a\nerror: b', 'error: a\nerror: b'],
  ['a code alone, which tells little', 'npm error code E404', 'npm error code E404'],
  ['nothing', '\n', ''],
])('with %s it stays as it is', (_, said, expected) => {
  expect(failureWords(said)).toBe(expected);
});
it('keeps the last 2,000 characters', () => {
  expect(failureWords('a'.repeat(3000))).toHaveLength(2000);
});
