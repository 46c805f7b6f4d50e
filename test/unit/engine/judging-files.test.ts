import { expect, it } from 'vitest';
import { protectJudges } from '../../../src/engine/judging-files.ts';
import type { Plan, StepBody } from '../../../src/model/plan.ts';
import { phase, step } from './samples.ts';

const inBase = new Set(['app/check.mjs', 'app/tools/lint.sh', 'app/src/a.js', 'app/odd [name].mjs', 'outside.mjs']);
const workspace = {
  readBase: async (file: string) => (inBase.has(file) ? new Uint8Array() : undefined),
  repository: { scope: 'app' },
} as unknown as Parameters<typeof protectJudges>[1];

async function protectedBy(body: StepBody, workingDirectory?: string): Promise<readonly string[]> {
  const gate = step('gate', { body, ...(workingDirectory === undefined ? {} : { workingDirectory }) });
  const plan = { phases: [phase([gate])], protect: ['given/**'] } as unknown as Plan;
  return (await protectJudges(plan, workspace)).protect.slice(1);
}
const shell = (command: string): StepBody => ({ kind: 'shell', command });

it.each([
  ['an interpreter with a script', shell('node --enable-source-maps check.mjs src/a.js'), undefined, ['check.mjs']],
  ['a script by its path', shell('LEVEL=1 ./tools/lint.sh && echo fine'), undefined, ['tools/lint.sh']],
  ['each command of a line', shell('tools/lint.sh | node check.mjs; true'), undefined, ['check.mjs', 'tools/lint.sh']],
  ['a list of arguments', { kind: 'argv', argv: ['node', 'odd [name].mjs'] }, undefined, ['odd \\[name\\].mjs']],
  ['a working directory', shell('sh lint.sh'), 'tools', ['tools/lint.sh']],
] as const)('%s is part of the judge', async (_, body, folder, expected) => {
  expect(await protectedBy(body, folder)).toEqual(expected);
});

it.each([
  ['what the command looks at', shell('grep -q right src/a.js')],
  ['a program of the system', shell('npx eslint src/a.js')],
  ['a file that base does not have', shell('node made-by-setup.mjs')],
  ['what lies outside the scope', shell('node ../outside.mjs')],
] as const)('%s stays free', async (_, body) => {
  expect(await protectedBy(body)).toEqual([]);
});
