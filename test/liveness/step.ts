import { of } from '../unit/engine/play.ts';
import { acting, type Effects, gate, type Seen, script, verdict } from './effect.ts';
import { unsure } from './scene/team.ts';

const green = '{ id: b, run: "true", evidence: exit-code }';
/** A playbook with a context step `look`; `lines` are keys of it. */
const looking = (lines: string): string => `bexpert: 1\nphases:\n  context:\n    - id: look\n${lines}  verify: [${green}]\n`;
const triedAgain = ({ played }: Seen): number => of(played.events, 'step-retried').length;
/** Says a problem in a form that `findings` reads, and what it looked at. */
const says = `      run: 'echo "src/a.js:1: bad word"; echo "Checked 3 files"'
      findings: { regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$', examined: 'Checked (?<count>\\d+) files' } }
`;
const edits = script({ edit: 'src/a.txt', find: 'old', replace: 'new' });

export const step: Effects = {
  id: {
    files: {
      'playbook.yml': acting('true').replace('    - id: act\n      uses: script\n', '    - uses: script\n+     id: act\n'),
      'act.yml': script({ run: 'true' }),
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 script ok',
    with: '1 act ok',
  },
  name: {
    files: {
      'playbook.yml': `bexpert: 1\nphases:\n  context:\n    - id: look\n      run: echo seen\n+     name: What is there\n  verify: [${green}]\n`,
    },
    mode: 'run',
    run: ({ played }) =>
      of(played.events, 'step-finished').flatMap(({ result }) =>
        result.kind === 'context' ? result.brief.map(({ title }) => title) : [],
      ),
    without: ['look'],
    with: ['What is there'],
  },
  uses: {
    files: { ...unsure, 'playbook.yml': gate('-     run: "true"\n-     evidence: exit-code\n+     uses: ./plugins/unsure\n') },
    run: verdict,
    without: 'pass',
    with: 'inconclusive',
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
    files: {
      'act.yml': script({ create: 'made.txt', content: 'x' }),
      'other.yml': script({ create: 'other.txt', content: 'x' }),
      'playbook.yml': acting('test -f made.txt').replace(
        '      with: { script: act.yml }\n',
        '-     with: { script: other.yml }\n+     with: { script: act.yml }\n',
      ),
    },
    mode: 'run',
    run: verdict,
    without: 'fail',
    with: 'pass',
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
      'more.yml': `bexpert: 1\nsteps: [${green}]\n`,
      'playbook.yml': gate('      run: "true"\n+   - include: { from: more.yml }\n'),
    },
    run: ({ ends }) => ends.length,
    without: 1,
    with: 2,
  },
  foreach: {
    files: {
      'playbook.yml': gate(
        '      run: test "$OF" != two\n      evidence: exit-code\n+     foreach: [one, two]\n+     env: { OF: "${{ item }}" }\n',
      ),
    },
    run: ({ ends }) => ends.map((end) => end.split(' ').at(-1)).sort(),
    without: ['pass'],
    with: ['fail', 'pass'],
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
      'playbook.yml': gate(
        '      run: "true"\n      evidence: exit-code\n+     services: [web]\n',
        'services: { web: { run: exit 1, ready: { log: never said } } }\n',
      ),
    },
    run: verdict,
    without: 'pass',
    with: 'invalid',
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
    // The call says `--sandbox off`.
    files: { 'playbook.yml': acting('true', '+     sandbox: required'), 'act.yml': script({ run: 'true' }) },
    mode: 'run',
    run: verdict,
    without: 'pass',
    with: ['sandbox/none'],
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
    files: { 'playbook.yml': looking('      run: "false"\n+     retry: 2\n') },
    mode: 'run',
    run: triedAgain,
    without: 0,
    with: 2,
  },
  network: {
    files: {
      'act.yml': script({ run: 'echo "by $HTTPS_PROXY" > made.txt' }),
      'playbook.yml': acting('grep -q http made.txt', '+     network: [packages.example.com]'),
    },
    mode: 'run',
    run: verdict,
    without: 'fail',
    with: 'pass',
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
    files: {
      ...unsure,
      'playbook.yml': gate(
        '      uses: ./plugins/unsure\n+     inconclusive: warn\n    - { id: b, run: "true", evidence: exit-code }\n',
      ),
    },
    run: ({ exitCode }) => exitCode,
    without: 3,
    with: 0,
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
    files: { 'playbook.yml': looking('      run: "false"\n      retry:\n-       attempts: 2\n+       attempts: 3\n') },
    mode: 'run',
    run: triedAgain,
    without: 1,
    with: 2,
  },
};
