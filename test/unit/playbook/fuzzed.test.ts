// Whatever a file holds: a plan, or diagnostics that point into it. Never a throw, never a word of JavaScript in what a person reads.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { Source } from '../../../src/playbook/source.ts';
import fc from '../../rig/property.ts';
import { change, changed, valid } from './mutation.ts';
import { folderOf } from './prepare-files.ts';
import { prepareFolder } from './prepare-folder.ts';

const runs = (sampled: number, full: number): number => (process.env.BEXPERT_TEST === 'full' ? full : sampled);

/** Every place is inside its file, and its end is not before its beginning. */
function placed(diagnostics: readonly Diagnostic[], sources: readonly { readonly file: string; readonly text: string }[]): void {
  for (const { place, related = [], code } of diagnostics) {
    for (const { file, range } of [...(place === undefined ? [] : [place]), ...related.map((other) => other.place)]) {
      const lines = sources.find((source) => source.file === file)?.text.split('\n') ?? [];
      for (const { line, column } of [range.start, range.end]) {
        const length = (lines[line - 1] ?? '').length;
        const inside = line >= 1 && line <= lines.length && column >= 1 && column <= length + 1;
        expect(inside, `${code} points to ${file}:${line}:${column}, and the line has ${length} characters`).toBe(true);
      }
      const { start, end } = range;
      expect(start.line < end.line || (start.line === end.line && start.column <= end.column), code).toBe(true);
    }
  }
}

/** What was meant for a program, and what JavaScript says in place of a value. */
function worded(diagnostics: readonly Diagnostic[], text: string): void {
  for (const { message, hint = '' } of diagnostics) {
    expect(typeof hint).toBe('string');
    if (!/undefined|NaN/.test(text)) expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|NaN|function \w+\(/);
    // Nothing is quoted that nobody sees; a backtick of the file's own says nothing.
    if (!text.includes('`')) expect(message).not.toContain('``');
  }
}

describe('a playbook that was changed by chance', () => {
  it('knows the valid playbooks of the repository', () => {
    expect(valid.size).toBeGreaterThanOrEqual(10);
  });
  it('gives a plan or diagnostics', { timeout: 600_000 }, async () => {
    const folder = folderOf({ 'base.yml': 'bexpert: 1\nphases: { verify: [tests] }\n' });
    const mutated = fc.tuple(fc.constantFrom(...valid.values()), fc.array(change, { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(mutated, async ([text, changes]) => {
        const written = changes.reduce(changed, text);
        await writeFile(path.join(folder, 'playbook.yml'), written);
        const { plan, diagnostics, sources } = await prepareFolder(folder, { inputs: { goal: 'x' } });
        expect(plan === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        placed(diagnostics, sources);
        worded(diagnostics, written);
        expect(renderDiagnostics(diagnostics, { sources, color: false })).toContain(diagnostics[0]?.code ?? '');
      }),
      { numRuns: runs(300, 20_000) },
    );
  });
});

describe('any bytes at all', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text, 'utf16le')),
    fc
      .tuple(fc.constantFrom(...valid.values()), fc.nat(3000), fc.uint8Array({ minLength: 1, maxLength: 4 }))
      .map(([text, at, some]) => Buffer.concat([Buffer.from(text).subarray(0, at), some, Buffer.from(text).subarray(at)])),
  );
  it('are read, or it is said where they are none', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const source = Source.fromBytes('x.yml', given);
        placed(source.problems, [source]);
        const wrong = source.problems.some(({ severity }) => severity === 'error');
        if (wrong) expect(source.value).toBeUndefined();
      }),
      { numRuns: runs(1000, 50_000) },
    );
  });
});

