import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../contract/sources.ts';
import fc from '../../rig/property.ts';
import { prepareFolder } from './prepare-folder.ts';

const text = readFileSync(path.join(root, 'test/playbooks/good/every-key/playbook.yml'), 'utf8');
const lines = text.split('\n');
/** What it extends and includes. */
const below = new Map(
  ['base.yml', 'steps.yml'].map((name) => [name, readFileSync(path.join(root, 'test/playbooks/good/every-key', name), 'utf8')]),
);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-mutated-'));
  await writeFile(path.join(folder, 'stand-in.yml'), 'script: 1\n');
  for (const [name, own] of below) await writeFile(path.join(folder, name), own);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A line removed, doubled, moved, indented, or with a piece of it replaced by what may stand elsewhere in the language. */
const piece = fc.constantFrom(
  '',
  '[]',
  '{}',
  'null',
  '1',
  '"',
  "'",
  '${{ steps.',
  '${{ inputs.goal }}',
  ':',
  '- ',
  '#',
  '&a',
  '*a',
  '10%',
  'uses: tests',
  '../x',
  '\t',
  '…',
);
const at = fc.nat(lines.length - 1);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('remove' as const), at }),
  fc.record({ kind: fc.constant('double' as const), at }),
  fc.record({ kind: fc.constant('swap' as const), at, with: at }),
  fc.record({ kind: fc.constant('indent' as const), at }),
  fc.record({ kind: fc.constant('replace' as const), at, from: fc.nat(60), length: fc.nat(20), by: piece }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(source: readonly string[], change: Mutation): string[] {
  const next = [...source];
  const line = next[change.at] ?? '';
  switch (change.kind) {
    case 'remove':
      next.splice(change.at, 1);
      break;
    case 'double':
      next.splice(change.at, 0, line);
      break;
    case 'swap':
      next[change.at] = next[change.with] ?? '';
      next[change.with] = line;
      break;
    case 'indent':
      next[change.at] = `  ${line}`;
      break;
    case 'replace':
      next[change.at] = line.slice(0, change.from) + change.by + line.slice(change.from + change.length);
      break;
  }
  return next;
}

it('a playbook with mistakes gives a plan or diagnostics inside the file, and never throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const mutated = mutations.reduce<readonly string[]>(mutate, lines).join('\n');
      await writeFile(path.join(folder, 'playbook.yml'), mutated);
      const { plan, diagnostics } = await prepareFolder(folder, { inputs: { goal: 'x' } });
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(plan === undefined).toBe(errors.length > 0);
      for (const { place, message } of diagnostics) {
        expect(message).not.toMatch(/undefined|\[object|NaN/);
        if (place === undefined) continue;
        const written = (below.get(place.file) ?? mutated).split('\n');
        for (const { line, column } of [place.range.start, place.range.end]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(written.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((written[line - 1] ?? '').length + 1);
        }
      }
    }),
    { numRuns: process.env.BEXPERT_TEST === 'full' ? 2000 : 250 },
  );
});

it('files that a playbook extends and includes may hold mistakes as well', async () => {
  const policy =
    'bexpert: 1\nfinal: [env.FROM_POLICY]\nenv: { FROM_POLICY: x }\nbounds:\n  budget.usd: { max: 10 }\n  phases.*.steps.*.timeout: { max: 2h }\n';
  const base = below.get('base.yml') ?? '';
  const files = new Map([
    ...below,
    ['base.yml', base.replace('bexpert: 1\n', 'bexpert: 1\nextends: policy.yml\n')],
    ['policy.yml', policy],
  ]);
  for (const [name, own] of files) await writeFile(path.join(folder, name), own);
  const inside = fc.record({
    file: fc.constantFrom(...files.keys()),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  });
  await writeFile(path.join(folder, 'playbook.yml'), text);
  expect((await prepareFolder(folder, { inputs: { goal: 'x' } })).diagnostics).toEqual([]);
  await fc.assert(
    fc.asyncProperty(inside, async ({ file, mutations }) => {
      const original = files.get(file)?.split('\n') ?? [];
      const at = (index: number): number => index % original.length;
      const own = mutations.map((change) => ({
        ...change,
        at: at(change.at),
        ...('with' in change ? { with: at(change.with) } : {}),
      }));
      const mutated = own.reduce<readonly string[]>(mutate, original).join('\n');
      await writeFile(path.join(folder, file), mutated);
      const { plan, diagnostics } = await prepareFolder(folder, { inputs: { goal: 'x' } });
      await writeFile(path.join(folder, file), files.get(file) ?? '');
      expect(plan === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      for (const { place, message, related = [] } of diagnostics) {
        expect(message).not.toMatch(/undefined|\[object|NaN/);
        for (const each of [...(place === undefined ? [] : [place]), ...related.map((other) => other.place)]) {
          const written = (each.file === file ? mutated : (files.get(each.file) ?? text)).split('\n');
          expect(each.range.end.line).toBeLessThanOrEqual(written.length);
          expect(each.range.end.column).toBeLessThanOrEqual((written[each.range.end.line - 1] ?? '').length + 1);
        }
      }
    }),
    { numRuns: process.env.BEXPERT_TEST === 'full' ? 1500 : 150 },
  );
});
