import { describe, expect, it } from 'vitest';
import { grammarLanguages, openGrammars } from '../../../../src/discovery/grammar/parse.ts';
import { childOf, namedOf, type Plain, within } from '../../../../src/discovery/grammar/plain.ts';

const grammars = await openGrammars(grammarLanguages);

describe('a text of another language than JavaScript', () => {
  it.each([
    ['python', 'class Book(Model):\n    name = 1\n', 'class_definition', 'Book'],
    ['go', 'package main\n\nfunc Serve() {}\n', 'function_declaration', 'Serve'],
    ['java', 'class Book { }\n', 'class_declaration', 'Book'],
    ['ruby', 'class Book < Base\nend\n', 'class', 'Book'],
  ] as const)('is a tree in %s', (language, text, kind, name) => {
    const found = within(grammars.parse(language, text), [kind]).find(({ named }) => named);
    expect(found && childOf(found, 'name')?.text).toBe(name);
  });
  it('has positions in units of JavaScript, lines from 1, and parents', () => {
    const root = grammars.parse('python', '# 🎈 ä\n\nname = "€"\nlast = call(name, 2)\n');
    const [call] = within(root, ['call']);
    expect([call?.text, call?.line, call?.field, call?.parent?.kind]).toEqual(['call(name, 2)', 4, 'right', 'assignment']);
    expect(namedOf(call).map(({ text }) => text)).toEqual(['call', '(name, 2)']);
  });
  it('is read around what cannot be parsed', () => {
    const root = grammars.parse('python', 'def good():\n    pass\n\ndef (((:\n\ndef better():\n    pass\n');
    expect(within(root, ['ERROR']).length).toBeGreaterThan(0);
    expect(within(root, ['function_definition']).map((node) => childOf(node, 'name')?.text)).toContain('better');
  });
  it('that is nested without end is read to a depth that no visitor has to fear', () => {
    const depth = 5_000;
    const root = grammars.parse('python', `a = ${'('.repeat(depth)}1${')'.repeat(depth)}\nb = 2\n`);
    expect(within(root, ['ERROR']).length).toBeGreaterThan(0);
    expect(within(root, ['assignment']).map((node) => childOf(node, 'left')?.text)).toEqual(['a', 'b']);
    const deepest = (node: Plain): number => Math.max(0, ...node.children.map(deepest)) + 1;
    expect(deepest(root)).toBeLessThanOrEqual(1_000);
  });
});
