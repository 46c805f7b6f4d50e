// From what a gate examined and found to what it means (LANGUAGE rules 7 and 9). No plugin takes part in this.

import type { StepPlan } from '../model/plan.ts';
import type { JudgedFinding } from '../model/step-result.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Baseline, Finding, GateManifest, GateResult } from '../plugin-api.ts';
import { count } from '../report/quantity.ts';
import { fingerprint } from './fingerprint.ts';
import { waiverFor } from './waiver.ts';

/** What the same gate found on base. `same`: base and candidate are one tree, so there is nothing to tell apart. */
export type BaseLook =
  | { readonly kind: 'same' }
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'found'; readonly findings: readonly Finding[]; readonly examinedEnough: boolean }
  | { readonly kind: 'missing'; readonly reason: string };

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly findings: readonly JudgedFinding[];
}

const evidenceLimit = 4 * 1024;

function cut(finding: Finding): Finding {
  if (finding.evidence === undefined || Buffer.byteLength(finding.evidence) <= evidenceLimit) return finding;
  const kept = Buffer.from(finding.evidence)
    .subarray(0, evidenceLimit)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return { ...finding, evidence: `${kept}\n… cut at 4 KiB` };
}

function baselineOf(finding: Finding, manifest: GateManifest, step: StepPlan): Baseline {
  if (step.report === 'all') return 'absolute';
  // A command's report has codes of its tool: `*` stands for those that the manifest does not name.
  const declared = (manifest.findings[finding.code] ?? manifest.findings[`${manifest.name}/*`])?.baseline ?? 'absolute';
  return step.report === 'new' && declared === 'absolute' ? 'subtract' : declared;
}

/** Does a gate's result need a look at base before it can be judged? */
export function needsBase(result: GateResult, manifest: GateManifest, step: StepPlan): boolean {
  if (!manifest.runsOnBase) return false;
  if (tooLittle(result, step)) return true;
  return result.findings.some((finding) => finding.severity === 'error' && baselineOf(finding, manifest, step) !== 'absolute');
}

const lacks = ({ examined }: GateResult): boolean => examined.count < Math.max(1, examined.min);
const tooLittle = (result: GateResult, step: StepPlan): boolean => lacks(result) && step.allowEmpty === undefined;

function onBase(finding: Finding, kind: Baseline, before: ReadonlyMap<string, Finding>): boolean {
  const twin = before.get(fingerprint(finding));
  if (twin === undefined || kind === 'absolute') return false;
  return kind === 'subtract' || (finding.magnitude ?? 0) <= (twin.magnitude ?? 0);
}

/** Judges one gate's result. `today` decides whether a waiver still holds. */
export function judge(options: {
  readonly result: GateResult;
  readonly manifest: GateManifest;
  readonly step: StepPlan;
  readonly base: BaseLook;
  readonly today: Date;
}): Judgement {
  const { result, manifest, step, base, today } = options;
  const before = new Map(base.kind === 'found' ? base.findings.map((finding) => [fingerprint(finding), finding]) : []);
  const findings = result.findings.map(cut).map((finding): JudgedFinding => {
    const waiver = waiverFor(finding, step.waive, today);
    const standing =
      waiver !== undefined ? 'waived' : onBase(finding, baselineOf(finding, manifest, step), before) ? 'subtracted' : 'counts';
    const judged = { ...finding, fingerprint: fingerprint(finding), standing } as const;
    if (waiver === undefined) return judged;
    return { ...judged, waiver: { until: waiver.until, by: waiver.by, reason: waiver.reason } };
  });
  const counting = findings.filter((finding) => finding.severity === 'error' && finding.standing === 'counts');
  const certain = counting.filter((finding) => baselineOf(finding, manifest, step) === 'absolute' || base.kind !== 'missing');

  if (tooLittle(result, step)) return emptied({ result, manifest, base, findings });
  if (certain.length > 0) return { verdict: 'fail', findings };
  if (counting.length > 0 && base.kind === 'missing') {
    return {
      verdict: 'inconclusive',
      reason: `base could not be looked at, so it is not known whether these findings are new: ${base.reason}`,
      findings,
    };
  }
  if (result.inconclusive !== undefined) return { verdict: 'inconclusive', reason: result.inconclusive, findings };
  const waived = findings.filter((finding) => finding.standing === 'waived' && finding.severity === 'error').length;
  if (waived > 0) return { verdict: 'waived', reason: `${count(waived, 'finding')} waived`, findings };
  if (step.allowEmpty !== undefined && lacks(result)) {
    const { count, unit } = result.examined;
    return { verdict: 'pass', reason: `${count} ${unit} examined, which the playbook allows: ${step.allowEmpty}`, findings };
  }
  return { verdict: 'pass', findings };
}

/** Nothing examined is never green; where base has something to examine, the candidate took it away, and that is a fault of the work. */
function emptied(options: {
  readonly result: GateResult;
  readonly manifest: GateManifest;
  readonly base: BaseLook;
  readonly findings: readonly JudgedFinding[];
}): Judgement {
  const { result, manifest, base, findings } = options;
  const { unit, count, min } = result.examined;
  const what = `${count} ${unit} examined, at least ${Math.max(1, min)} needed`;
  if (base.kind !== 'found' || !base.examinedEnough) return { verdict: 'invalid', reason: what, findings };
  const finding: Finding = {
    code: `${manifest.name}/nothing-examined`,
    severity: 'error',
    subject: unit,
    message: `The gate ${manifest.name} has nothing to examine any more: ${what}, and base has them.`,
    hint: 'Bring back what the gate looks at, or say in the playbook why it may be empty (`allow-empty`).',
  };
  return {
    verdict: 'fail',
    reason: what,
    findings: [...findings, { ...finding, fingerprint: fingerprint(finding), standing: 'counts' }],
  };
}
