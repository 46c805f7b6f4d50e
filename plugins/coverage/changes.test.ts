import { describe, expect, it } from 'vitest';
import fc from '../../test/rig/property.ts';
import { countFile, ranges } from './counts.ts';
import { newIgnores } from './ignores.ts';
import { addedLines } from './line-diff.ts';

/** Length of the longest common subsequence, the slow and simple way. */
function common(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const row = rows[i];
      if (row !== undefined) row[j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    }
  }
  return at(a.length, b.length);
}

describe('added lines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
  it('are as few as any edit script needs, and what is left lies in the old text in order', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const added = addedLines(before.join('\n'), after.join('\n'));
        const kept = after.filter((_, index) => !added.has(index + 1));
        expect(kept).toHaveLength(common(before, after));
        let from = 0;
        for (const line of kept) {
          const at = before.indexOf(line, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
      { numRuns: 500 },
    );
  });
  it('are all lines of a text that has nothing in common with the old one', () => {
    const text = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}`).join('\n');
    expect(addedLines(text('old'), text('new')).size).toBe(3000);
  });
});

describe('ignore comments', () => {
  const look = (before: string, after: string) => newIgnores(before, after, addedLines(before, after));
  it('of base go on working where the code below did not change', () => {
    const before = '/* c8 ignore next */\nif (a) {\n  b();\n}\nc();';
    expect(look(before, `${before}\nd();`)).toEqual({ exposed: [], added: [] });
  });
  it('have no effect when they are new, in every spelling', () => {
    const after = [
      '/* v8 ignore next */',
      '// c8 ignore file',
      '/* istanbul ignore if -- @preserve */',
      '/* node:coverage ignore next */',
    ];
    expect(look('a();', [...after, 'a();'].join('\n')).added).toEqual([1, 2, 3, 4]);
  });
  it('have no effect when the statement that they hide grows', () => {
    const before = '/* c8 ignore next */\nfunction a() {\n  one();\n}\nrest();';
    expect(look(before, before.replace('  one();', '  one();\n  two();'))).toEqual({ exposed: [1], added: [] });
    expect(look(before, before.replace('rest();', 'rest();\nmore();'))).toEqual({ exposed: [], added: [] });
  });
  it('have no effect when code is put between start and stop, or the stop is taken away', () => {
    const before = '/* v8 ignore start */\none();\n/* v8 ignore stop */\ntwo();';
    expect(look(before, before.replace('one();', 'one();\nnew1();'))).toEqual({ exposed: [1, 4], added: [] });
    expect(look(before, before.replace('/* v8 ignore stop */\n', ''))).toEqual({ exposed: [1], added: [1] });
  });
});

describe('a line with two statements', () => {
  it('is a covered line, and no covered changed line, when only one of them ran', () => {
    const range = { line: 1, column: 0, endLine: 1 };
    const counts = countFile('a.js', 'if (a) b(); c();', {
      statements: [
        { ...range, hits: 1 },
        { ...range, hits: 0 },
      ],
      functions: [],
      branches: [],
    });
    expect(counts.lines).toEqual({ covered: 1, total: 1 });
    expect([...counts.code]).toEqual([[1, false]]);
  });
});

it('ranges of lines read well', () => {
  expect(ranges([1, 2, 3, 7, 9, 10])).toBe('1–3, 7, 9–10');
});
