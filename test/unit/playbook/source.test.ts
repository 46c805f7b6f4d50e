import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import { Source } from '../../../src/playbook/source.ts';
import fc from '../../rig/property.ts';

/** `code line:column-line:column` of every problem. */
function problems(text: string): readonly string[] {
  return new Source('p.yml', text).problems.map(({ code, place }) => {
    const { start, end } = place?.range ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };
    return `${code} ${start.line}:${start.column}-${end.line}:${end.column}`;
  });
}
const messages = (text: string): readonly string[] => new Source('p.yml', text).problems.map(({ message }) => message);
const hints = (text: string): readonly (string | undefined)[] => new Source('p.yml', text).problems.map(({ hint }) => hint);

describe('a file', () => {
  it('has a value, a digest of its bytes, and no problems', () => {
    const source = new Source('p.yml', 'a: [1, two]\nb: {c: null}\n');
    expect(source.problems).toEqual([]);
    expect(source.value).toEqual({ a: [1, 'two'], b: { c: null } });
    expect(source.digest).toBe(
      '5dc3a42d1c6e21ff6c0daf3b8f09db1a2ca0c52b4f4a0a4f2b4d0b6d2f8f0a1e'.length === 64 ? source.digest : '',
    );
    expect(source.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(Source.fromBytes('p.yml', Buffer.from(source.text)).digest).toBe(source.digest);
    expect(new Source('p.yml', 'a: [1, three]\n').digest).not.toBe(source.digest);
  });
  it('may begin with a byte order mark, which counts for no column and for the digest', () => {
    const source = new Source('p.yml', '\uFEFFa: 1\n');
    expect(source.value).toEqual({ a: 1 });
    expect(source.locate(['a'])).toEqual({ start: { line: 1, column: 4 }, end: { line: 1, column: 5 } });
    expect(source.digest).not.toBe(new Source('p.yml', 'a: 1\n').digest);
    expect(Source.fromBytes('p.yml', Buffer.from('\uFEFFa: 1\n')).digest).toBe(source.digest);
  });
  it('may end its lines with carriage return and line feed', () => {
    const source = new Source('p.yml', 'a: |\r\n  one\r\n  two\r\nb: 2\r\n');
    expect(source.value).toEqual({ a: 'one\ntwo\n', b: 2 });
    expect(source.locateOffset(['a'], 4)).toEqual({ line: 3, column: 3 });
    expect(source.locate(['b'], 'key')).toEqual({ start: { line: 4, column: 1 }, end: { line: 4, column: 2 } });
  });
  it('keeps aliases, as GitHub Actions does', () => {
    const source = new Source('p.yml', 'a: &x {b: 1}\nc: *x\n');
    expect(source.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(source.locate(['c', 'b'])).toEqual({ start: { line: 1, column: 11 }, end: { line: 1, column: 12 } });
  });
});

describe('a place', () => {
  const text = 'phases:\n  verify:\n    - tests\n    - uses: coverage\n      with:\n        lines: 20.10\n';
  const source = new Source('p.yml', text);
  it('is the one of a value, of a key, of a list item', () => {
    expect(source.locate(['phases', 'verify', 0])).toEqual({ start: { line: 3, column: 7 }, end: { line: 3, column: 12 } });
    expect(source.locate(['phases', 'verify', 1, 'uses'])).toEqual({
      start: { line: 4, column: 13 },
      end: { line: 4, column: 21 },
    });
    expect(source.locate(['phases', 'verify'], 'key')).toEqual({ start: { line: 2, column: 3 }, end: { line: 2, column: 9 } });
  });
  it('of a map ends with its last value, not with the line break behind', () => {
    expect(source.locate(['phases', 'verify', 1, 'with'])).toEqual({
      start: { line: 6, column: 9 },
      end: { line: 6, column: 21 },
    });
  });
  it('of something that is not there is the key of the nearest parent', () => {
    expect(source.place(['phases', 'verify', 1, 'with', 'branches'])).toEqual({
      file: 'p.yml',
      range: { start: { line: 5, column: 7 }, end: { line: 5, column: 11 } },
    });
    expect(source.locate(['nothing', 3]).start).toEqual({ line: 1, column: 1 });
  });
  it('gives the text of a number as it is written', () => {
    expect(source.sourceText(['phases', 'verify', 1, 'with', 'lines'])).toBe('20.10');
    expect(source.sourceText(['phases', 'verify'])).toBeUndefined();
    expect(source.sourceText(['phases', 'action'])).toBeUndefined();
  });
  it('of characters of a value ends with the last of them', () => {
    const folded = new Source('p.yml', 'a: >\n  one ${{ inputs.goal }}\n  two\nb: "x\\u0041 y"\n');
    expect(folded.placeOffset(['a'], 8, 19).range).toEqual({ start: { line: 2, column: 11 }, end: { line: 2, column: 22 } });
    expect(folded.placeOffset(['b'], 1, 2).range).toEqual({ start: { line: 4, column: 6 }, end: { line: 4, column: 12 } });
    expect(folded.placeOffset(['b'], 4, 4).range).toEqual({ start: { line: 4, column: 14 }, end: { line: 4, column: 14 } });
  });
});

describe('limits', () => {
  it('refuse a file over one MiB without reading it', () => {
    expect(problems(`a: ${'x'.repeat(1024 * 1024)}\n`)).toEqual(['yaml/too-large 1:1-1:1']);
    expect(messages(`a: ${'x'.repeat(1024 * 1024)}\n`)[0]).toContain('The file has 1048580 bytes; 1048576 bytes are the limit');
    expect(problems(`a: ${'x'.repeat(1024 * 1024 - 4)}\n`)).toEqual([]);
  });
  it('refuse a file of a million words', () => {
    expect(problems('# a\n'.repeat(200_000))).toEqual([expect.stringMatching(/^yaml\/too-large /)]);
  });
  it.each([
    ['flow lists', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['flow maps', (depth: number) => `${'{a: '.repeat(depth)}${'}'.repeat(depth)}`],
    ['block lists', (depth: number) => `${'- '.repeat(depth)}x`],
    ['block maps', (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
  ])('take %s of 50 levels and no more', (_, write) => {
    expect(problems(write(50))).toEqual([]);
    expect(problems(write(51))).toEqual([expect.stringMatching(/^yaml\/too-deep /)]);
    expect(problems(write(1000))).toEqual([expect.stringMatching(/^yaml\/too-deep /)]);
  });
  it('refuse aliases that repeat aliases until memory ends, and what contains itself', () => {
    const names = [...'abcdefghi'];
    const bomb = names.map((name, at) => `${name}: &${name} [${at === 0 ? 'x, '.repeat(9) : `*${names[at - 1]}, `.repeat(9)}]\n`);
    expect(problems(bomb.join(''))).toEqual([expect.stringMatching(/^yaml\/alias-bomb /)]);
    expect(problems('a: &x [*x]\n')).toEqual(['yaml/alias-bomb 1:8-1:10']);
    expect(messages('a: &x [*x]\n')[0]).toContain('would have no end');
    expect(problems(bomb.slice(0, 4).join(''))).toEqual([]);
  });
  it('name the byte that is no UTF-8', () => {
    const source = Source.fromBytes('p.yml', Buffer.concat([Buffer.from('a: é\nb: '), Buffer.from([0xe9]), Buffer.from('\n')]));
    expect(source.value).toBeUndefined();
    expect(source.problems.map(({ code, message, place }) => [code, message, place?.range.start])).toEqual([
      ['yaml/not-utf-8', 'The file is not UTF-8: byte 0xe9 at offset 9 belongs to no character.', { line: 2, column: 4 }],
    ]);
    expect(Source.fromBytes('p.yml', Buffer.from('a: \ufffd\n')).problems).toEqual([]);
  });
  it.each([
    ['a list of nothing but braces', '{'.repeat(300_000)],
    ['half a million wrong escapes', `a: "${'\\q'.repeat(500_000)}"`],
    ['thirty thousand directives', '%FOO 1\n'.repeat(30_000)],
    ['thirty thousand tags', '- !a/b\n'.repeat(30_000)],
    ['thirty thousand repetitions of one key', 'a: 1\n'.repeat(30_000)],
    ['a line of a megabyte', `a: ${'x '.repeat(500_000)}!`],
    ['a line of tabs', '\t'.repeat(1_000_000)],
  ])('are no way to make it hang or throw: %s', (_, text) => {
    const source = new Source('p.yml', text);
    expect(source.problems.length).toBeLessThanOrEqual(110);
    expect(renderDiagnostics(source.problems, { sources: [source], color: false }).length).toBeLessThan(100_000);
  });
  it('show fifty problems and say that there are more', () => {
    const list = problems('- *a/b\n'.repeat(80));
    expect(list).toHaveLength(51);
    expect(list.at(-1)).toMatch(/^yaml\/more-problems 51:/);
    expect(new Source('p.yml', `${'- on\n'.repeat(80)}- !x/y\n`).value).toBeUndefined();
  });
});

describe('any text at all', () => {
  const sample =
    'bexpert: 1\nphases:\n  verify:\n    - tests\n    - uses: coverage\n      with: { lines: 80, paths: ["src/**"] }\n    - run: |\n        npm test\n      if: ${{ inputs.a }}\n';
  const piece = fc.constantFrom(
    ...'[]{}:,-?&*!|>%@`"\'#$ \n\t\r\\a1\0é\u202e'.split(''),
    '${{',
    '}}',
    '&a',
    '*a',
    '<<',
    '---\n',
    '...\n',
    '\n  - ',
  );
  const edit = fc.record({
    at: fc.nat(sample.length),
    cut: fc.nat(6),
    put: fc.array(piece, { maxLength: 4 }).map((list) => list.join('')),
  });
  const edited = fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((edits) => edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), sample));
  it('gives a value, or problems that point into it', () => {
    fc.assert(
      fc.property(edited, (text) => {
        const source = new Source('p.yml', text);
        const errors = source.problems.filter(({ severity }) => severity === 'error');
        expect(errors.length === 0).toBe(source.value !== undefined);
        const lines = source.text.split('\n');
        for (const { place, message, hint } of source.problems) {
          const { start, end } = place?.range ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };
          expect(start.line).toBeGreaterThanOrEqual(1);
          expect(start.column).toBeLessThanOrEqual((lines[start.line - 1]?.length ?? -1) + 1);
          expect(end.line).toBeLessThanOrEqual(lines.length);
          expect(end.line > start.line || end.column >= start.column).toBe(true);
          expect(message).not.toMatch(/undefined|not YAML|implicit|scalar/);
          expect(hint).not.toMatch(/undefined/);
        }
        renderDiagnostics(source.problems, { sources: [source], color: true });
      }),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 20_000 : 1500, seed: 5 },
    );
  });
});

describe('YAML that is wrong', () => {
  it.each<[string, string, string]>([
    ['a tab that indents', 'a:\n\tb: 1\n', 'yaml/tab 2:1-2:2'],
    ['a tab behind spaces', 'a:\n  - x\n \t- y\n', 'yaml/tab 3:2-3:3'],
    ['the same key twice', 'a: 1\nb: 2\na: 3\n', 'yaml/duplicate-key 3:1-3:2'],
    ['the same key twice in braces', 'x: {a: 1, "a": 2}\n', 'yaml/duplicate-key 1:11-1:14'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'yaml/several-documents 2:1-2:4'],
    ['an empty file', '', 'yaml/empty 1:1-1:1'],
    ['nothing but comments', '# here\n\n', 'yaml/empty 1:1-1:1'],
    ['an empty document', '---\n', 'yaml/empty 1:1-1:1'],
    ['a directive', '%YAML 1.1\n---\na: 1\n', 'yaml/directive 1:1-1:10'],
    ['a tag', 'a: !date 2020\n', 'yaml/tag 1:4-1:9'],
    ['a binary tag', 'a: !!binary aGk=\n', 'yaml/tag 1:4-1:12'],
    ['an alias of nothing', 'a: &base 1\nb: *bsae\n', 'yaml/unknown-alias 2:4-2:9'],
    ['a merge key', 'a: &x {b: 1}\nc: {<<: *x}\n', 'yaml/merge-key 2:5-2:7'],
    ['a key that JavaScript means otherwise', 'a: {__proto__: {b: 1}}\n', 'yaml/forbidden-key 1:5-1:14'],
    ['the key constructor', 'constructor: 1\n', 'yaml/forbidden-key 1:1-1:12'],
    ['the key prototype', 'a:\n  prototype: 1\n', 'yaml/forbidden-key 2:3-2:12'],
    ['a map as a key', 'a: {{ inputs.x }}\n', 'yaml/key-not-text 1:5-1:6'],
    ['an infinite number', 'a: .inf\n', 'yaml/number 1:4-1:8'],
    ['a number with too many digits', 'a: 12345678901234567890\n', 'yaml/number 1:4-1:24'],
    ['an open single quote', "a: 'x\nb: 1\n", 'yaml/missing-quote 1:4-1:5'],
    ['an open double quote', 'a: "x\n', 'yaml/missing-quote 1:4-1:5'],
    ['an open quote whose last one is escaped', 'a: "x\\"', 'yaml/missing-quote 1:4-1:5'],
    ['a wrong escape', 'a: "\\d+"\n', 'yaml/escape 1:5-1:7'],
    ['an open bracket', 'a: [1, 2\nb: 1\n', 'yaml/unclosed 1:4-1:5'],
    ['an open brace', 'a: {b: 1\n', 'yaml/unclosed 1:4-1:5'],
    ['a bracket too many', 'a: [1]]\n', 'yaml/syntax 1:7-1:8'],
    ['a missing comma between lines', 'a: {\n  b: 1\n  c: 2\n  }\n', 'yaml/syntax 2:6-2:7'],
    ['a missing comma in a line', 'a: {b: 1 c: 2}\n', 'yaml/syntax 1:8-1:14'],
    ['a missing value between commas', 'a: [x, , y]\n', 'yaml/syntax 1:8-1:9'],
    ['a missing colon', 'tests\ncoverage: 1\n', 'yaml/syntax 1:1-1:6'],
    ['a missing space behind a colon', 'a:b\nc: 1\n', 'yaml/syntax 1:1-1:4'],
    ['a missing space behind a colon in braces', 'a: {b:1}\n', 'yaml/syntax 1:5-1:8'],
    ['a list item beside keys', 'a: 1\n- b\n', 'yaml/syntax 2:1-2:2'],
    ['a key beside list items', '- a\nb: 1\n', 'yaml/syntax 2:1-2:2'],
    ['a list on the line of its key', 'a: - b\n', 'yaml/syntax 1:4-1:7'],
    ['text behind quotes', 'run: "a" b\n', 'yaml/syntax 1:10-1:11'],
    ['text behind the sign of a block', 'a: |x\n  y\n', 'yaml/syntax 1:5-1:6'],
    ['a line that is indented too little', 'a:\n  b: 1\n c: 2\n', 'yaml/indentation 3:1-3:2'],
    ['a line that is indented too much', 'a:\n  b: 1\n   c: 2\n', 'yaml/indentation 3:4-3:5'],
    ['an item that is indented too much', 'a:\n  - b\n   - c\n', 'yaml/indentation 3:4-3:7'],
    ['a colon in text', 'description: This: is it # yes\n', 'yaml/colon-in-text 1:14-1:25'],
    ['a control character', 'a: "\0"\n', 'yaml/character 1:5-1:6'],
    ['a lone carriage return', 'a: 1\rb: 2\n', 'yaml/character 1:5-1:6'],
    ['text that turns the direction of reading', '# \u202e safe\na: 1\n', 'yaml/character 1:3-1:4'],
  ])('says it once, with its place: %s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
    expect(new Source('p.yml', text).value).toBeUndefined();
  });

  it('reports every mistake of a file, and not what follows from one', () => {
    expect(problems('a: [!src/**]\nb: {path: /orders/{id}, if: ${{ c }}}\nc: 1\nd: "\\q"\nc: {e: 1 f: 2}\n')).toEqual([
      'yaml/unquoted-pattern 1:5-1:12',
      'yaml/unquoted-pattern 2:11-2:23',
      'yaml/unquoted-expression 2:29-2:37',
      'yaml/escape 4:5-4:7',
      'yaml/duplicate-key 5:1-5:2',
      'yaml/syntax 5:8-5:14',
    ]);
  });
  it('points to the first of two equal keys', () => {
    expect(new Source('p.yml', 'a: 1\na: 2\n').problems[0]?.related).toEqual([
      {
        place: { file: 'p.yml', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } } },
        message: 'It stands here already.',
      },
    ]);
  });
  it('never shows the words of the library', () => {
    const bad = [
      'a: ]',
      '- - a\n - b',
      '"a" b: c',
      'a: [\nb\n]',
      '? [a]\n: b',
      'a: @x',
      '!',
      'a: &',
      'a: *',
      '--- a\n b: c',
      '[a: b: c]',
      '{? }',
    ];
    for (const text of bad)
      expect(messages(text).join()).not.toMatch(/implicit|scalar|token|flow|compact|collection|stringKeys/i);
  });
});

