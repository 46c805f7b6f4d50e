import type { FindingsPlan } from '../model/plan.ts';
import { fail, unreachable } from '../model/result.ts';
import type { Parsed, ToolReport } from './report.ts';

/** Reads a report of one format. What reads a format is loaded when a report of it is there. */
export async function parseReport(bytes: Uint8Array, plan: FindingsPlan): Promise<Parsed> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('it is not written in UTF-8');
  }
  switch (plan.format) {
    case 'sarif':
      return (await import('./sarif.ts')).parseSarif(text);
    case 'eslint':
      return (await import('./eslint.ts')).parseEslint(text);
    case 'junit':
      return (await import('./junit.ts')).parseJunit(text);
    case 'checkstyle':
      return (await import('./checkstyle.ts')).parseCheckstyle(text);
    case 'tap':
      return (await import('./tap.ts')).parseTap(text);
    case 'tsc':
      return (await import('./tsc.ts')).parseTsc(text);
    case 'regex':
      return (await import('./pattern.ts')).parsePattern(text, plan);
    default:
      return unreachable(plan);
  }
}

/** Several reports of one command, such as one for each suite, as one. */
export function together(reports: readonly ToolReport[]): ToolReport {
  const counts = reports.flatMap(({ examined }) => examined ?? []);
  return {
    findings: reports.flatMap(({ findings }) => findings),
    examined:
      counts[0] === undefined ? undefined : { unit: counts[0].unit, count: counts.reduce((sum, { count }) => sum + count, 0) },
    silenced: reports.reduce((sum, { silenced }) => sum + silenced, 0),
    ...(reports.every(({ tests }) => tests === undefined) ? {} : { tests: reports.flatMap(({ tests }) => tests ?? []) }),
  };
}
