import path from 'node:path';
import { expect, it } from 'vitest';
import { indexApart } from '../../../../src/discovery/mapper/pool.ts';
import { encoded, Questions } from '../../../../src/discovery/mapper/wire.ts';
import { startIndexing } from '../../../../src/host/indexing-process.ts';
import { programPath } from '../../../rig/program.ts';
import { readingOf } from '../../../rig/reading.ts';

const script = path.join(path.dirname(programPath), 'mapper.mjs');
const start = () => startIndexing(script);
const files = (texts: Readonly<Record<string, string>>) => Object.entries(texts).map(([file, text]) => ({ file, text }));
const fine = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`f${String(n).padStart(2, '0')}.ts`, `import x from 'p${n}';`]),
);

it('reads what another process says, in any pieces', () => {
  const bytes = Buffer.concat([encoded({ file: 'a.ts', text: 'ä\n' }), encoded({ file: 'b.ts', text: '' })]);
  const questions = new Questions();
  expect([...bytes].flatMap((_, n) => questions.add(bytes.subarray(n, n + 1)))).toEqual([
    { file: 'a.ts', text: 'ä\n' },
    { file: 'b.ts', text: '' },
  ]);
});

it('a file that ends the parser is named and left out, and all others are read', async () => {
  const deadly = { 'f10-chain.ts': `x = ${'a?'.repeat(60_000)}`, 'f20-types.ts': `let x: ${'A<'.repeat(60_000)}` };
  const facts = await indexApart({ questions: files({ ...fine, ...deadly }), start });
  const said = [...facts.values()].flatMap(({ trouble }) => trouble.map(({ file, why }) => `${file} ${why}`)).sort();
  expect(said).toEqual([
    'f10-chain.ts it is left out: the parser ended on it (SIGSEGV)',
    'f20-types.ts it is left out: the parser ended on it (SIGSEGV)',
  ]);
  expect(facts.size).toBe(42);
  for (const n of Object.keys(fine).keys()) expect(facts.get(`f${String(n).padStart(2, '0')}.ts`)?.marks).toEqual([`p${n}`]);
});

it('the map of a project with such a file is whole but for that file', async () => {
  const reading = await readingOf({ ...fine, 'deadly.ts': `x = ${'a?\n'.repeat(60_000)}` });
  expect(reading.trouble.map(({ file, why }) => `${file} ${why}`)).toEqual([
    'deadly.ts it is left out: the parser ended on it (SIGSEGV)',
  ]);
  expect(reading.ecma('deadly.ts')).toBeUndefined();
  expect(reading.marked(/^p\d+$/).length).toBe(40);
});

it('gives up when too many files end it, and says what was not read', async () => {
  const deadly = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [`d${String(n).padStart(2, '0')}.ts`, 'a=>'.repeat(60_000)]),
  );
  const facts = await indexApart({ questions: files({ ...deadly, 'z.ts': 'fine();' }), start, mostDeaths: 3 });
  const ended = [...facts.values()].filter(({ trouble }) => trouble[0]?.why.includes('the parser ended on it')).length;
  expect(ended).toBeGreaterThanOrEqual(3);
  expect(facts.size).toBe(7);
  expect(facts.get('z.ts')?.trouble).toMatchObject([
    { why: expect.stringMatching(/^it was not read: [34] files before it ended the parser$/) },
  ]);
});

it('a file that takes too long is left out, and one that cannot be started says why', async () => {
  const facts = await indexApart({ questions: files({ 'a.ts': 'a();' }), start, patience: 1 });
  expect(facts.get('a.ts')?.trouble).toMatchObject([{ why: expect.stringContaining('it took more than 0.001 seconds') }]);
  const none = await indexApart({ questions: files({ 'a.ts': 'a();' }), start: () => startIndexing('/nowhere/mapper.mjs') });
  expect(none.get('a.ts')?.trouble).toMatchObject([{ why: expect.stringContaining('could not be started: exit code 1') }]);
});

it('ends with the run', async () => {
  const abort = new AbortController();
  const indexed = indexApart({
    questions: files(fine),
    signal: abort.signal,
    start: () => {
      abort.abort();
      return start();
    },
  });
  await expect(indexed).rejects.toThrow(/abort/i);
});