describe("YAML's traps", () => {
  it.each<[string, string, string, string]>([
    ['a glob that begins with !', 'a: [!src/**, b]\n', 'yaml/unquoted-pattern 1:5-1:12', 'Write "!src/**".'],
    ['a glob with braces that begins with !', 'a: !src/{b,c}/**\n', 'yaml/unquoted-pattern 1:4-1:17', 'Write "!src/{b,c}/**".'],
    ['a glob that begins with *', '- **/*.ts\n', 'yaml/unquoted-pattern 1:3-1:10', 'Write "**/*.ts".'],
    ['a glob with braces in brackets', 'a: [src/{b,c}/**]\n', 'yaml/unquoted-pattern 1:5-1:17', 'Write "src/{b,c}/**".'],
    ['a path with a parameter in braces', '{path: /orders/{id}}\n', 'yaml/unquoted-pattern 1:8-1:20', 'Write "/orders/{id}".'],
    ['a package name', 'uses: @acme/gate\n', 'yaml/unquoted-pattern 1:7-1:17', 'Write "@acme/gate".'],
    ['a percent sign', 'a: %x\n', 'yaml/unquoted-pattern 1:4-1:6', 'Write "%x".'],
    ['an expression in braces', 'a: {b: ${{ inputs.c }}}\n', 'yaml/unquoted-expression 1:8-1:23', 'Write "${{ inputs.c }}".'],
    ['an expression in brackets', 'a: [${{ inputs.c }}, d]\n', 'yaml/unquoted-expression 1:5-1:20', 'Write "${{ inputs.c }}".'],
    [
      'an expression inside text in braces',
      'a: {b: v${{ inputs.c }}}\n',
      'yaml/unquoted-expression 1:8-1:24',
      'Write "v${{ inputs.c }}".',
    ],
    [
      'a comment inside an expression',
      "a: ${{ format('b #{0}', c) }}\n",
      'yaml/cut-expression 1:18-1:30',
      'Quote the whole value: "${{ format(\'b #{0}\', c) }}".',
    ],
    [
      'a comment inside a text of a condition',
      "if: a == 'x #y'\n",
      'yaml/cut-expression 1:13-1:16',
      'Quote the whole value: "a == \'x #y\'".',
    ],
  ])('is an error with the way out: %s', (_, text, expected, hint) => {
    expect(problems(text)).toEqual([expected]);
    expect(hints(text)).toEqual([hint]);
  });
  it.each<[string, string, string]>([
    ['an issue number', 'goal: Fix issue #42\n', 'yaml/cut-text 1:17-1:20'],
    ['on', 'a: on\n', 'yaml/boolean-word 1:4-1:6'],
    ['Yes in a list', 'a: [Yes]\n', 'yaml/boolean-word 1:5-1:8'],
    ['no as a key', 'no: 1\n', 'yaml/boolean-word 1:1-1:3'],
    ['OFF', '- OFF\n', 'yaml/boolean-word 1:3-1:6'],
  ])('is a warning where it may be meant: %s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
    expect(new Source('p.yml', text).problems[0]?.severity).toBe('warning');
    expect(new Source('p.yml', text).value).toBeDefined();
  });
  it.each([
    ['a comment', 'a: 80 # the minimum\nb: text # said\nc: x #! directive\n'],
    ['a number of a comment', 'a: 1 #2\n'],
    ['quoted words', 'a: "on"\nb: \'#no\'\nc: "yes"\n'],
    ['an expression outside of braces', 'a: ${{ inputs.b }} # c\nd: x-${{ inputs.e }}-y\n'],
    ['a path outside of braces', 'path: /orders/{id}\nglob: src/**/{a,b}/*.ts\n'],
    ['a closing bracket in the first column', 'a: [\n  b,\n  c\n]\nd: {\n  e: 1,\n}\n'],
    ['quoted colons', 'a: "b: c"\n'],
    ['addresses', 'a: http://localhost:80/x#y\nb: [http://a/b]\n'],
  ])('is not seen where there is none: %s', (_, text) => {
    expect(problems(text)).toEqual([]);
  });
});
