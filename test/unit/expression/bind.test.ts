import { describe, expect, it } from 'vitest';
import { bindTemplate } from '../../../src/expression/bind.ts';
import { bindCondition } from '../../../src/expression/condition.ts';
import { expressionsOf, splitTemplate } from '../../../src/expression/template.ts';
import { describeType, listOf, mayFit, objectOf, types } from '../../../src/expression/type.ts';
import { Source } from '../../../src/playbook/source.ts';
import type { Json, Schema } from '../../../src/plugin-api.ts';

const scope = objectOf({ inputs: objectOf({ goal: types.string, list: listOf(types.string), rate: types.number }) });
const bind = (text: string) => {
  const source = new Source('p.yml', text);
  return bindTemplate({
    value: source.value as Json,
    scope,
    placeOf: (path, offset, length) => source.placeOffset(path, offset, offset + length),
  });
};
const placed = (text: string): readonly string[] =>
  bind(text).diagnostics.map(
    ({ code, place }) => `${code} ${place?.range.start.line}:${place?.range.start.column}-${place?.range.end.column}`,
  );

describe('a text with expressions', () => {
  it('is taken apart at braces that are not in quotes', () => {
    expect(splitTemplate("a ${{ b }}${{'}}'}} c")).toEqual([
      { kind: 'text', text: 'a ', offset: 0, length: 2 },
      { kind: 'expression', text: 'b', offset: 2, length: 8, inner: 6 },
      { kind: 'expression', text: "'}}'", offset: 10, length: 9, inner: 13 },
      { kind: 'text', text: ' c', offset: 19, length: 2 },
    ]);
    expect(splitTemplate('x ${{ a }')).toEqual([
      { kind: 'text', text: 'x ', offset: 0, length: 2 },
      { kind: 'unterminated', text: '${{ a }', offset: 2, length: 7 },
    ]);
    expect(splitTemplate('')).toEqual([]);
    expect(splitTemplate('$ {{ a }}')).toEqual([{ kind: 'text', text: '$ {{ a }}', offset: 0, length: 9 }]);
  });
});

describe('a value with expressions', () => {
  it('becomes a template in which what has none is kept as it is', () => {
    const { template, expressions, references } = bind('a: ${{ inputs.goal }}\nb: {c: [1, 2]}\nd: "x ${{ inputs.rate }}"\n');
    expect(template).toEqual({
      kind: 'map',
      entries: {
        a: {
          kind: 'expression',
          expression: {
            text: 'inputs.goal',
            place: { file: 'p.yml', range: { start: { line: 1, column: 8 }, end: { line: 1, column: 19 } } },
          },
        },
        b: { kind: 'literal', value: { c: [1, 2] } },
        d: {
          kind: 'text',
          parts: [
            'x ',
            {
              text: 'inputs.rate',
              place: { file: 'p.yml', range: { start: { line: 3, column: 11 }, end: { line: 3, column: 22 } } },
            },
          ],
        },
      },
    });
    expect(expressionsOf(template).map(({ text }) => text)).toEqual(['inputs.goal', 'inputs.rate']);
    expect(expressions.map(({ path, whole, type }) => [path, whole, describeType(type)])).toEqual([
      [['a'], true, 'a text'],
      [['d'], false, 'a number'],
    ]);
    expect(references).toEqual([
      { context: 'inputs', path: ['goal'] },
      { context: 'inputs', path: ['rate'] },
    ]);
  });
  it('is complained about at the character in the file, in every style', () => {
    expect(placed('a: ${{ inputs.gaol }}\n')).toEqual(['expression/unknown-property 1:15-19']);
    expect(placed("a: 'it''s ${{ inputs.gaol }}'\n")).toEqual(['expression/unknown-property 1:22-26']);
    expect(placed('a: "\\u0041 ${{ inputs.gaol }}"\n')).toEqual(['expression/unknown-property 1:23-27']);
    expect(placed('a: |\n  one\n  ${{ inputs.gaol }}\n')).toEqual(['expression/unknown-property 3:14-18']);
    expect(placed('a: >\n  one\n  two ${{ inputs.gaol }}\n')).toEqual(['expression/unknown-property 3:18-22']);
    expect(placed('- [1, "${{ inputs.goal }} ${{ foo( }}"]\n')).toEqual(['expression/syntax 1:34-35']);
  });
  it('is complained about when braces are open or empty', () => {
    expect(placed('a: b ${{ inputs.goal }\n')).toEqual(['expression/unterminated 1:6-9']);
    expect(placed('a: b ${{  }}\n')).toEqual(['expression/empty 1:6-13']);
  });
  it('cannot put a list into a text', () => {
    expect(placed('a: x ${{ inputs.list }}\n')).toEqual(['expression/not-text 1:10-21']);
    expect(bind('a: x ${{ inputs.list }}\n').diagnostics[0]?.hint).toBe(
      'Name one of its parts, or write `${{ toJSON(inputs.list) }}`.',
    );
    expect(placed('a: ${{ inputs.list }}\n')).toEqual([]);
  });
});

