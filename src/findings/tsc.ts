// What the TypeScript compiler prints, plain or pretty.
import { succeed } from '../model/result.ts';
import { spanOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out
const colours = /\u001b\[[0-9;]*m/g;
const plain = /^(?<file>\S.*?)\((?<line>\d+),(?<column>\d+)\): (?<severity>error|warning) (?<rule>TS\d+): (?<message>.*)$/;
const pretty = /^(?<file>\S.*?):(?<line>\d+):(?<column>\d+) - (?<severity>error|warning) (?<rule>TS\d+): (?<message>.*)$/;
const global = /^(?<severity>error|warning) (?<rule>TS\d+): (?<message>.*)$/;

export function parseTsc(text: string): Parsed {
  const findings: ReportedFinding[] = [];
  // Printed with `--diagnostics`; for several projects, once for each.
  let files: number | undefined;
  for (const line of text.replace(colours, '').split(/\r?\n/)) {
    const counted = /^Files:\s+(\d{1,9})$/.exec(line);
    if (counted !== null) files = (files ?? 0) + Number(counted[1]);
    const found = (plain.exec(line) ?? pretty.exec(line) ?? global.exec(line))?.groups;
    if (found === undefined) continue;
    findings.push({
      rule: found.rule ?? 'tsc',
      severity: found.severity === 'warning' ? 'warning' : 'error',
      message: found.message ?? '',
      ...(found.file === undefined ? {} : { file: found.file }),
      ...spanOf({ line: found.line, column: found.column, endLine: undefined, endColumn: undefined }),
    });
  }
  return succeed({ findings, examined: files === undefined ? undefined : { unit: 'files', count: files }, silenced: 0 });
}
