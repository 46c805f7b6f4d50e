import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/expression/parse.ts';
import { toDiagnostic } from '../../../src/expression/problem.ts';
import { referencesOf } from '../../../src/expression/references.ts';
import fc from '../../rig/property.ts';

const place = { file: 'p.yml', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } } };
function wrong(text: string): readonly [string, string, string, string] {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`it can be parsed: ${text}`);
  const { code, offset, length } = parsed.error;
  const { message, hint } = toDiagnostic(parsed.error, place);
  return [code.replace('expression/', ''), text.slice(offset, offset + length), message, hint ?? ''];
}

describe('an expression that cannot be parsed', () => {
  it.each<[string, string, string, string]>([
    ['inputs.a == "b c"', '"b c"', 'Text stands in single quotes in an expression', "Write 'b c'."],
    [`inputs.a == "it's"`, `"it's"`, 'Text stands in single quotes', "Write 'it''s'."],
    ["inputs.a == 'b", "'b", 'has no closing quote', "Add a ' at its end"],
    ['inputs.a = 1', '=', '`=` is no operator', '`==`'],
    ['inputs.a & inputs.b', '&', '`&` is no operator', '`&&`'],
    ['inputs.a | inputs.b', '|', '`|` is no operator', '`||`'],
    ['inputs.a and inputs.b', 'and', '`and` is no operator', 'Write `&&`.'],
    ['inputs.a or inputs.b', 'or', '`or` is no operator', 'Write `||`.'],
    ['not inputs.a', 'not', '`not` is no operator', 'Write `!`.'],
    ["inputs.a ? 'b' : 'c'", '?', '`?` is no operator', "case(condition, 'yes', 'no')"],
    ['inputs.a + 1', '+', 'An expression cannot compute', '`run:` step'],
    ['inputs.a * 2', '*', 'An expression cannot compute', '`run:` step'],
    ['inputs.a -1', '-1', 'An expression cannot compute', '`run:` step'],
    ['inputs.a/2', 'a/2', 'An expression cannot compute', '`run:` step'],
    ['${{ inputs.a }}', '${{', 'cannot stand inside an expression', 'Leave inner'],
    ['inputs.a }', '}', 'cannot stand inside an expression', 'Leave inner'],
    ['inputs.list.0', '0', 'A number cannot follow a dot', 'Write `[0]` in place of `.0`.'],
    ['steps.2fa.outputs', '2fa', 'cannot follow a dot, because it begins with a digit', "Write `['2fa']` in place of `.2fa`."],
    ['steps.a b', 'b', '`b` cannot stand here', 'Is an operator missing'],
    ['inputs.@a', '@a', '`@a` is no name and no value', "inputs['a key']"],
    ['(inputs.a', '(', 'The `(` that opens here has no `)`', 'Add the `)`.'],
    ['inputs[0', '[', 'The `[` that opens here has no `]`', 'Add the `]`.'],
    ["contains(inputs.a, 'b'", '(', 'The `(` that opens here has no `)`', 'Add the `)`.'],
    ['inputs.a)', ')', 'This `)` closes nothing', 'Remove it'],
    ['(inputs.a ==)', ')', 'A value is missing before `)`', 'Add it'],
    ['inputs.a ==', '', 'The expression ends where a value is missing', 'Add the value'],
    ['inputs.a == == 1', '==', '`==` cannot stand here', ''],
    ["'a\nb' == 'c' d", 'd', '`d` cannot stand here', ''],
  ])('says what was tried and how it is written: %s', (text, part, message, hint) => {
    const [code, at, says, way] = wrong(text);
    expect([code, at]).toEqual(['syntax', part]);
    expect(says).toContain(message);
    expect(way).toContain(hint);
  });
  it('is not one that ends its arguments with a comma, which GitHub Actions takes', () => {
    expect(parseExpression('contains(inputs.a, 1,)').ok).toBe(true);
  });
  it('is empty, too long or too deep', () => {
    expect(wrong('  ')[0]).toBe('empty');
    expect(wrong(`'${'x'.repeat(21_000)}'`)[2]).toBe('The expression has more than 21000 characters.');
    expect(wrong(`${'('.repeat(60)}1${')'.repeat(60)}`)[2]).toBe('The expression is nested more than 50 levels deep.');
    expect(wrong('!'.repeat(20_000))[0]).toBe('too-large');
  });
  it('never throws, and points into itself', () => {
    const piece = fc.constantFrom(
      'inputs',
      '.',
      'a',
      '[',
      ']',
      '(',
      ')',
      ' ',
      '==',
      '!',
      '&&',
      '||',
      "'",
      "''",
      '"',
      '1',
      '-',
      '*',
      ',',
      'contains',
      'null',
      '$',
      '{',
      '}',
      '\n',
      'é',
      '0x',
      '1e3',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parseExpression(text);
        if (parsed.ok) return;
        expect(parsed.error.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.error.offset + parsed.error.length).toBeLessThanOrEqual(Math.max(text.length, 1));
        expect(toDiagnostic(parsed.error, place).message).not.toMatch(/undefined|Unexpected/);
      }),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 50_000 : 3000, seed: 3 },
    );
  });
});

describe('the references of an expression', () => {
  it('are the contexts with all that is known of the path', () => {
    expect(referencesOf("steps.a.outputs.x == services['db'].url && env.B")).toEqual([
      { context: 'steps', path: ['a', 'outputs', 'x'] },
      { context: 'services', path: ['db', 'url'] },
      { context: 'env', path: ['B'] },
    ]);
  });
  it('are those in functions, indexes, groups and filters, too', () => {
    expect(referencesOf('join(Steps.a.*.b[1], inputs.sep)')).toEqual([
      { context: 'steps', path: ['a', '*', 'b', '1'] },
      { context: 'inputs', path: ['sep'] },
    ]);
    expect(referencesOf('steps[inputs.name].outputs.x')).toEqual([
      { context: 'steps', path: [] },
      { context: 'inputs', path: ['name'] },
    ]);
    expect(referencesOf('!(steps.a).outputs')).toEqual([{ context: 'steps', path: ['a', 'outputs'] }]);
    expect(referencesOf("fromJSON(inputs.a)['b']")).toEqual([{ context: 'inputs', path: ['a'] }]);
  });
  it('are none of what cannot be parsed, and none of texts', () => {
    expect(referencesOf('steps.a ==')).toEqual([]);
    expect(referencesOf("'steps.a'")).toEqual([]);
  });
});