describe('a condition', () => {
  const condition = (text: string) => {
    const source = new Source('p.yml', `if: ${text}\n`);
    return bindCondition({
      text: source.value === undefined ? text : (source.value as { if: string }).if,
      scope,
      placeOf: (offset, length) => source.placeOffset(['if'], offset, offset + length),
    });
  };
  it('may have braces or not', () => {
    expect(condition("inputs.goal == 'x'").expression.text).toBe("inputs.goal == 'x'");
    expect(condition("${{ inputs.goal == 'x' }}").expression).toEqual({
      text: "inputs.goal == 'x'",
      place: { file: 'p.yml', range: { start: { line: 1, column: 9 }, end: { line: 1, column: 27 } } },
    });
    expect(condition("inputs.goal == '${{'").diagnostics.map(({ code }) => code)).toEqual(['expression/unterminated']);
  });
  it('with text beside the braces would always be true', () => {
    const { diagnostics } = condition("${{ inputs.goal }} == 'x'");
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      ['expression/condition', "Put all of it inside, or leave the braces out: `inputs.goal == 'x'`."],
    ]);
  });
  it('is checked like any expression, at its place', () => {
    const { diagnostics, references } = condition('inputs.gaol');
    expect(diagnostics.map(({ code, place }) => [code, place?.range.start.column])).toEqual([
      ['expression/unknown-property', 12],
    ]);
    expect(references).toEqual([{ context: 'inputs', path: ['gaol'] }]);
  });
});

describe('a type', () => {
  const schema = (given: object): Schema => ({ description: '', ...given }) as Schema;
  it.each<[string, Parameters<typeof mayFit>[0], Schema, boolean]>([
    ['a text where a text is', types.string, schema({ type: 'string' }), true],
    ['a number where a text is', types.number, schema({ type: 'string' }), false],
    ['a text where a percent is', types.string, schema({ type: 'number', format: 'percent' }), true],
    ['a text where a number is', types.string, schema({ type: 'number' }), false],
    ['anything where a number is', types.any, schema({ type: 'integer' }), true],
    ['null where null may be', types.null, schema({ type: 'string', nullable: true }), true],
    ['null where it may not', types.null, schema({ type: 'string' }), false],
    ['one of two that fits', { kind: 'either', types: [types.null, types.boolean] }, schema({ type: 'boolean' }), true],
    [
      'a list of texts where numbers are',
      listOf(types.string),
      schema({ type: 'array', items: schema({ type: 'number' }) }),
      false,
    ],
    ['a text that is an option', { kind: 'string', options: ['a'] }, schema({ type: 'string', enum: ['a', 'b'] }), true],
    ['a text that is none', { kind: 'string', options: ['c'] }, schema({ type: 'string', enum: ['a', 'b'] }), false],
    [
      'an object without what is required',
      objectOf({}),
      schema({ type: 'object', properties: { a: schema({ type: 'string' }) }, required: ['a'] }),
      false,
    ],
    [
      'an object where a map is',
      objectOf({ a: types.number }),
      schema({ type: 'map', values: schema({ type: 'number' }) }),
      true,
    ],
    ['anything where JSON is', listOf(types.any), schema({ type: 'json' }), true],
  ])('may fit: %s', (_, type, wanted, expected) => {
    expect(mayFit(type, wanted)).toBe(expected);
  });
});
