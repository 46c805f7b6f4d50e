// Steps changed in the text of a playbook: what is written down by hand stays, and what is added is where it belongs.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { changeStep, type StepChange } from '../../../src/start/step-edit.ts';

const waiver = { findings: ['tests/failed'], until: '2027-01-31', by: 'Ann', reason: 'adopted: old' };
const change = (more: Partial<StepChange> = {}): StepChange => ({
  phase: 'verify',
  id: 'tests',
  waive: [waiver],
  with: {},
  ...more,
});
const waived = { findings: ['tests/failed'], until: '2027-01-31', by: 'Ann', reason: 'adopted: old' };
const verify = (text: string): unknown => (parse(text) as { readonly phases: { readonly verify: unknown } }).phases.verify;

describe('a step', () => {
  it('that is a name in a list on one line gets lines of its own', () => {
    expect(
      changeStep('bexpert: 1\nphases:\n  verify: [tests, { id: lint, run: npm run lint }] # all\n', change()),
    ).toBe(`bexpert: 1
phases:
  verify: # all
    - uses: tests
      waive:
        - findings: [tests/failed]
          until: 2027-01-31
          by: Ann
          reason: "adopted: old"
    - { id: lint, run: npm run lint }
`);
  });
  it('that is a name keeps the comments around it', () => {
    const text = 'phases:\n  verify:\n    # first\n    - tests   # why\n\n    # then\n    - coverage\n';
    const next = changeStep(text, change());
    expect(next).toContain('    # first\n    - uses: tests   # why\n      waive:\n        - findings: [tests/failed]\n');
    expect(next).toContain('          reason: "adopted: old"\n\n    # then\n    - coverage\n');
  });
  it('that is a map gets the waiver behind its last key, also without a line break at the end', () => {
    const text =
      'phases:\n  verify:\n    steps:\n      - uses: tests\n        with:\n          services: [db] # both\n        needs:\n          - lint';
    const next = changeStep(text, change());
    expect(next.startsWith(text)).toBe(true);
    expect(verify(next)).toEqual({ steps: [{ uses: 'tests', with: { services: ['db'] }, needs: ['lint'], waive: [waived] }] });
  });
  it('that is a map in braces stays one', () => {
    const next = changeStep('phases:\n  verify:\n    - { uses: tests, level: block }\n', change());
    expect(next.split('\n')).toHaveLength(4);
    expect(verify(next)).toEqual([{ uses: 'tests', level: 'block', waive: [waived] }]);
  });
  it('keeps the waivers that it has, in either form', () => {
    const block =
      "phases:\n  verify:\n    - uses: tests\n      waive:\n      - findings: ['tests/skipped'] # old\n        until: 2026-12-31\n        by: Bob\n        reason: r\n      level: block\n";
    const next = changeStep(block, change());
    expect(next).toContain("- findings: ['tests/skipped'] # old");
    expect(verify(next)).toMatchObject([{ waive: [{ by: 'Bob' }, { by: 'Ann' }], level: 'block' }]);
    const braces =
      'phases:\n  verify:\n    - { uses: tests, waive: [{ findings: [a/b], until: 2026-12-31, by: Bob, reason: r }] }\n';
    expect(verify(changeStep(braces, change()))).toMatchObject([{ waive: [{ by: 'Bob' }, { by: 'Ann' }] }]);
  });
  it('in a list over several lines in brackets becomes a map in braces', () => {
    const next = changeStep('phases:\n  verify: [\n    tests, # a comment\n    coverage\n  ]\n', change());
    expect(next).toContain('# a comment');
    expect(verify(next)).toEqual([{ uses: 'tests', waive: [waived] }, 'coverage']);
  });
  it('has many files in a list of lines', () => {
    const files = Array.from({ length: 9 }, (_, index) => `test/some/where/${index}.test.js`);
    const next = changeStep('phases:\n  verify: [tests]\n', change({ waive: [{ ...waiver, in: files }] }));
    expect(next).toContain('          in:\n            - test/some/where/0.test.js\n');
    expect(verify(next)).toEqual([{ uses: 'tests', waive: [{ ...waived, in: files }] }]);
  });
});

describe('a value of with', () => {
  const lines = (text: string): string => changeStep(text, change({ id: 'coverage', waive: [], with: { lines: 71 } }));
  it('is replaced where it stands', () => {
    expect(
      lines('phases:\n  verify:\n    - uses: coverage\n      with:\n        lines: 80% # goal\n        branches: 70\n'),
    ).toBe('phases:\n  verify:\n    - uses: coverage\n      with:\n        lines: 71 # goal\n        branches: 70\n');
  });
  it('is added where the step has others, has none, or is a name', () => {
    expect(lines('phases:\n  verify:\n    - { uses: coverage, with: { branches: 70 } }\n')).toContain(
      'with: { branches: 70, lines: 71 } }',
    );
    expect(lines('phases:\n  verify:\n    - uses: coverage\n      with:\n        branches: 70\n')).toContain(
      '        branches: 70\n        lines: 71\n',
    );
    expect(lines('phases:\n  verify: [coverage]\n')).toBe(
      'phases:\n  verify:\n    - uses: coverage\n      with: { lines: 71 }\n',
    );
    expect(lines('phases:\n  verify:\n    - { uses: coverage }\n')).toContain('- { uses: coverage, with: { lines: 71 } }');
  });
});

describe('a step of a file below', () => {
  it.each([
    ['extends: base.yml\n', [{ id: 'tests', waive: [waived] }]],
    ['extends: base.yml\nphases:\n  late: [coverage]\n', [{ id: 'tests', waive: [waived] }]],
    ['extends: base.yml\nphases:\n  verify:\n    - coverage\n', ['coverage', { id: 'tests', waive: [waived] }]],
    ['extends: base.yml\nphases:\n  verify: [coverage]\n', ['coverage', { id: 'tests', waive: [waived] }]],
    [
      'extends: base.yml\nphases:\n  verify:\n    steps: { append: [coverage] }\n',
      { steps: { append: ['coverage', { id: 'tests', waive: [waived] }] } },
    ],
  ])('gets an entry in %j', (text, expected) => {
    expect(verify(changeStep(text, change()))).toEqual(expected);
  });
  it('is left alone where there is no place for it', () => {
    const text = 'phases: { verify: { parallel: 1 } }\n';
    expect(changeStep(text, change())).toBe(text);
  });
});

describe('a step with foreach', () => {
  it('is meant by the ids of its steps', () => {
    const text = 'phases:\n  verify:\n    - id: lint\n      foreach: [a, b]\n      run: npm run lint\n';
    expect(verify(changeStep(text, change({ id: 'lint-b' })))).toMatchObject([{ id: 'lint', waive: [waived] }]);
  });
  it('waives the rules of a tool for all its steps, since the waiver stands in each', () => {
    const text = 'phases:\n  verify:\n    - id: lint\n      foreach: [a, b]\n      run: npm run lint\n';
    const waive = [{ ...waiver, findings: ['lint-b/no-console', 'run/exit-code'] }];
    expect(verify(changeStep(text, change({ id: 'lint-b', waive })))).toMatchObject([
      { id: 'lint', waive: [{ findings: ['lint-*/no-console', 'run/exit-code'] }] },
    ]);
  });
});
