import { describe, expect, it } from 'vitest';
import { type Contexts, evaluateCondition, evaluateTemplate } from '../../../src/expression/evaluate.ts';
import { templateOf } from '../../../src/expression/template.ts';
import type { Place } from '../../../src/model/location.ts';
import { isPluginError, type Json } from '../../../src/plugin-api.ts';

const place = (): Place => ({ file: 'p.yml', range: { start: { line: 7, column: 9 }, end: { line: 7, column: 12 } } });
const contexts: Contexts = {
  inputs: { goal: 'x', rate: 0.1, big: 1e21, none: null, flag: true, list: ['a', 'B'], empty: '', 'odd key': 1, constructor: 2 },
  steps: { tests: { outputs: { cases: 3, failing: [{ name: 'one' }, { name: 'two' }], Case: 'upper', case: 'lower' } } },
  run: { branch: 'main' },
};
const value = (json: Json): Json => evaluateTemplate(templateOf(json, place), contexts);
const holds = (text: string): boolean => evaluateCondition({ text, place: place() }, contexts);
function failure(text: string): { readonly code: string; readonly message: string } {
  try {
    value(`\${{ ${text} }}`);
  } catch (error) {
    if (isPluginError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`it has a value: ${text}`);
}

describe('the value of a template', () => {
  it.each<[Json, Json]>([
    ['${{ inputs.rate }}', 0.1],
    ['${{ inputs.list }}', ['a', 'B']],
    ['${{ steps.tests.outputs }}', { cases: 3, failing: [{ name: 'one' }, { name: 'two' }], Case: 'upper', case: 'lower' }],
    ['${{ inputs.none }}', null],
    ['${{ inputs.flag }}', true],
    ['a ${{ inputs.goal }} b ${{ inputs.rate }} ${{ inputs.flag }}${{ inputs.none }}!', 'a x b 0.1 true!'],
    ['${{ inputs.list }}${{ inputs.list }}', 'ArrayArray'],
    ['no expression', 'no expression'],
    [
      { a: ['${{ inputs.goal }}', 1], b: { c: 'v${{ steps.tests.outputs.cases }}' } },
      { a: ['x', 1], b: { c: 'v3' } },
    ],
    ["${{ 'it''s ''all''' }}", "it's 'all'"],
    ["${{ '}}' }}", '}}'],
    ['${{ steps.tests.outputs.failing.*.name }}', ['one', 'two']],
    ['${{ STEPS.Tests.outputs.CASES }}', 3],
    ['${{ steps.tests.outputs.Case }} ${{ steps.tests.outputs.case }}', 'upper lower'],
    ['${{ steps.skipped.outputs.x }}', null],
    ["${{ inputs['odd key'] }}", 1],
    ['${{ inputs.constructor }}', 2],
    ['${{ inputs.toString }}', null],
    ['${{ fromJSON(\'{"a": [1]}\').a[0] }}', 1],
    ['${{ toJSON(inputs.list) }}', '[\n  "a",\n  "B"\n]'],
    ["${{ inputs.goal || 'default' }}", 'x'],
    ["${{ inputs.empty || 'default' }}", 'default'],
    ["${{ case(inputs.flag, 'yes', 'no') }}", 'yes'],
    ["${{ contains(inputs.list, 'b') }}", true],
    ["${{ format('{0}-{1}', 1, true) }}", '1-true'],
  ])('of %j is %j', (template, expected) => {
    expect(value(template)).toEqual(expected);
  });
});

describe('a condition', () => {
  it.each<[string, boolean]>([
    ['inputs.none', false],
    ['inputs.empty', false],
    ['0', false],
    ['NaN', false],
    ["'0'", true],
    ["'false'", true],
    ['inputs.list', true],
    ["inputs.goal == 'X'", true],
    ["'10' == 10", true],
    ["'' == 0", true],
    ['null == 0', true],
    ["'abc' == 0", false],
    ["true == 'true'", false],
    ['inputs.rate < 0.2 && !inputs.none', true],
    ["steps.tests.outputs.failing[5].name == ''", true],
  ])('%s is %s, as in GitHub Actions', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('an expression without a value', () => {
  it.each([
    ['fromJSON(inputs.goal)', '`fromJSON` was given a text that is no JSON'],
    ['fromJSON(inputs.empty)', '`fromJSON` was given an empty text'],
    ["format(inputs.goal == 'x' && '{3}', 1)", 'the text of `format` asks for more values than it is given'],
    ['case(inputs.goal, 1, 2)', 'a condition of `case` is neither true nor false'],
    ['inputs[fromJSON(inputs.goal)]', '`fromJSON` was given a text that is no JSON'],
    ['NaN', 'its value is NaN'],
    ['services.db.url', '`services` does not exist here'],
    ['constructor(1)', 'there is no function `constructor`'],
    ['contains(1)', '`contains` takes 2 arguments'],
  ])('ends the step with its place and the reason: %s', (text, reason) => {
    const { code, message } = failure(text);
    expect(code).toBe('expression/failed');
    expect(message).toContain(`The expression \`${text}\` in p.yml:7:9 has no value: `);
    expect(message).toContain(reason);
  });
});
