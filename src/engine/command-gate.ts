// Gates that are commands: their exit code is the verdict, or what their own report says.
import type { StepPlan } from '../model/plan.ts';
import type { ExecResult, GateManifest, GateResult } from '../plugin-api.ts';
import { commandManifest, scopeFolder, withCommand } from './command.ts';
import { passedOnBase, testNames } from './missing-tests.ts';
import { findingsOf, reportsBefore } from './report-findings.ts';
import type { GateBody, Setting } from './step-body.ts';

export function commandGate(step: StepPlan): GateBody {
  return step.findings === undefined
    ? { manifest: commandManifest, evidence: 'exit-code', trees: 'one', run: byExitCode }
    : { manifest: manifestOf(step), evidence: 'examined', trees: 'one', run: byReport };
}

/** Codes of a tool are its own, so that the manifest speaks of all of them. */
function manifestOf({ id }: StepPlan): GateManifest {
  return {
    ...commandManifest,
    name: id,
    summary: 'A command whose own report is the verdict.',
    runsOnBase: true,
    findings: {
      [`${id}/*`]: { means: 'The tool reported it.', baseline: 'subtract' },
      [`${id}/exit-code`]: {
        means: 'The command ended with another exit code than 0, and its report does not say why.',
        baseline: 'absolute',
      },
      [`${id}/silenced`]: {
        means: 'More problems are silenced, or tests skipped, than on base.',
        baseline: 'ratchet',
      },
      [`${id}/missing-tests`]: { means: 'Tests that pass on base are not in the report.', baseline: 'absolute' },
    },
  };
}

const tail = (text: string): string => text.slice(-4000);
const ending = (result: ExecResult): string => (result.status === 'exited' ? `exit code ${result.exitCode}` : result.status);

const byExitCode = (setting: Setting): Promise<GateResult> =>
  withCommand(setting, {}, async ({ result, outputs, artifacts }) => {
    const rest = { outputs, artifacts, examined: { unit: 'commands', count: 1, min: 1 } };
    if (result.status === 'exited' && result.exitCode === 0) return { ...rest, findings: [] };
    return { ...rest, findings: [exitCodeFinding(setting, result, 'run/exit-code')] };
  });

function exitCodeFinding({ step }: Setting, result: ExecResult, code: string): GateResult['findings'][number] {
  return {
    code,
    severity: 'error',
    subject: step.id,
    message: `The command of step ${step.id} ended with ${ending(result)}; 0 was expected.`,
    evidence: tail(`${result.stdout}\n${result.stderr}`.trim()),
    ...(step.body.kind === 'shell' ? { repro: step.body.command } : {}),
  };
}

/**
 * Silencing a problem is the cheapest way to be rid of it, so that what is silenced may not grow. There is nothing to compare with where
 * base and candidate are one tree, or where the playbook does not look at base.
 */
function silencedFinding({ step, candidate, context, as }: Setting, silenced: number): GateResult['findings'] {
  const compared = as === 'base' || candidate.tree !== context.workspace.base.tree;
  if (silenced === 0 || !compared || step.report === 'all') return [];
  return [
    {
      code: `${step.id}/silenced`,
      severity: 'error',
      subject: 'silenced',
      message: `The report of step ${step.id} has ${silenced} silenced problems or skipped tests, more than on base.`,
      hint: `Mend them in place of silencing them. Where it is meant so, waive \`${step.id}/silenced\` in the playbook.`,
      magnitude: silenced,
    },
  ];
}

/** Bytes of a report that are read. */
const longestReport = 64 * 1024 * 1024;

async function byReport(setting: Setting): ReturnType<GateBody['run']> {
  await reportsBefore(setting, scopeFolder(setting));
  return withCommand(setting, { keepBytes: longestReport }, async (ran) => {
    const { result, outputs, artifacts } = ran;
    const { findings, report } = await findingsOf(setting, ran, { root: scopeFolder(setting), limit: longestReport });
    const red = result.exitCode !== 0;
    const errors = findings.some(({ severity }) => severity === 'error');
    // The tool was told to fail for these, `--max-warnings 0` say.
    const counted = red && !errors ? findings.map((finding) => ({ ...finding, severity: 'error' as const })) : findings;
    return {
      outputs,
      artifacts,
      examined: { min: 1, ...(report.examined ?? { unit: 'commands', count: 1 }) },
      findings: [
        ...(red && findings.length === 0 ? [exitCodeFinding(setting, result, `${setting.step.id}/exit-code`)] : counted),
        ...silencedFinding(setting, report.silenced),
        ...(setting.as === 'base' && report.tests !== undefined
          ? [passedOnBase(setting.step.id, testNames(report.tests, 'passed').map(setting.context.mask))]
          : []),
      ],
      ...(setting.step.report === 'all' || report.tests === undefined
        ? {}
        : { tests: testNames(report.tests, 'passed', 'failed', 'skipped').map(setting.context.mask) }),
      ...(report.silenced === 0
        ? {}
        : { measurements: [{ name: 'silenced or skipped', value: report.silenced, unit: 'count' }] }),
      // A report that does not say what was looked at is worth what the exit code is.
      ...(report.examined === undefined ? { evidence: 'exit-code' } : {}),
    };
  });
}
