// Findings: what is covered against what is asked for.
import type { Finding } from '../../src/plugin-api.ts';
import { type FileCounts, isBelow, type Metric, metrics, ranges, type Share, shown, sum } from './counts.ts';
import type { Code } from './manifest.ts';
import type { CountedFile } from './universe.ts';

const titles: Readonly<Record<Metric, string>> = {
  lines: 'Line',
  branches: 'Branch',
  functions: 'Function',
  statements: 'Statement',
};
const of = ({ covered, total }: Share, what: string): string => `${covered} of ${total} ${what}`;
const worst = (files: readonly FileCounts[], metric: Metric): readonly FileCounts[] =>
  files
    .filter((file) => file[metric].covered < file[metric].total)
    .sort((a, b) => b[metric].total - b[metric].covered - (a[metric].total - a[metric].covered))
    .slice(0, 30);
const listed = (files: readonly FileCounts[], metric: Metric): string =>
  worst(files, metric)
    .map((file) => `${file.file}: ${of(file[metric], metric)}; lines without a test: ${ranges(file.uncoveredLines) || 'none'}`)
    .join('\n');

/** The limits over all files. */
export function overall(
  files: readonly FileCounts[],
  limits: Readonly<Partial<Record<Metric, number>>>,
): readonly Finding<Code>[] {
  return metrics.flatMap((metric): Finding<Code>[] => {
    const limit = limits[metric];
    const part = sum(files, metric);
    if (limit === undefined || !isBelow(part, limit)) return [];
    return [
      {
        code: `coverage/${metric}`,
        severity: 'error',
        subject: metric,
        message: `${titles[metric]} coverage is ${shown(part)} (${of(part, metric)}); at least ${limit} % is asked for.`,
        evidence: listed(files, metric),
        hint: 'Write tests for the files listed in the evidence; those with the most uncovered code come first.',
      },
    ];
  });
}

export interface ChangedCode {
  readonly part: Share;
  readonly files: readonly { readonly file: string; readonly uncovered: readonly number[]; readonly total: number }[];
}
export function changedCode(files: readonly FileCounts[], counted: readonly CountedFile[]): ChangedCode {
  const byFile = new Map(files.map((file) => [file.file, file]));
  const changed = counted.map(({ file, added }) => {
    const lines = [...(byFile.get(file)?.code ?? [])].filter(([line]) => added.has(line)).sort(([a], [b]) => a - b);
    return { file, uncovered: lines.flatMap(([line, covered]) => (covered ? [] : [line])), total: lines.length };
  });
  const total = changed.reduce((all, one) => all + one.total, 0);
  const uncovered = changed.reduce((all, one) => all + one.uncovered.length, 0);
  return { part: { covered: total - uncovered, total }, files: changed.filter((one) => one.total > 0) };
}

export function changedLines({ part, files }: ChangedCode, limit: number | undefined): readonly Finding<Code>[] {
  if (limit === undefined || !isBelow(part, limit)) return [];
  return files
    .filter(({ uncovered }) => uncovered.length > 0)
    .map(({ file, uncovered, total }) => ({
      code: 'coverage/changed-lines',
      severity: 'error',
      subject: file,
      message: `${uncovered.length} of ${total} changed lines of ${file} are executed by no test: ${ranges(uncovered)}. Of all changed lines ${shown(part)} are covered; at least ${limit} % is asked for.`,
      location: { file, ...(uncovered[0] === undefined ? {} : { line: uncovered[0] }) },
      evidence: `${file}: ${ranges(uncovered)}`,
      hint: 'Write tests that execute these lines.',
    }));
}

export interface Critical {
  readonly files: string;
  readonly lines?: number;
  readonly branches?: number;
}
/** Each critical file must reach the limit by itself. */
export function critical(files: readonly FileCounts[], rule: Critical): readonly Finding<Code>[] {
  return files.flatMap((file) =>
    (['lines', 'branches'] as const).flatMap((metric): Finding<Code>[] => {
      const limit = rule[metric];
      if (limit === undefined || !isBelow(file[metric], limit)) return [];
      const [line] = file.uncoveredLines;
      return [
        {
          code: 'coverage/critical',
          severity: 'error',
          subject: `${file.file} ${metric}`,
          message: `${titles[metric]} coverage of ${file.file} is ${shown(file[metric])} (${of(file[metric], metric)}); at least ${limit} % is asked for in ${rule.files}.`,
          location: { file: file.file, ...(line === undefined ? {} : { line }) },
          evidence: `lines without a test: ${ranges(file.uncoveredLines) || 'none'}`,
        },
      ];
    }),
  );
}

/** Uncovered code may move and vanish; in sum it may not become more. */
export function ratchet(files: readonly FileCounts[], base: readonly FileCounts[]): readonly Finding<Code>[] {
  const open = ({ covered, total }: Share): number => total - covered;
  return (['lines', 'branches'] as const).flatMap((metric): Finding<Code>[] => {
    const [now, before] = [open(sum(files, metric)), open(sum(base, metric))];
    if (now <= before) return [];
    const grown = files.filter((file) => {
      const twin = base.find((one) => one.file === file.file);
      return open(file[metric]) > (twin === undefined ? 0 : open(twin[metric]));
    });
    return [
      {
        code: 'coverage/ratchet',
        severity: 'error',
        subject: metric,
        message: `${now} ${metric} are uncovered, ${now - before} more than the ${before} of base.`,
        magnitude: now,
        evidence: listed(grown, metric),
        hint: 'Cover the new code, or code of the same amount elsewhere.',
      },
    ];
  });
}

export function notLoaded(files: readonly FileCounts[]): readonly Finding<Code>[] {
  return files
    .filter(({ touched, unknown }) => !touched || unknown)
    .map(({ file, unknown }) => ({
      code: 'coverage/not-loaded',
      severity: unknown ? 'error' : 'warning',
      subject: file,
      message: unknown
        ? `The coverage report does not know ${file}; all of it counts as uncovered.`
        : `No test executes anything of ${file}; it counts as 0 %.`,
      location: { file },
      ...(unknown ? { hint: 'It could not be parsed or loaded. Repair it, or leave it out with `exclude` and say why.' } : {}),
    }));
}

export function ignored(counted: readonly CountedFile[]): readonly Finding<Code>[] {
  return counted
    .filter(({ ignores }) => ignores.exposed.length > 0 || ignores.added.length > 0)
    .map(({ file, ignores: { added, exposed } }) => {
      const [line] = added.length > 0 ? added : exposed;
      return {
        code: 'coverage/ignored',
        severity: added.length > 0 ? 'error' : 'warning',
        subject: file,
        message:
          added.length > 0
            ? `${file} hides code from coverage with ${added.length === 1 ? 'a new comment' : `${added.length} new comments`} on line ${ranges(added)}. The code counts all the same.`
            : `An ignore comment of ${file} on line ${ranges(exposed)} would hide new code. The code counts all the same.`,
        location: { file, ...(line === undefined ? {} : { line }) },
        hint: 'Remove the comment and test the code.',
      };
    });
}
