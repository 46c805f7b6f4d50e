import picomatch from 'picomatch';
import type { Access } from '../workspace/contract.ts';

/** Access rules of a scene: everything is free but what matches. */
export function allowAllBut(globs: readonly string[]): Access {
  const matches = globs.length === 0 ? () => false : picomatch([...globs], { dot: true });
  return {
    decide: (file) =>
      matches(file) || file.startsWith('../')
        ? { class: 'protected', rule: 'protected by the scene' }
        : { class: 'free', rule: 'free' },
    mayRead: () => true,
    judge: ({ path: file }) => (matches(file) ? { allowed: false, rule: 'protected by the scene' } : { allowed: true }),
    describe: () => (globs.length === 0 ? 'Everything may be edited.' : `Protected: ${globs.join(', ')}.`),
  };
}
