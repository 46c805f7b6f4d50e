// What docs/discovery.md says of accuracy is what a command counted.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Kept, withTables } from '../../bench/discovery-page.ts';
import type { Truth } from '../../bench/discovery-score.ts';
import { subjects } from '../../bench/discovery-subjects.ts';
import { root } from './sources.ts';

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const kept = read<Kept>('bench/results/discovery.json');

describe('the tables of docs/discovery.md', () => {
  it('are those of bench/results/discovery.json: npm run bench:discovery -- --write', () => {
    const page = readFileSync(path.join(root, 'docs/discovery.md'), 'utf8');
    expect(page).toBe(withTables(page, kept));
  });
  it('hold every back end whose truth is known', () => {
    expect(kept.results.filter(({ kind }) => kind === 'public').map(({ subject }) => subject)).toEqual(
      subjects.map(({ name }) => name),
    );
    expect(subjects.length).toBeGreaterThanOrEqual(12);
  });
});

describe.each(subjects)('what is true of $name', ({ name, commit, stack }) => {
  it('is kept, says how it was learnt, and has what its stack says', () => {
    const truth = read<Truth>(`bench/truth/${name}.json`);
    expect(truth.made.length).toBeGreaterThan(10);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect((truth.routes ?? []).length > 0).toBe(stack.routes !== undefined);
    expect(Object.keys(truth.tables ?? {}).length > 0).toBe(stack.tables !== undefined);
  });
});

it('no truth lies there that nobody is held against', () => {
  const names = readdirSync(path.join(root, 'bench/truth')).map((file) => path.basename(file, '.json'));
  expect(names.sort()).toEqual(subjects.map(({ name }) => name).sort());
});
