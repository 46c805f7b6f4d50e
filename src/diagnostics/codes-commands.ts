import type { CodeTable } from './code-table.ts';

const tick = (name: string): string => `\`${name}\``;
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(tick).join(', '));

/** What can be wrong with the findings and outputs of commands, and with waivers of findings. */
export const commandCodes = {
  'findings/format': {
    means: '`findings` names no format of reports, or more than one.',
    message: (facts: { found: readonly string[]; formats: readonly string[] }) =>
      facts.found.length === 0
        ? '`findings` names no format.'
        : `\`findings\` names ${listed(facts.found)}; a command has one report.`,
    hint: (facts: { found: readonly string[]; formats: readonly string[] }) =>
      `Name one of ${listed(facts.formats)} and where the report is: \`findings: { sarif: report.sarif }\` or \`findings: { eslint: stdout }\`.`,
  },
  'findings/pattern': {
    means: 'The pattern of `findings` is no regular expression, or has other groups than findings have.',
    message: (facts: { pattern: string; why: string }) => `The pattern ${tick(facts.pattern)} cannot be used: ${facts.why}.`,
    hint: () =>
      'It is tried on each line and names what it finds: `^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$`. Groups are `file`, `line`, `column`, `rule`, `severity` and `message`; in YAML, put it in single quotes.',
  },
  'waive/code': {
    means: 'A waiver names findings that its gate cannot have.',
    message: (facts: { pattern: string; step: string; near?: string; known: readonly string[] }) =>
      `${tick(facts.pattern)} matches no finding of the step ${tick(facts.step)}.`,
    hint: (facts: { pattern: string; step: string; near?: string; known: readonly string[] }) =>
      `${facts.near === undefined ? '' : `Did you mean ${tick(facts.near)}? `}Its findings are ${listed(facts.known)}.`,
  },
  'waive/expired': {
    means: 'The last day of a waiver is over, so that it covers nothing any more.',
    severity: 'warning',
    message: (facts: { until: string; by: string; findings: readonly string[] }) =>
      `This waiver of ${listed(facts.findings)} ended on ${facts.until}.`,
    hint: (facts: { until: string; by: string; findings: readonly string[] }) =>
      `Mend what it waived and remove it, or ask ${facts.by} for another day.`,
  },
} as const satisfies CodeTable;
