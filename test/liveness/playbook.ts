import { acting, type Effects, gate, script, verdict } from './effect.ts';
import { asking, tokens } from './scene/team.ts';

const green = '      run: "true"\n      evidence: exit-code\n';
const edits = script({ edit: 'golden.txt', find: 'old', replace: 'new' });

export const playbook: Effects = {
  bexpert: {
    files: { 'playbook.yml': gate(green).replace('bexpert: 1', '-bexpert: 1\n+bexpert: 2') },
    run: verdict,
    without: 'pass',
    with: ['playbook/version'],
  },
  requires: {
    files: { 'playbook.yml': gate(green, '+requires: ">=99"\n') },
    run: verdict,
    without: 'pass',
    with: ['playbook/requires'],
  },
  name: {
    files: { 'playbook.yml': gate(green, '+name: quality\n') },
    run: ({ report }) => report?.playbook.name,
    without: 'playbook',
    with: 'quality',
  },
  description: {
    files: { 'playbook.yml': gate(green, '+description: All gates.\n') },
    run: ({ report }) => report?.playbook.description,
    without: undefined,
    with: 'All gates.',
  },
  extends: {
    files: { 'base.yml': gate(green), 'playbook.yml': 'bexpert: 1\n+extends: ./base.yml\n' },
    run: verdict,
    without: ['phase/empty'],
    with: 'pass',
  },
  final: {
    files: {
      'bexpert.yml': `${gate(`${green}      level: block\n`)}+final: [phases.verify.steps.a.level]\n`,
      'playbook.yml': gate('      level: warn\n    - { id: b, run: "true", evidence: exit-code }\n'),
    },
    run: verdict,
    without: 'pass',
    with: ['policy/final'],
  },
  bounds: {
    files: {
      'bexpert.yml': 'bexpert: 1\n+bounds: { budget.time: { max: 5m } }\n',
      'playbook.yml': gate(green, 'budget: { time: 10m }\n'),
    },
    run: verdict,
    without: 'pass',
    with: ['policy/bound'],
  },
  inputs: {
    files: {
      'playbook.yml': gate(
        '      env: { WORD: "${{ inputs.word }}" }\n      run: test "$WORD" = yes\n      evidence: exit-code\n',
        '+inputs: { word: { default: "yes" } }\n',
      ),
    },
    run: verdict,
    without: ['expression/unknown-property'],
    with: 'pass',
  },
  secrets: {
    files: {
      'playbook.yml': gate(
        '      env: { TOKEN: "${{ secrets.TOKEN }}" }\n      run: test "$TOKEN" = s3cret-value\n      evidence: exit-code\n',
        '+secrets: { TOKEN: { env: MY_TOKEN } }\n',
      ),
    },
    env: { MY_TOKEN: 's3cret-value' },
    run: verdict,
    without: ['expression/unknown-property'],
    with: 'pass',
  },
  env: {
    files: { 'playbook.yml': gate('      run: test "$WORD" = yes\n      evidence: exit-code\n', '+env: { WORD: "yes" }\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  'working-directory': {
    files: {
      'sub/here.txt': 'x\n',
      'playbook.yml': gate('      run: test -f here.txt\n      evidence: exit-code\n', '+working-directory: sub\n'),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  defaults: {
    files: { 'playbook.yml': gate('      run: sleep 1\n      evidence: exit-code\n', '+defaults: { timeout: 200ms }\n') },
    run: (seen) => seen.gate('a')?.failure?.code ?? verdict(seen),
    without: 'pass',
    with: 'step/timed-out',
  },
  setup: {
    files: {
      '.gitignore': 'made\n',
      'playbook.yml': gate(
        '      run: test -f made/it.txt\n      evidence: exit-code\n',
        '+setup: [{ run: "mkdir made && echo x > made/it.txt", outputs: [made] }]\n',
      ),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  services: {
    files: {
      'server.mjs':
        "import http from 'node:http';\nhttp.createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT));\n",
      'look.mjs': "const answer = await fetch(process.env.URL);\nif ((await answer.text()) !== 'here') process.exit(1);\n",
      'playbook.yml': gate(
        '      run: node look.mjs\n      env: { URL: "${{ services.web.url }}" }\n      evidence: exit-code\n',
        '+services: { web: { run: node server.mjs, env: { PORT: "${{ service.port }}" }, ready: { http: / } } }\n',
      ),
    },
    run: verdict,
    without: ['expression/unknown-property'],
    with: 'pass',
  },
  auth: {
    files: { ...tokens, 'playbook.yml': asking('+auth: { user: { run: echo token-of-read } }\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  model: {
    files: {
      'act.yml': script({ create: 'made.txt', content: 'x' }),
      'playbook.yml': `bexpert: 1
+model: { script: act.yml }
phases:
  context: [{ id: look, run: "true" }]
  action: [{ id: act, uses: agent, with: { goal: "Make it." } }]
  verify: [{ id: a, run: test -f made.txt, evidence: exit-code }]
`,
    },
    mode: 'run',
    run: verdict,
    without: ['model/none'],
    with: 'pass',
  },
  sandbox: {
    files: { 'playbook.yml': gate(green, '+sandbox: off\n') },
    walled: true,
    run: ({ report }) => report?.sandbox.name === 'none',
    without: false,
    with: true,
  },
  phases: {
    files: { 'playbook.yml': 'bexpert: 1\n+phases: { verify: [{ id: a, run: "true", evidence: exit-code }] }\n' },
    run: verdict,
    without: ['phase/empty'],
    with: 'pass',
  },
  finally: {
    files: { 'playbook.yml': gate(green, '+finally: [{ id: tell, run: "true" }]\n') },
    run: ({ ends }) => ends,
    without: ['1 a pass'],
    with: ['1 a pass', '1 tell context'],
  },
  protect: {
    files: {
      'golden.txt': 'old\n',
      'act.yml': edits,
      'playbook.yml': acting('grep new golden.txt', '', '+protect: ["golden.*"]\n'),
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act failed',
  },
  budget: {
    files: { 'playbook.yml': acting('true', '', '+budget: { time: 1ms }\n'), 'act.yml': script({ run: 'true' }) },
    mode: 'run',
    run: ({ exitCode }) => exitCode,
    without: 0,
    with: 4,
  },
  deliver: {
    files: {
      'golden.txt': 'old\n',
      'act.yml': edits,
      'playbook.yml': acting('grep new golden.txt', '', '+deliver: { to: branch }\n'),
    },
    mode: 'run',
    run: async ({ git }) => (await git('for-each-ref', 'refs/heads/bexpert')) !== '',
    without: false,
    with: true,
  },
};
