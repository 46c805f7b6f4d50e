import { describe, expect, it } from 'vitest';
import { readWithLibrary } from '../../../src/playbook/source-library.ts';
import type { Node } from '../../../src/playbook/source-nodes.ts';
import { most, quickRead } from '../../../src/playbook/source-quick.ts';
import { traceScalar } from '../../../src/playbook/source-scalar.ts';
import fc from '../../rig/property.ts';
import { change, changed, valid } from './mutation.ts';

const runs = process.env.BEXPERT_TEST === 'full' ? 100_000 : 2000;

/** All that a reader says about a node: a block's end is where its text ends, for white space behind it is nobody's. */
function said(node: Node | undefined, text: string): unknown {
  if (node === undefined) return undefined;
  const { kind, start } = node;
  const end = start + text.slice(start, node.end).trimEnd().length;
  switch (node.kind) {
    case 'map':
      return {
        kind,
        start,
        end,
        flow: node.flow,
        items: node.items.map((pair) => [said(pair.key, text), said(pair.value, text)]),
      };
    case 'seq':
      return { kind, start, end, flow: node.flow, items: node.items.map((item) => said(item, text)) };
    case 'scalar':
      return { kind, start, end, style: node.style, value: node.value, trace: traceScalar(node, text) };
    case 'alias':
      return node;
  }
}

/** Both readers agree wherever the quick one reads. Gives whether it did. */
function agrees(text: string): boolean {
  const quick = quickRead(text);
  if (quick === undefined) return false;
  const reported: string[] = [];
  const library = readWithLibrary(
    text,
    (offset) => text.slice(0, offset).split('\n').length,
    (code) => reported.push(code),
  );
  expect(reported, text).toEqual([]);
  expect(said(quick, text), text).toEqual(said(library?.root, text));
  return true;
}

describe('the quick reader reads as the library does', () => {
  it.each([...valid.keys()])('and reads %s', (name) => {
    expect(agrees(valid.get(name) ?? '')).toBe(true);
  });

  it.each([
    ['lists below their key', 'a:\n- b\n- c: d\n  e: f\n-\n  - g\nh: 1\n'],
    ['lists in lists', '- - a\n  - b\n-\n  - - c: 1\n      d: 2\n'],
    ['what is empty', 'a:\nb: # none\nc:   \nd: [ ]\ne: {}\nf: ""\ng:'],
    ['quotes', `a: "x \\"y\\" \\u00e9\\n" # c\n"b": 'it''s'\n- c\n`.replace('- c\n', '')],
    ['literal blocks', 'a: |\n  x\n\n    y\n\nb: |-\n   z\n\n\nc:\n  - |\n    w\n'],
    ['folded blocks', 'a: >\n  x\n  y\n\n  z\n    more\n  end\nb: >-\n  w\nc: |+\n  k\n\n\nd: >+\n  m\n\n'],
    ['text over several lines', 'a: one\n  two\n\n\n  three\nb:\n- four\n  - five\n'],
    ['flow over several lines', 'a: [x, # first\n  "y",\n\n  { b: c,\n    d: [1, -2, 3.5] } ]\n'],
    ['values of the core schema', 'a: [1, -1, +2, 1.5, .5, 1., true, False, NULL, ~, 10%, 3m, 1-2, -x, 2026-01-01]\nb: 007\n'],
    ['what looks like a comment', 'a: b#c\n"d": "e # f"\ng: h #i\n#j\n  # k\nl: m\n'],
    ['colons', 'a: b:c\nhttp://x: y\nd: [e:f, "g": 1]\n'.replace(', "g": 1', '')],
  ])('%s', (_, text) => {
    expect(agrees(text)).toBe(true);
  });

  it.each([
    ['anchors', 'a: &x 1\nb: *x\n'],
    ['tags', 'a: !!str 1\n'],
    ['documents', 'a: 1\n---\nb: 1\n'],
    ['tabs', 'a:\t1\n'],
    ['carriage returns', 'a: 1\r\n'],
    ['keys of another kind', '? a\n: b\n'],
    ['numbers of other kinds', 'a: 0x1F\n'],
    ['numbers of many digits', 'a: 12345678901234567890\n'],
    ['a colon in text', 'a: b: c\n'],
    ['a line that is indented too little', 'a:\n    b: 1\n  c: 2\n'],
    ['no map and no list', 'a\n'],
    ['nothing', '# a\n'],
    ['a large file', `a: ${'x'.repeat(most.characters)}\n`],
    ['a deep file', `a: ${'['.repeat(30)}${']'.repeat(30)}\n`],
  ])('and leaves to it: %s', (_, text) => {
    expect(quickRead(text)).toBeUndefined();
  });

  it('whatever is changed by chance', () => {
    let read = 0;
    const mutated = fc.tuple(fc.constantFrom(...valid.values()), fc.array(change, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(mutated, ([text, changes]) => {
        if (agrees(changes.reduce(changed, text))) read++;
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 10);
  });

  it('whatever is written by chance', () => {
    const words = [
      'a',
      'b c',
      '1',
      '-2',
      'true',
      '~',
      '"q"',
      "'s'",
      '"e\\n"',
      'x:y',
      '#',
      'null',
      '.5',
      '1.',
      "it's",
      '${{ x }}',
      '%',
      '@',
    ];
    const marks = [
      ': ',
      ':',
      '- ',
      '-',
      '? ',
      ', ',
      ',',
      '[',
      ']',
      '{',
      '}',
      '|',
      '>',
      '|-',
      '>-',
      '|+',
      '>+',
      ' #c',
      '&a',
      '*a',
      '!t',
    ];
    const token = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...marks), fc.constantFrom(' ', '  ', ''));
    const rest = fc.array(token, { maxLength: 4 }).map((list) => list.join(''));
    const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: rest });
    const written = fc.oneof(
      { weight: 4, arbitrary: value.map((text) => `k: ${text}`) },
      {
        weight: 2,
        arbitrary: fc.constantFrom('k:', 'k: |', 'k: >-', 'k: >', '-', 'k: |+', 'k: [a,', 'b ]', 'k: {a: b,', '}', '- k:'),
      },
      { weight: 2, arbitrary: value.map((text) => `- ${text}`) },
      { weight: 1, arbitrary: value.map((text) => `- k: ${text}`) },
      { weight: 1, arbitrary: fc.constantFrom('', '# c', 'more text', 'k: [a, {b: c}]', '- - a', '...', '---') },
      { weight: 1, arbitrary: rest },
    );
    const line = fc
      .tuple(fc.constantFrom(0, 0, 0, 2, 2, 2, 4, 4, 1, 3, 6), written)
      .map(([indent, text]) => ' '.repeat(indent) + text);
    const file = fc.tuple(fc.array(line, { minLength: 1, maxLength: 7 }), fc.constantFrom('\n', '\n', '', '\n\n', ' '));
    let read = 0;
    fc.assert(
      fc.property(file, ([lines, end]) => {
        if (agrees(lines.join('\n') + end)) read++;
      }),
      { numRuns: runs * 3 },
    );
    expect(read).toBeGreaterThan(runs / 10);
  });
});
