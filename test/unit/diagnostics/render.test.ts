import { describe, expect, it } from 'vitest';
import { yamlCodes } from '../../../src/diagnostics/codes-yaml.ts';
import { diagnose } from '../../../src/diagnostics/diagnose.ts';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import type { Place } from '../../../src/model/location.ts';

const place = (file: string, ...[line, column, endLine, endColumn]: readonly [number, number, number, number]): Place => ({
  file,
  range: { start: { line, column }, end: { line: endLine, column: endColumn } },
});
const problem = (message: string, at?: Place): Diagnostic => ({
  code: 'test/code',
  severity: 'error',
  message,
  ...(at === undefined ? {} : { place: at }),
});
const render = (list: readonly Diagnostic[], sources: Readonly<Record<string, string>> = {}, color = false): string =>
  renderDiagnostics(list, { sources: Object.entries(sources).map(([file, text]) => ({ file, text })), color });

describe('a diagnostic on the screen', () => {
  const text = 'bexpert: 1\nphases:\n  verify: [tset, coverage]\n  action: []\n';

  it('has place, severity, message, code, the line with carets, and the way out', () => {
    const shown = render(
      [
        {
          code: 'playbook/unknown-plugin',
          severity: 'error',
          message: 'There is no plugin `tset`.',
          hint: 'Did you mean `tests`?\nbexpert plugins lists them.',
          place: place('p.yml', 3, 12, 3, 16),
          related: [{ place: place('bexpert.yml', 1, 1, 1, 5), message: 'It is used here too.' }],
        },
      ],
      { 'p.yml': text, 'bexpert.yml': 'tset: 1\nx: 2\n' },
    );
    expect(shown).toBe(
      [
        'p.yml:3:12 error There is no plugin `tset`. [playbook/unknown-plugin]',
        '    2 | phases:',
        '  > 3 |   verify: [tset, coverage]',
        '      |            ^^^^',
        '    4 |   action: []',
        '  bexpert.yml:1:1 It is used here too.',
        '  > 1 | tset: 1',
        '      | ^^^^',
        '  hint: Did you mean `tests`?',
        '        bexpert plugins lists them.',
        '',
      ].join('\n'),
    );
  });
  it('is one line where there is no place or no source', () => {
    expect(render([problem('No playbook.')])).toBe('error No playbook. [test/code]\n');
    expect(render([problem('Gone.', place('x.yml', 2, 3, 2, 4))])).toBe('x.yml:2:3 error Gone. [test/code]\n');
  });
  it('stands in the order of the file, with what has no place first', () => {
    const list = [
      problem('third', place('b.yml', 3, 1, 3, 2)),
      problem('last', place('a.yml', 1, 1, 1, 2)),
      problem('second', place('b.yml', 1, 9, 1, 10)),
      problem('first'),
      problem('second too', place('b.yml', 1, 9, 1, 10)),
    ];
    expect(render(list).match(/error (.+) \[/g)).toEqual(
      ['first', 'second', 'second too', 'third', 'last'].map((name) => `error ${name} [`),
    );
  });
  it('has colour only when asked for', () => {
    const list = [problem('Wrong.', place('p.yml', 1, 1, 1, 8)), { ...problem('Odd.'), severity: 'warning' as const }];
    expect(render(list, { 'p.yml': text })).not.toContain('\u001b');
    expect(render(list, { 'p.yml': text }, true)).toContain('\u001b[31m^^^^^^^\u001b[39m');
    expect(render(list, { 'p.yml': text }, true)).toContain('\u001b[33m\u001b[1mwarning');
  });
});

describe('the carets', () => {
  const lines = (source: string, ...at: readonly [number, number, number, number]): readonly string[] =>
    render([problem('x', place('p', ...at))], { p: source })
      .split('\n')
      .slice(1, -1);

  it('stand below what is meant behind tabs', () => {
    expect(lines('a:\tb\tc', 1, 6, 1, 7)).toEqual(['  > 1 | a:  b   c', '      |         ^']);
  });
  it('stand below what is meant behind wide characters and clusters', () => {
    expect(lines("a: '日本' x", 1, 9, 1, 10)).toEqual(["  > 1 | a: '日本' x", '      |           ^']);
    expect(lines('é👩‍👩‍👧 x', 1, 11, 1, 12)).toEqual(['  > 1 | é👩‍👩‍👧 x', '      |     ^']);
    expect(lines('日本', 1, 1, 1, 2)).toEqual(['  > 1 | 日本', '      | ^^']);
  });
  it('are one at least, also behind the end of a line', () => {
    expect(lines('a:', 1, 3, 1, 3)).toEqual(['  > 1 | a:', '      |   ^']);
    expect(lines('a: 1\n', 2, 1, 2, 1)).toEqual(['    1 | a: 1', '  > 2 |', '      | ^']);
  });
  it('stand below each line of a range, without the middle of a long one', () => {
    const source = 'a:\n  b: 1\n  c: 2\nd: 3\n';
    expect(lines(source, 2, 3, 3, 7)).toEqual([
      '    1 | a:',
      '  > 2 |   b: 1',
      '      |   ^^^^',
      '  > 3 |   c: 2',
      '      |   ^^^^',
      '    4 | d: 3',
    ]);
    expect(lines(source, 2, 3, 4, 1)).toEqual(lines(source, 2, 3, 3, 7));
    const long = Array.from({ length: 12 }, (_, index) => `k${index}: v`).join('\n');
    expect(lines(long, 2, 1, 11, 6)).toEqual([
      '     1 | k0: v',
      '  >  2 | k1: v',
      '       | ^^^^^',
      '  >  3 | k2: v',
      '       | ^^^^^',
      '       | ... 7 lines',
      '  > 11 | k10: v',
      '       | ^^^^^',
      '    12 | k11: v',
    ]);
  });
  it('are seen in a line of any length', () => {
    const source = `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`;
    const [line = '', carets = ''] = lines(source, 1, 5001, 1, 5005);
    expect(line.length).toBeLessThanOrEqual(108);
    expect(line).toMatch(/^ {2}> 1 \| …a+HEREb+…$/);
    expect(carets.indexOf('^')).toBe(line.indexOf('HERE'));
    expect(carets).toMatch(/^ {6}\| +\^{4}$/);
    expect(lines(source, 1, 1, 1, 3)[0]).toMatch(/^ {2}> 1 \| a+…$/);
    expect(lines(source, 1, 10005, 1, 10005)[0]).toMatch(/^ {2}> 1 \| …b+$/);
  });
  it('do not mind carriage returns', () => {
    expect(lines('a: 1\r\nb: 2\r\n', 2, 1, 2, 2)).toEqual(['    1 | a: 1', '  > 2 | b: 2', '      | ^']);
  });
});

describe('text of somebody else', () => {
  it('cannot move the cursor, colour a line, or turn the direction of reading', () => {
    const shown = render([problem('evil \u001b[2Jname\u202e', place('p\u001b]0;x\u0007', 1, 1, 1, 3))], {
      'p\u001b]0;x\u0007': 'a\u001b[31m: \u202eb\u0085\u0000',
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(shown).toContain('a␛[31m: �b�␀');
    expect(shown).toContain('evil ␛[2Jname�');
  });
  it('stays on its line in a message', () => {
    expect(render([problem('one\ntwo')])).toBe('error one two [test/code]\n');
  });
});

describe('a code', () => {
  it('makes a diagnostic of facts, with the severity of its table', () => {
    expect(diagnose(yamlCodes, 'yaml/boolean-word', { word: 'on', other: true })).toEqual({
      code: 'yaml/boolean-word',
      severity: 'warning',
      message: '`on` is text here; other tools read it as true.',
      hint: 'Write "on" for the text, or true for the boolean.',
    });
    expect(diagnose(yamlCodes, 'yaml/boolean-word', { word: 'on', other: true }, { severity: 'error' }).severity).toBe('error');
    expect(diagnose({ 'a/b': { means: 'x', message: () => 'm', hint: () => '' } }, 'a/b', {})).toEqual({
      code: 'a/b',
      severity: 'error',
      message: 'm',
    });
  });
});
