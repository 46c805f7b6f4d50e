import picomatch from 'picomatch';
import type { Waiver } from '../model/plan.ts';
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

/** What became of each waiver: one that covers nothing hides nothing today, and may hide something tomorrow. */
export function waiverUse(
  findings: readonly JudgedFinding[],
  waivers: readonly Waiver[],
  today: Date,
): { readonly waivers?: readonly WaiverUse[] } {
  if (waivers.length === 0) return {};
  const covering = findings.map((finding) => waiverFor(finding, waivers, today));
  return {
    waivers: waivers.map((waiver): WaiverUse => {
      const covered = covering.filter((one) => one === waiver).length;
      return { ...waiver, covered, state: waiver.until < dayOf(today) ? 'expired' : covered === 0 ? 'unused' : 'used' };
    }),
  };
}
