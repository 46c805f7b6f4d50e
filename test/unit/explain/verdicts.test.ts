// A word that a run ends with is looked up like a code.
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { explainVerdict, verdictNames } from '../../../src/explain/verdicts.ts';
import { main } from '../../../src/main.ts';
import { exitCodes } from '../../../src/model/exit.ts';
import type { RunStatus, RunVerdict, Verdict } from '../../../src/model/verdict.ts';
import { verdictWords } from '../../../src/report/run-words.ts';
import { here } from '../../rig/here.ts';

const ofGates = ['pass', 'fail', 'inconclusive', 'invalid', 'skipped', 'waived'] as const satisfies readonly Verdict[];
const verdicts = ['proven', 'not-proven', 'inconclusive', 'unverified'] as const satisfies readonly RunVerdict[];
const statuses = [
  'completed',
  'partial',
  'blocked',
  'waiting',
  'budget',
  'integrity',
  'environment',
  'interrupted',
  'internal',
] as const satisfies readonly RunStatus[];
const ofRuns = verdicts.flatMap((verdict) => statuses.map((status) => verdictWords({ verdict, status }).mark));

async function explained(...words: readonly string[]) {
  const { io, said } = here(os.tmpdir());
  return { code: await main(['explain', ...words], io), said: said() };
}

describe('every verdict', () => {
  it.each([...new Set([...ofGates, ...ofRuns])])('%s has an answer', (word) => {
    expect(explainVerdict(word)?.means).toMatch(/^\S.{8,}\.$/);
  });
  it('and no other word', () => {
    const words = new Set([...ofGates, ...ofRuns].map((word) => word.toUpperCase()));
    expect(verdictNames.filter((name) => !words.has(name))).toEqual([]);
    expect(explainVerdict('constructor')).toBeUndefined();
  });
  it.each(Object.values(exitCodes))('so has the exit code %s', (code) => {
    expect(explainVerdict(String(code))?.means).toMatch(/^\S.{8,}\.$/);
  });
});

it('it says which exit code it has, and what to do', async () => {
  const { code, said } = await explained('not', 'proven');
  expect({ code, said }).toMatchObject({ code: 2 });
  const proven = await explained('not proven');
  expect(proven.code).toBe(0);
  expect(proven.said).toMatch(/^NOT PROVEN\n {2}A blocking gate is red\.\n[\s\S]*exit code +1\n[\s\S]*`bexpert report latest`/);
  expect((await explained('UNVERIFIED')).said).toContain('no blocking gate passed on evidence');
  expect((await explained('3')).said).toContain('exit code 3');
  expect((await explained('PROVED')).said).toContain('Did you mean `PROVEN`?');
});
