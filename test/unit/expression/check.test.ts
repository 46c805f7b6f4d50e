import { describe, expect, it } from 'vitest';
import { checkExpression } from '../../../src/expression/check.ts';
import { toDiagnostic } from '../../../src/expression/problem.ts';
import { describeType, listOf, mapOf, objectOf, typeOfSchema, types } from '../../../src/expression/type.ts';

const scope = objectOf(
  {
    inputs: objectOf({
      goal: types.string,
      'max-slowdown': types.number,
      strict: types.boolean,
      paths: listOf(types.string),
      mode: { kind: 'string', options: ['fast', 'thorough'] },
    }),
    steps: objectOf(
      {
        tests: objectOf({ outputs: objectOf({ cases: types.number, failing: listOf(objectOf({ name: types.string })) }) }),
      },
      { coverage: 'It runs later than this step; put it before.' },
    ),
    env: mapOf(types.string),
    run: objectOf({ branch: types.string, ci: types.boolean }),
    services: objectOf({ db: objectOf({ url: types.string, port: types.number, outputs: types.any }) }),
  },
  { secrets: 'Secrets can be used in `env` only.' },
);
const place = { file: 'p.yml', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } } };
const check = (text: string) => checkExpression(text, scope);
/** Code and the part of the text that it is about. */
const found = (text: string): readonly (readonly [string, string])[] =>
  check(text).problems.map(({ code, offset, length }) => [code, text.slice(offset, offset + length)] as const);
const words = (text: string): readonly string[] =>
  check(text).problems.map((problem) => {
    const { message, hint } = toDiagnostic(problem, place);
    return `${message} ${hint}`;
  });

describe('an expression that is right', () => {
  it.each<[string, string]>([
    ['inputs.goal', 'a text'],
    ['inputs.paths', 'a list'],
    ['inputs.paths[0]', 'a text or null'],
    ['INPUTS.Goal', 'a text'],
    ["inputs['max-slowdown'] > 10", 'a boolean'],
    ['inputs.max-slowdown', 'a number'],
    ['steps.tests.outputs.cases', 'a number'],
    ['steps.tests.outputs.failing.*.name', 'a list'],
    ['steps.tests.outputs.failing[0].name', 'a text or null'],
    ['env.ANYTHING', 'a text or null'],
    ['services.db.outputs.whatever[3].deep', 'any value'],
    ["contains(inputs.paths, 'src') && !inputs.strict", 'a boolean'],
    ["inputs.strict && 'yes' || 'no'", 'a boolean or a text'],
    ["format('{0} of {1} {{x}}', inputs.goal, 2)", 'a text'],
    ["case(inputs.strict, 1, inputs.goal == '', 2, 3)", 'a number'],
    ['toJSON(steps)', 'a text'],
    ["fromJSON('[1, 2]')[0]", 'any value'],
    ["join(inputs.paths, ', ')", 'a text'],
    ["inputs.mode == 'FAST'", 'a boolean'],
    ["inputs.goal == 'it''s ''quoted'''", 'a boolean'],
    ['run.ci == true', 'a boolean'],
    ["env[format('A_{0}', inputs.goal)]", 'a text or null'],
    ['null', 'null'],
    ['.5', 'a number'],
    ['-1 < 0xff', 'a boolean'],
  ])('%s is %s', (text, type) => {
    expect(found(text)).toEqual([]);
    expect(describeType(check(text).type)).toBe(type);
  });
});

describe('a name that does not exist', () => {
  it('is found with the nearest one and all that there are', () => {
    expect(found('input.goal')).toEqual([['expression/unknown-name', 'input']]);
    expect(words('input.goal')).toEqual([
      'There is no `input` here. Did you mean `inputs`? Here are `inputs`, `steps`, `env`, `run`, `services`.',
    ]);
    expect(found("startsWith( inputs.gaol, 'x')")).toEqual([['expression/unknown-property', 'gaol']]);
    expect(words('inputs.gaol')).toEqual([
      '`inputs` has no `gaol`. Did you mean `goal`? It has `goal`, `max-slowdown`, `strict`, `paths`, `mode`.',
    ]);
    expect(found("steps['tests'].outputs['case']")).toEqual([['expression/unknown-property', "'case'"]]);
    expect(found('steps.tests.outputs.failing.*.nme')).toEqual([['expression/unknown-property', 'nme']]);
  });
  it('is explained when it exists elsewhere', () => {
    expect(words('secrets.KEY')).toEqual([
      '`secrets` cannot be used here. Secrets can be used in `env` only. Here are `inputs`, `steps`, `env`, `run`, `services`.',
    ]);
    expect(words('steps.coverage.outputs.lines')).toEqual([
      '`steps` has no `coverage`. It runs later than this step; put it before.',
    ]);
    expect(words('github.ref')[0]).toContain('`github` cannot be used here. What is known about the run stands in `run`');
    expect(words('needs.tests')[0]).toContain('steps.<id>.outputs');
  });
  it('does not hide the next one', () => {
    expect(found('inputs.a && (inputs.b || stepss.c) == foo(inputs.d)')).toEqual([
      ['expression/unknown-property', 'a'],
      ['expression/unknown-property', 'b'],
      ['expression/unknown-name', 'stepss'],
      ['expression/unknown-function', 'foo'],
      ['expression/unknown-property', 'd'],
    ]);
  });
  it('is not one that JavaScript gives to every object', () => {
    expect(found('inputs.constructor')).toEqual([['expression/unknown-property', 'constructor']]);
    expect(found('toString')).toEqual([['expression/unknown-name', 'toString']]);
    expect(found('constructor(1)')).toEqual([['expression/unknown-function', 'constructor']]);
  });
  it('of a text, a number or a list says what it is', () => {
    expect(found('inputs.goal.length')).toEqual([['expression/no-properties', 'length']]);
    expect(words('inputs.goal.length')).toEqual(['`inputs.goal` is a text and has no `length`. Write `inputs.goal`.']);
    expect(words('steps.tests.outputs.failing.name')).toEqual([
      '`steps.tests.outputs.failing` is a list and has no `name`. `steps.tests.outputs.failing[0]` is its first item, `steps.tests.outputs.failing.*.name` the list of what its items have.',
    ]);
    expect(found('run.ci.*')).toEqual([['expression/no-properties', '*']]);
  });
});

