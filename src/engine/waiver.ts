import picomatch from 'picomatch';
import type { Plan, StepPlan, Waiver } from '../model/plan.ts';
import type { JudgedFinding, WaiverUse } from '../model/step-result.ts';
import type { Finding } from '../plugin-api.ts';

/** Rules of tools have slashes of their own: `lint/*` covers `lint/@acme/no-sql` too. */
const covers = (pattern: string, code: string): boolean =>
  pattern === code || picomatch.isMatch(code, pattern.replace(/\/\*$/, '/**'));

/** The waiver that covers a finding today, if any. `until` is the last day, in UTC, on which it holds. */
export function waiverFor(finding: Finding, waivers: readonly Waiver[], today: Date): Waiver | undefined {
  const day = dayOf(today);
  return waivers.find(
    (waiver) =>
      day <= waiver.until &&
      waiver.findings.some((pattern) => covers(pattern, finding.code)) &&
      (waiver.in === undefined ||
        (finding.location !== undefined && picomatch.isMatch(finding.location.file, [...waiver.in], { dot: true }))),
  );
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * What became of each waiver: one that covers nothing hides nothing today, and may hide something tomorrow. `shared`: what covers
 * nothing here may be for another step that was written in the same place.
 */
export function waiverUse(
  findings: readonly JudgedFinding[],
  waivers: readonly Waiver[],
  { today, shared = false }: { readonly today: Date; readonly shared?: boolean },
): { readonly waivers?: readonly WaiverUse[] } {
  if (waivers.length === 0) return {};
  const covering = findings.map((finding) => waiverFor(finding, waivers, today));
  const uses = waivers.map((waiver): WaiverUse => {
    const covered = covering.filter((one) => one === waiver).length;
    return { ...waiver, covered, state: waiver.until < dayOf(today) ? 'expired' : covered === 0 ? 'unused' : 'used' };
  });
  return { waivers: uses.filter(({ state }) => !shared || state !== 'unused') };
}

/** Is the step one of several that were written once, with `foreach` or in an included file? Their waivers are for all of them. */
export function isOneOfSeveral(step: StepPlan, { phases }: Plan): boolean {
  const written = JSON.stringify(step.place);
  const preview = (id: string, of: string): boolean => id === `preview-${of}`;
  return phases.some(({ steps }) =>
    steps.some(
      ({ id, place }) => id !== step.id && !preview(id, step.id) && !preview(step.id, id) && JSON.stringify(place) === written,
    ),
  );
}
