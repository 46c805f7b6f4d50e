import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FactsCache } from '../../../../src/discovery/files/facts-cache.ts';
import { indexed } from '../../../../src/discovery/files/index-file.ts';
import { openReading } from '../../../../src/discovery/index.ts';
import { filesOf } from '../../../rig/reading.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'bexpert-facts-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const day = 86_400_000;
const cacheAt = (version: string, now = 0) => new FactsCache({ home, version, now });
const files = Array.from({ length: 30 }, (_, n) => ({ file: `f${n}.ts`, text: `import x from 'p${n}';` }));
const facts = new Map(files.map(({ file, text }) => [file, indexed(file, text).facts]));
const parts = (version: string) => readdirSync(path.join(home, version)).map((name) => path.join(home, version, name));

it('gives back what was kept, by content and not by name', async () => {
  await cacheAt('v').keep(files, facts);
  const known = await cacheAt('v').known([
    { file: 'moved/f7.ts', text: files[7]?.text ?? '' },
    { file: 'f8.ts', text: 'changed();' },
    { file: 'f9.tsx', text: files[9]?.text ?? '' },
  ]);
  expect([...known]).toEqual([['moved/f7.ts', facts.get('f7.ts')]]);
  expect((await cacheAt('w').known(files)).size).toBe(0);
});

it('counts as absent what is broken, and mends it', async () => {
  await cacheAt('v').keep(files, facts);
  const broken = ['{ cut off', '[["0011.ts", [{}, 1]], 7]', '', '"text"'];
  for (const [n, file] of parts('v').entries()) writeFileSync(file, broken[n % broken.length] ?? '');
  expect((await cacheAt('v').known(files)).size).toBe(0);
  await cacheAt('v').keep(files, facts);
  expect(await cacheAt('v').known(files)).toEqual(facts);
});

it('looks again at what had trouble, keeps one other version, and does without a folder that cannot be written', async () => {
  const bad = { file: 'bad.ts', text: 'x = (;' };
  await cacheAt('v').keep([bad], new Map([['bad.ts', indexed(bad.file, bad.text).facts]]));
  expect((await cacheAt('v').known([bad])).size).toBe(0);
  for (const version of ['a', 'b', 'c']) await cacheAt(version).keep(files, facts);
  expect(readdirSync(home).length).toBe(2);
  expect(readdirSync(home)).toContain('c');
  writeFileSync(path.join(home, 'file'), '');
  await new FactsCache({ home: path.join(home, 'file'), version: 'v', now: 0 }).keep(files, facts);
});

it('lets go what was used longest ago when a part grows too large', async () => {
  const many = Array.from({ length: 400 }, (_, n) => ({ file: `l${n}.ts`, text: `import 'p${n}';` }));
  const made = new Map(many.map(({ file, text }) => [file, indexed(file, text).facts]));
  const at = (now: number) => new FactsCache({ home, version: 'v', now, largest: 400 });
  await at(0).keep(many.slice(0, 200), made);
  await at(0).known(many.slice(200));
  const later = at(9 * day);
  await later.known(many.slice(200));
  await later.keep(many.slice(200), made);
  for (const file of parts('v')) expect(readFileSync(file).length).toBeLessThanOrEqual(400);
  const left = [...(await at(9 * day).known(many)).keys()].map((file) => Number(file.slice(1, -3)));
  expect(left.filter((n) => n >= 200).length).toBeGreaterThan(left.filter((n) => n < 200).length);
});

it('a project that was read before is read from what is known', async () => {
  const source = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`f${n}.ts`, `import x from 'p${n}';\n${'// a comment\n'.repeat(1000)}`]),
  );
  const open = () => openReading({ tree: { ...filesOf(source), facts: home }, stacks: [] });
  expect((await open()).marked('p3')).toEqual(['f3.ts']);
  const [version = ''] = readdirSync(home);
  // What is read there is believed: so it was not parsed again.
  for (const file of parts(version)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"p3"', '"believed"'));
  expect((await open()).marked('believed')).toEqual(['f3.ts']);
});
