import { describe, expect, it } from 'vitest';
import { createInk } from '../../../src/report/ink.ts';
import { copied } from '../../../src/report/passages.ts';
import { formatDuration, formatLength, formatValue } from '../../../src/report/quantity.ts';
import { toolTarget } from '../../../src/report/step-words.ts';
import { wrapAt, wrapLine, wrapLines } from '../../../src/report/wrap.ts';
import fc from '../../rig/property.ts';

const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('a line that is wider than the terminal', () => {
  it('goes on below where its text began', () => {
    expect(wrapLine('  load           Puts load on a service and holds it against base.', 44)).toEqual([
      '  load           Puts load on a service and',
      '                 holds it against base.',
    ]);
    expect(wrapLine('      hint: Install it in setup, or give its path.', 34)).toEqual([
      '      hint: Install it in setup,',
      '        or give its path.',
    ]);
  });
  it('keeps every word and no line too wide, where no word is wider than the room', () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 30, max: 100 }),
        fc.nat(8),
        (list, columns, lead) => {
          const line = `${' '.repeat(lead)}${list.join(list.length % 2 === 0 ? ' ' : '  ')}`;
          const lines = wrapLine(line, columns);
          expect(words(lines.join(' '))).toBe(words(line));
          for (const one of lines) expect(one.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
  it('counts no colours, and stays whole where nobody looks at it or where it is copied', () => {
    const ink = createInk(true);
    const red = `  ${ink.red('FAIL')}  ${ink.bold('a word and another')}`;
    expect(wrapLine(red, 26)).toEqual([red]);
    const long = `  see the change   git diff ${'a'.repeat(40)}..${'b'.repeat(40)} -- src`;
    expect(wrapLines([long, `    ${ink.dim('| a line of a log that is rather long')}`], 30, copied)).toHaveLength(2);
    expect(wrapLine(long, undefined)).toEqual([long]);
    expect([
      wrapAt({ isTTY: false, columns: 80 }),
      wrapAt({ isTTY: true, columns: 0 }),
      wrapAt({ isTTY: true, columns: 80 }),
    ]).toEqual([...[undefined, undefined, 80]]);
  });
});

describe('amounts', () => {
  it.each([
    [500, '500 ms'],
    [1500, '1.5 s'],
    [20_000, '20 s'],
    [90_000, '1 min 30 s'],
    [600_000, '10 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
  ])('that somebody chose are said shortly: %d ms', (milliseconds, text) => {
    expect(formatLength(milliseconds)).toBe(text);
  });
  it('that were measured keep their places', () => {
    expect(formatDuration(600_000)).toBe('10 min 00 s');
    expect(formatValue(3 * 1024 ** 3, 'bytes')).toBe('3 GiB');
  });
});

it('a call of a tool is shown with what it was about', () => {
  expect(toolTarget({ AbsolutePath: 'src/a.ts', StartLine: 1 })).toBe(' src/a.ts');
  expect(toolTarget({ TargetFile: 'b.ts', TargetContent: 'x' })).toBe(' b.ts');
  expect(toolTarget({ CommandLine: 'npm\ntest' })).toBe(' npm test');
  expect(toolTarget({ other: 'x' })).toBe('');
});
