// What a command reports, in each format, and what is done about it.
import { type Effects, gate, type RunEffect, type Seen } from './effect.ts';

const messages = (seen: Seen): readonly string[] => (seen.gate('a')?.findings ?? []).map(({ message }) => message);

/** A command that prints a report in which one thing is wrong: with the key that is a finding. */
const format = (key: string, report: string, expected: string): RunEffect => ({
  files: {
    'report.txt': report,
    'playbook.yml': gate(`      run: cat report.txt\n+     findings: { ${key}: stdout }\n+     report: all\n`),
  },
  run: messages,
  without: [],
  with: [expected],
});

export const findings: Effects = {
  sarif: format(
    'sarif',
    JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'lint' } }, results: [{ ruleId: 'r1', message: { text: 'A bad word.' } }] }],
    }),
    'A bad word.',
  ),
  junit: format(
    'junit',
    '<testsuite name="s" tests="1"><testcase classname="c" name="adds"><failure message="1 is not 2"/></testcase></testsuite>',
    'The test "s > c > adds" failed: 1 is not 2',
  ),
  tap: format('tap', 'TAP version 13\n1..1\nnot ok 1 - adds\n', 'The test "adds" failed.'),
  checkstyle: format(
    'checkstyle',
    '<checkstyle version="8"><file name="src/a.js"><error line="1" severity="error" message="A bad word." source="x.Words"/></file></checkstyle>',
    'A bad word.',
  ),
  tsc: format(
    'tsc',
    "src/a.ts(1,2): error TS2322: Type 'string' is not assignable to type 'number'.\n",
    "Type 'string' is not assignable to type 'number'.",
  ),
  eslint: format(
    'eslint',
    JSON.stringify([
      { filePath: 'src/a.js', messages: [{ ruleId: 'no-var', severity: 2, message: 'Unexpected var.', line: 1, column: 1 }] },
    ]),
    'Unexpected var.',
  ),
  regex: {
    files: {
      'playbook.yml': gate(
        "      run: 'echo \"bad: a word\"'\n+     findings: { regex: 'bad: (?<message>.+)' }\n+     report: all\n",
      ),
    },
    run: messages,
    without: [],
    with: ['a word'],
  },
};

const matched = (keys: string): string =>
  gate(
    `      run: 'echo "bad: a word"; echo "worse: a sentence" >&2; echo "Checked 3 files"'\n      report: all\n      findings:\n        regex:\n${keys}`,
  );
export const pattern: Effects = {
  pattern: {
    files: { 'playbook.yml': matched("-         pattern: 'bad: (?<message>.+)'\n+         pattern: 'bad: a (?<message>.+)'\n") },
    run: messages,
    without: ['a word'],
    with: ['word'],
  },
  from: {
    files: { 'playbook.yml': matched("          pattern: '(bad|worse): (?<message>.+)'\n+         from: stderr\n") },
    run: messages,
    without: ['a word'],
    with: ['a sentence'],
  },
  examined: {
    files: {
      'playbook.yml': matched("          pattern: 'bad: (?<message>.+)'\n+         examined: 'Checked (?<count>\\d+) files'\n"),
    },
    run: (seen) => seen.gate('a')?.examined.unit,
    without: 'commands',
    with: 'matches',
  },
};

/** A gate with one waiver, of which a line is changed. */
const waiving = (line: string, changed: string): Readonly<Record<string, string>> => {
  const playbook = gate(`      run: 'echo "src/a.js:1: bad word"'
      findings: { regex: '^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$' }
      report: all
      waive:
        - findings: ["a/*"]
          until: "2099-12-31"
          by: Ann
          reason: Old.
`);
  return { 'src/a.js': '\n', 'playbook.yml': playbook.replace(line, changed) };
};
const verdictOf = (seen: Seen): string | undefined => seen.gate('a')?.verdict;
const waived = (seen: Seen) => seen.gate('a')?.findings[0]?.waiver;
export const waiver: Effects = {
  findings: {
    files: waiving('        - findings: ["a/*"]', '-       - findings: ["a/other"]\n+       - findings: ["a/*"]'),
    run: verdictOf,
    without: 'fail',
    with: 'waived',
  },
  in: {
    files: waiving('          by: Ann', '+         in: ["test/**"]\n          by: Ann'),
    run: verdictOf,
    without: 'waived',
    with: 'fail',
  },
  until: {
    files: waiving('          until: "2099-12-31"', '-         until: "2020-12-31"\n+         until: "2099-12-31"'),
    run: verdictOf,
    without: 'fail',
    with: 'waived',
  },
  by: {
    files: waiving('          by: Ann', '-         by: Bob\n+         by: Ann'),
    run: (seen) => waived(seen)?.by,
    without: 'Bob',
    with: 'Ann',
  },
  reason: {
    files: waiving('          reason: Old.', '-         reason: New.\n+         reason: Old.'),
    run: (seen) => waived(seen)?.reason,
    without: 'New.',
    with: 'Old.',
  },
};
