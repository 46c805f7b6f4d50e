import picomatch from 'picomatch';
import type { Waiver } from '../model/plan.ts';
import type { Finding } from '../plugin-api.ts';

/** Rules of tools have slashes of their own: `lint/*` covers `lint/@acme/no-sql` too. */
const covers = (pattern: string, code: string): boolean =>
  pattern === code || picomatch.isMatch(code, pattern.replace(/\/\*$/, '/**'));

/** The waiver that covers a finding today, if any. `until` is the last day, in UTC, on which it holds. */
export function waiverFor(finding: Finding, waivers: readonly Waiver[], today: Date): Waiver | undefined {
  const day = today.toISOString().slice(0, 10);
  return waivers.find(
    (waiver) =>
      day <= waiver.until &&
      waiver.findings.some((pattern) => covers(pattern, finding.code)) &&
      (waiver.in === undefined ||
        (finding.location !== undefined && picomatch.isMatch(finding.location.file, [...waiver.in], { dot: true }))),
  );
}