describe('what was made to do harm', () => {
  const playbook = 'bexpert: 1\nphases:\n  verify: [tests]\n';
  const bomb = Array.from({ length: 30 }, (_, at) => `  k${at}: &k${at} [${at === 0 ? 'x' : `*k${at - 1}, *k${at - 1}`}]`).join(
    '\n',
  );
  const cases: readonly (readonly [string, string, string])[] = [
    ['an alias bomb', `${playbook}env:\n${bomb}\n`, 'yaml/alias-bomb'],
    ['an anchor in itself, in a list', `${playbook}env: &a [*a, *a]\n`, 'yaml/alias-bomb'],
    ['lists in lists, 100,000 deep', `${playbook}env: ${'['.repeat(100_000)}`, 'yaml/too-deep'],
    [
      'maps in maps, 1,000 deep',
      `${playbook}env:\n${Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at + 1)}a:`).join('\n')}\n`,
      'yaml/too-deep',
    ],
    ['list items in list items, 10,000 on a line', `${playbook}protect: \n  ${'- '.repeat(10_000)}x\n`, 'yaml/too-deep'],
    ['explicit keys, 10,000 on a line', `${playbook}${'? '.repeat(10_000)}x\n`, 'yaml/too-deep'],
    ['one text of 1,000,000 characters', `${playbook}description: ${'x'.repeat(1_000_000)}\n`, ''],
    ['one line of 300,000 words', `${playbook}description: ${'xy '.repeat(300_000)}\n`, ''],
    ['300,000 empty lines in a text', `${playbook}description: |\n${'\n'.repeat(300_000)}  x\n`, ''],
    ['a file over the limit', `${playbook}# ${'x'.repeat(1_048_577)}\n`, 'yaml/too-large'],
    ['50,000 keys', `${playbook}env:\n${Array.from({ length: 50_000 }, (_, at) => `  K${at}: 1`).join('\n')}\n`, ''],
    ['30,000 times the same key', `${playbook}env:\n${'  K: 1\n'.repeat(30_000)}`, 'yaml/duplicate-key'],
    [
      '20,000 anchors of one name',
      `${playbook}env:\n${Array.from({ length: 20_000 }, (_, at) => `  K${at}: &a ${at}`).join('\n')}\n`,
      '',
    ],
    [
      '20,000 unknown aliases',
      `${playbook}env:\n${Array.from({ length: 20_000 }, (_, at) => `  K${at}: *x${at}`).join('\n')}\n`,
      'yaml/unknown-alias',
    ],
    ['20,000 expressions in one text', `${playbook}env: { A: "${'${{ run.id }}'.repeat(20_000)}" }\n`, ''],
    ['20,000 expressions that never end', `${playbook}env: { A: "${'${{ '.repeat(20_000)}" }\n`, 'expression/unterminated'],
    ['20,000 open parentheses', `${playbook}env: { A: "\${{ ${'('.repeat(20_000)} }}" }\n`, 'expression/too-large'],
    ['100,000 backslashes in quotes', `${playbook}description: "${'\\q'.repeat(100_000)}"\n`, 'yaml/escape'],
    ['a million quotes', `${playbook}description: ${"'".repeat(900_000)}\n`, ''],
    ['a million braces', `${playbook}env: ${'{'.repeat(900_000)}\n`, 'yaml/too-deep'],
    ['100,000 documents', `${playbook}${'---\n'.repeat(100_000)}`, 'yaml/several-documents'],
    ['30,000 directives', `${'%YAML 1.2\n'.repeat(30_000)}---\n${playbook}`, 'yaml/directive'],
    ['100,000 comments', `${playbook}env:\n${'  # x\n'.repeat(100_000)}  A: b #c\n`, 'yaml/too-large'],
    ['a glob of 10,000 stars', `${playbook}protect: ["${'**/'.repeat(10_000)}x"]\n`, ''],
    [
      '2,000 steps in a circle',
      `bexpert: 1\nphases:\n  verify:\n${Array.from({ length: 2_000 }, (_, at) => `    - { id: s${at}, uses: tests, needs: [s${(at + 1) % 2_000}] }`).join('\n')}\n`,
      'step/cycle',
    ],
    ['halves of surrogate pairs', `${playbook}description: "\\ud800 \\udc00"\nname: "\ud800"\n`, ''],
    ['NUL in a key', `${playbook}"a\\0b": 1\n`, 'playbook/unknown-key'],
    ['a byte order mark, twice', `\ufeff\ufeff${playbook}`, 'yaml/character'],
    [
      'names that objects have',
      `${playbook}env: { toString: a, valueOf: b, hasOwnProperty: c, __defineGetter__: d }\nservices: { toString: { run: x } }\n`,
      '',
    ],
  ];
  it.each(cases)('%s', async (_, text, code) => {
    const folder = folderOf({ 'playbook.yml': text });
    const { plan, diagnostics, sources } = await prepareFolder(folder);
    expect(plan === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    if (code !== '') expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    placed(diagnostics, sources);
    expect(diagnostics.length).toBeLessThan(5_000);
    renderDiagnostics(diagnostics.slice(0, 100), { sources, color: false });
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});
