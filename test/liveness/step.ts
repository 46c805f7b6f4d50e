import { acting, type Effects, gate, script, verdict } from './effect.ts';

const ids = {
  plan: (plan: { phases: readonly { steps: readonly { id: string }[] }[] }) =>
    plan.phases.flatMap(({ steps }) => steps.map(({ id }) => id)),
};
/** Says a problem in a form that `findings` reads, and what it looked at. */
const says = `      run: 'echo "src/a.js:1: bad word"; echo "Checked 3 files"'
      findings: { regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$', examined: 'Checked (?<count>\\d+) files' } }
`;
const edits = script({ edit: 'src/a.txt', find: 'old', replace: 'new' });

export const step: Effects = {
  id: {
    files: { 'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - uses: tests\n+     id: unit\n' },
    ...ids,
    without: ['tests'],
    with: ['unit'],
  },
  name: {
    files: { 'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - uses: tests\n+     name: Unit tests\n' },
    plan: ({ phases }) => phases[0]?.steps[0]?.name,
    without: 'tests',
    with: 'Unit tests',
  },
  uses: {
    files: { 'playbook.yml': gate('-     run: "true"\n+     uses: tests\n') },
    plan: ({ phases }) => phases[0]?.steps[0]?.body.kind,
    without: 'shell',
    with: 'plugin',
  },
  run: {
    files: {
      'playbook.yml': gate('-     argv: [test, $((1+1)), =, "2"]\n+     run: test $((1+1)) = 2\n      evidence: exit-code\n'),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  argv: {
    files: { 'playbook.yml': gate('-     run: test $A = "$A"\n+     argv: [test, "$A", =, "$A"]\n      evidence: exit-code\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  with: {
    files: { 'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - uses: coverage\n+     with: { lines: 80 }\n' },
    plan: ({ phases }) => JSON.stringify(phases[0]?.steps[0]?.body).includes('"lines"'),
    without: false,
    with: true,
  },
  env: {
    files: { 'playbook.yml': gate('      run: test "$WORD" = yes\n      evidence: exit-code\n+     env: { WORD: "yes" }\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  'working-directory': {
    files: {
      'sub/here.txt': 'x\n',
      'playbook.yml': gate('      run: test -f here.txt\n      evidence: exit-code\n+     working-directory: sub\n'),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  include: {
    files: {
      'more.yml': 'bexpert: 1\nsteps: [coverage]\n',
      'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - tests\n+   - include: { from: more.yml }\n',
    },
    ...ids,
    without: ['tests'],
    with: ['tests', 'coverage'],
  },
  foreach: {
    files: {
      'playbook.yml':
        'bexpert: 1\nphases:\n  verify:\n    - id: a\n      run: "true"\n+     foreach: [one, two]\n+     env: { OF: "${{ item }}" }\n',
    },
    plan: ({ phases }) => phases[0]?.steps.length,
    without: 1,
    with: 2,
  },
  if: {
    files: { 'playbook.yml': gate('      run: "true"\n+     if: run.mode == \'run\'\n') },
    run: verdict,
    without: 'pass',
    with: 'skipped by if',
  },
  'when-changed': {
    files: { 'src/a.js': '\n', 'playbook.yml': gate('      run: "true"\n+     when-changed: ["src/**"]\n') },
    run: verdict,
    without: 'pass',
    with: 'skipped by when-changed',
  },
  needs: {
    files: { 'playbook.yml': gate('      run: "true"\n+     needs: [b]\n    - { id: b, run: "false" }\n') },
    run: verdict,
    without: 'pass',
    with: 'skipped by needs',
  },
  services: {
    files: {
      'playbook.yml':
        'bexpert: 1\nservices: { web: { run: node server.mjs } }\nphases:\n  verify:\n    - uses: tests\n+     services: [web]\n',
    },
    plan: ({ phases }) => phases[0]?.steps[0]?.services,
    without: [],
    with: ['web'],
  },
  timeout: {
    files: { 'playbook.yml': gate('      run: sleep 1\n      evidence: exit-code\n+     timeout: 200ms\n') },
    run: (seen) => seen.gate('a')?.failure?.code ?? verdict(seen),
    without: 'pass',
    with: 'step/timed-out',
  },
  model: {
    files: {
      'act.yml': script({ create: 'made.txt', content: 'x' }),
      'other.yml': script({ create: 'other.txt', content: 'x' }),
      'playbook.yml': `bexpert: 1
model: { script: other.yml }
phases:
  context: [{ id: look, run: "true" }]
  action:
    - id: act
      uses: agent
      with: { goal: "Make it." }
+     model: { script: act.yml }
  verify: [{ id: a, run: test -f made.txt, evidence: exit-code }]
`,
    },
    mode: 'run',
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  sandbox: {
    files: { 'playbook.yml': acting('true', '+     sandbox: required'), 'act.yml': script({ run: 'true' }) },
    plan: ({ phases }) => phases[1]?.steps[0]?.sandbox,
    mode: 'run',
    without: undefined,
    with: 'required',
  },
  'held-out': {
    files: {
      'act.yml': script({ create: 'made.txt', content: 'x' }),
      'playbook.yml': acting('true').replace(
        "    - { id: a, run: 'true', evidence: exit-code }\n",
        '    steps:\n      - id: a\n        run: "false"\n+       held-out: true\n    on-failure: { retry-from: action, attempts: 2 }\n',
      ),
    },
    mode: 'run',
    run: ({ ends }) => ends.filter((end) => end.includes(' act ')),
    without: ['1 act ok', '2 act blocked'],
    with: ['1 act ok'],
  },
  retry: {
    files: { 'playbook.yml': gate('      run: "true"\n+     retry: 2\n') },
    plan: ({ phases }) => phases[0]?.steps[0]?.retry,
    without: undefined,
    with: 2,
  },
  network: {
    files: { 'playbook.yml': acting('true', '+     network: [packages.example.com]'), 'act.yml': script({ run: 'true' }) },
    plan: ({ phases }) => phases[1]?.steps[0]?.network,
    mode: 'run',
    without: undefined,
    with: ['packages.example.com'],
  },
  access: {
    files: {
      'src/a.txt': 'old\n',
      'act.yml': edits,
      'playbook.yml': acting('grep new src/a.txt', '+     access: { deny: ["src/**"] }'),
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act failed',
  },
  budget: {
    files: { 'act.yml': script({ run: 'sleep 1' }), 'playbook.yml': acting('true', '+     budget: { time: 200ms }') },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act budget',
  },
  level: {
    files: { 'playbook.yml': gate('      run: "false"\n+     level: warn\n    - { id: b, run: "true", evidence: exit-code }\n') },
    run: ({ exitCode }) => exitCode,
    without: 1,
    with: 0,
  },
  inconclusive: {
    files: { 'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - uses: tests\n+     inconclusive: warn\n' },
    plan: ({ phases }) => phases[0]?.steps[0]?.inconclusive,
    without: 'block',
    with: 'warn',
  },
  report: {
    files: {
      'src/a.js': '\n',
      'act.yml': script({ create: 'src/b.js', content: 'x' }),
      'playbook.yml': acting('true').replace(
        "    - { id: a, run: 'true', evidence: exit-code }\n",
        () => `    - id: a\n${says}+     report: all\n`,
      ),
    },
    mode: 'run',
    run: verdict,
    without: 'pass',
    with: 'fail',
  },
  'allow-empty': {
    files: {
      'playbook.yml': gate(
        `      run: echo "Checked 0 files"\n      findings: { regex: { pattern: 'bad: (?<message>.+)', examined: 'Checked (?<count>\\d+) files' } }\n+     allow-empty: No files yet.\n`,
      ),
    },
    run: verdict,
    without: 'invalid',
    with: 'pass',
  },
  waive: {
    files: {
      'src/a.js': '\n',
      'playbook.yml': gate(
        `${says}      report: all\n+     waive: [{ findings: ["a/*"], until: "2099-12-31", by: Ann, reason: Old. }]\n`,
      ),
    },
    run: verdict,
    without: 'fail',
    with: 'waived',
  },
  evidence: {
    files: { 'playbook.yml': gate('      run: "true"\n+     evidence: exit-code\n') },
    run: ({ exitCode }) => exitCode,
    without: 3,
    with: 0,
  },
  findings: {
    files: {
      'playbook.yml': gate(
        "      run: 'echo \"bad: x\"'\n      report: all\n+     findings: { regex: 'bad: (?<message>.+)' }\n-     level: block\n".replace(
          '      report: all\n',
          '+     report: all\n',
        ),
      ),
    },
    run: verdict,
    without: 'pass',
    with: 'fail',
  },
  artifacts: {
    files: { 'playbook.yml': gate('      run: echo x > out.txt\n+     artifacts: ["*.txt"]\n') },
    run: (seen) => seen.gate('a')?.artifacts.length,
    without: 0,
    with: 1,
  },
  outputs: {
    files: {
      'playbook.yml': gate(
        '      run: echo "count=3" >> "$BEXPERT_OUTPUT"\n+     outputs: { count: number }\n    - { id: b, run: "true", if: "steps.a.outputs.count == 3" }\n',
      ),
    },
    run: ({ ends }) => ends.includes('1 b pass'),
    without: ['expression/unknown-property'],
    with: true,
  },
};

export const tries: Effects = {
  attempts: {
    files: { 'playbook.yml': gate('      run: "true"\n      retry:\n-       attempts: 2\n+       attempts: 3\n') },
    plan: ({ phases }) => phases[0]?.steps[0]?.retry,
    without: 1,
    with: 2,
  },
};
