// `bexpert test`: plays playbooks with steps that answer as a test says, and shows which branches no test goes through.
import path from 'node:path';
import { playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { exitCodes } from '../model/exit.ts';
import { type FileResult, runTestFile } from '../playtest/test-file.ts';
import { createInk, type Ink, wantsColor } from '../report/ink.ts';
import { count } from '../report/quantity.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { localTests } from './playbook-files.ts';
import { noTest, preparingCases, testSource } from './prepare-case.ts';

export interface TestCall {
  readonly files: readonly string[];
  readonly repo?: string;
  readonly minCoverage?: string;
  readonly json?: boolean;
}

export async function test(call: TestCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  const found = localTests(scope.value).map((file) => path.join(call.repo ?? '', file));
  const files = call.files.length > 0 ? call.files : found;
  const minimum = call.minCoverage === undefined ? 0 : Number(call.minCoverage.replace(/%$/, ''));
  if (!(minimum >= 0 && minimum <= 100)) {
    await complain(io, [problem('cli/min-coverage', { given: call.minCoverage ?? '' })]);
    return exitCodes.badPlaybook;
  }
  if (files.length === 0) {
    await complain(io, [problem('cli/nothing-to-test', { folder: path.join(scope.value, 'playbooks') })]);
    return exitCodes.badPlaybook;
  }
  const results: FileResult[] = [];
  for (const file of files) {
    const source = testSource(file, io.cwd);
    if (source === undefined) {
      await complain(io, [noTest(file, io.cwd)]);
      return exitCodes.badPlaybook;
    }
    const prepareCase = preparingCases({ file, repo: call.repo, io });
    results.push(await runTestFile(source, { prepareCase, signal: io.signal, now: io.now }));
  }
  const branches = results.flatMap((result) => result.branches);
  const covered = branches.filter((branch) => branch.covered).length;
  const percent = branches.length === 0 ? 100 : Math.floor((covered / branches.length) * 100);
  const broken = results.some((result) => result.broken);
  const enough = broken || percent >= minimum;
  if (call.json === true) io.stdout.write(`${JSON.stringify(documentOf(results, { covered, percent }), undefined, 2)}\n`);
  else {
    const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
    for (const result of results) await show(result, io, ink);
    if (!broken) io.stdout.write(`${summary(results, { covered, percent }).join('\n')}\n`);
  }
  if (!enough) {
    const facts = { covered, total: branches.length, percent, minimum };
    await complain(io, [diagnose(playbookCodes, 'playtest/coverage', facts)]);
  }
  if (broken) return exitCodes.badPlaybook;
  const green = enough && results.every(({ cases }) => cases.every(({ passed }) => passed));
  return green ? exitCodes.proven : exitCodes.gateFailed;
}

async function show(result: FileResult, io: Io, ink: Ink): Promise<void> {
  io.stdout.write(`${ink.bold(result.file)}\n`);
  for (const { name, passed, milliseconds } of result.cases) {
    const took = milliseconds < 1 ? '' : ink.dim(`  ${Math.round(milliseconds)} ms`);
    io.stdout.write(`  ${passed ? ink.green('ok  ') : ink.red('no  ')} ${name}${took}\n`);
  }
  if (result.diagnostics.length > 0) io.stdout.write('\n');
  await complain(io, result.diagnostics, { sources: result.sources, output: io.stdout });
  io.stdout.write('\n');
}

function summary(results: readonly FileResult[], o: { readonly covered: number; readonly percent: number }): readonly string[] {
  const cases = results.flatMap((result) => result.cases);
  const green = cases.filter(({ passed }) => passed).length;
  const branches = results.flatMap((result) => result.branches);
  const missed = branches.filter(({ covered }) => !covered);
  return [
    `${green} of ${count(cases.length, 'cases')} ${cases.length === 1 ? 'goes' : 'go'} as expected`,
    `${o.covered} of ${count(branches.length, 'branches')} covered, ${o.percent} %`,
    ...missed.map(({ what, place }) => `  not covered  ${place.file}:${place.range.start.line}  ${what}`),
  ];
}

function documentOf(results: readonly FileResult[], o: { readonly covered: number; readonly percent: number }) {
  const branches = results.flatMap((result) => result.branches);
  return {
    format: 1,
    files: results.map(({ file, playbook, cases, diagnostics, branches: own }) => ({
      file,
      playbook,
      cases: cases.map(({ name, passed, path: steps }) => ({ name, passed, path: steps })),
      branches: own,
      diagnostics,
    })),
    coverage: { covered: o.covered, total: branches.length, percent: o.percent },
  };
}