describe('a function', () => {
  it.each([
    ['always()', 'All gates of a phase run to their end'],
    ['success()', 'needs: [tests]'],
    ['failure()', 'on-failure: { retry-from: action, attempts: 3 }'],
    ['cancelled()', 'bexpert resume'],
    ["hashFiles('**/*.ts')", 'when-changed: ["src/**"]'],
  ])('of GitHub Actions that asks about a job has another way here: %s', (text, way) => {
    expect(found(text)).toEqual([['expression/github-function', text.replace(/\(.*/, '')]]);
    expect(words(text)[0]).toContain(way);
  });
  it('that does not exist is near to one that does', () => {
    expect(words("startWith(inputs.goal, 'x')")).toEqual([
      'There is no function `startWith`. Did you mean `startsWith`? The functions are `case`, `contains`, `endsWith`, `format`, `fromJSON`, `join`, `startsWith`, `toJSON`.',
    ]);
  });
  it.each([
    ['contains(inputs.goal)', '`contains` takes 2 arguments, and has 1 argument here.'],
    ["join(inputs.paths, ',', 1)", '`join` takes at most 2 arguments, and has 3 arguments here.'],
    [
      'case(inputs.strict, 1)',
      '`case` takes an odd number of arguments, the last one for all other cases, and has 2 arguments here.',
    ],
    ['toJSON()', '`toJSON` takes 1 argument, and has 0 arguments here.'],
  ])('takes the arguments that it takes: %s', (text, message) => {
    expect(found(text)).toEqual([['expression/argument-count', text]]);
    expect(words(text)[0]).toContain(message);
  });
  it.each([
    ["fromJSON('{')", "'{'", 'cannot read this text: it is no JSON'],
    ['fromJSON(inputs.paths)', 'inputs.paths', 'reads a text, and this is a list'],
    ["format('{1}', 'a')", "'{1}'", 'has 1 value, and its text asks for `{1}`'],
    ["format('{a}', 'a')", "'{a}'", 'needs a number in braces'],
    ["format('{0} }', 'a')", "'{0} }'", 'a brace itself is written twice'],
    ["format('{0}', inputs.paths)", 'inputs.paths', 'puts texts together, and this is a list'],
    ['case(inputs.goal, 1, 2)', 'inputs.goal', 'needs a condition here, and this is a text'],
    ['join(inputs)', 'inputs', 'joins the items of a list, and this is an object'],
    ["contains(inputs, 'a')", 'inputs', 'looks into a list or a text'],
    ['contains(inputs.paths, inputs.paths)', 'inputs.paths', 'looks for a text'],
    ["endsWith(inputs.paths, 'a')", 'inputs.paths', 'compares texts, and this is a list'],
  ])('takes what it can use: %s', (text, part, message) => {
    expect(found(text)).toEqual([['expression/argument', part]]);
    expect(words(text)[0]).toContain(message);
  });
});

describe('a comparison that is never true', () => {
  it.each([
    ["run.ci == 'true'", 'a boolean is never equal to a text. Write `run.ci`.'],
    ["inputs.strict != 'false'", 'a boolean is never equal to a text. Write `!inputs.strict`.'],
    ["inputs.mode == 'fsat'", "it is none of the options. Did you mean 'fast'? It can be 'fast', 'thorough'."],
    ["inputs.max-slowdown == '10%'", 'is a number. Compare it with a number, without quotes.'],
    ["inputs.paths == 'src'", '`inputs.paths` is a list, and those are equal to nothing. Ask `contains(inputs.paths, ...)`'],
    ['inputs == steps', '`inputs` is an object, and those are equal to nothing. Compare one of its properties.'],
  ])('%s', (text, why) => {
    expect(found(text)).toEqual([['expression/never-true', text]]);
    expect(words(text)[0]).toContain(why);
  });
  it("is none where GitHub's rules make it true", () => {
    expect(found("inputs.max-slowdown == '10'")).toEqual([]);
    expect(found("run.ci == '1'")).toEqual([]);
    expect(found("services.db.outputs == 'x'")).toEqual([]);
  });
});

describe('the type of a schema', () => {
  it('is what an expression can ask of a value', () => {
    const type = typeOfSchema({
      type: 'object',
      description: '',
      additionalProperties: false,
      properties: {
        files: { type: 'array', description: '', items: { type: 'string', description: '' } },
        rates: { type: 'map', description: '', values: { type: 'number', description: '', format: 'percent' } },
        raw: { type: 'json', description: '' },
        last: { type: 'string', description: '', nullable: true, enum: ['a', 'b'] },
      },
    });
    expect(type).toEqual(
      objectOf({
        files: listOf(types.string),
        rates: mapOf(types.number),
        raw: types.any,
        last: { kind: 'either', types: [{ kind: 'string', options: ['a', 'b'] }, types.null] },
      }),
    );
  });
});
