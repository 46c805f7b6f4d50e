import { expect } from 'vitest';
import { acting, type Effects, gate, type RunEffect, script, verdict } from './effect.ts';
import { asking, spender, tokens } from './scene/team.ts';

const made = (setup: string, look: string): string =>
  gate(
    `      run: '${look}'\n      evidence: exit-code\n`,
    `setup:\n  - run: mkdir -p made && echo "x$WORD" > made/it.txt\n${setup}`,
  );
const ignored = { '.gitignore': 'made\nsub/made\n' };

export const setup: Effects = {
  run: {
    files: {
      ...ignored,
      'playbook.yml': gate(
        '      run: test -f made/it.txt\n      evidence: exit-code\n',
        'setup:\n- - run: mkdir made\n+ - run: mkdir made && echo x > made/it.txt\n    outputs: [made]\n',
      ),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  'cache-key': {
    // With the key the candidate has what base's files made: the one file that it names is the same.
    files: {
      '.gitignore': 'made\n',
      'lock.txt': 'x\n',
      'src/old.txt': 'x\n',
      'act.yml': script({ create: 'src/new.txt', content: 'x' }),
      'playbook.yml': acting(
        'grep -q new made/it.txt',
        '',
        'setup:\n  - run: mkdir made && ls src > made/it.txt\n    outputs: [made]\n+   cache-key: [lock.txt]\n',
      ),
    },
    mode: 'run',
    run: verdict,
    without: 'pass',
    with: 'fail',
  },
  outputs: {
    files: { ...ignored, 'playbook.yml': made('+   outputs: [made]\n', 'test -f made/it.txt') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  network: {
    // No host is asked: the proxy says first that it is not on the list, and then that it is this machine.
    files: {
      ...ignored,
      'ask.mjs': `import http from 'node:http';
const { hostname, port } = new URL(process.env.HTTP_PROXY);
http.get({ hostname, port, path: 'http://127.0.0.1/' }, (answer) => answer.pipe(process.stdout));
`,
      'playbook.yml': gate(
        '      run: grep -q "not among the hosts" made/it.txt\n      evidence: exit-code\n',
        'setup:\n  - run: mkdir made && node ask.mjs > made/it.txt\n    outputs: [made]\n+   network: [packages.example.com]\n',
      ),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  secrets: {
    files: {
      ...ignored,
      'playbook.yml': made('    outputs: [made]\n+   secrets: [WORD]\n', 'grep -q xs3cret made/it.txt').replace(
        'setup:',
        'secrets: { WORD: { env: WORD } }\nsetup:',
      ),
    },
    env: { WORD: 's3cret' },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  env: {
    files: { ...ignored, 'playbook.yml': made('    outputs: [made]\n+   env: { WORD: "yes" }\n', 'grep -q xyes made/it.txt') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  'working-directory': {
    files: {
      ...ignored,
      'sub/here.txt': 'x\n',
      'playbook.yml': made('    outputs: [made]\n+   working-directory: sub\n', 'test -f sub/made/it.txt'),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
};

export const secret: Effects = {
  env: {
    files: {
      'playbook.yml': gate(
        '      env: { TOKEN: "${{ secrets.TOKEN }}" }\n      run: test "$TOKEN" = from-env\n      evidence: exit-code\n',
        'secrets:\n  TOKEN:\n-   file: token.txt\n+   env: MY_TOKEN\n',
      ),
      'token.txt': 'from-file\n',
    },
    env: { MY_TOKEN: 'from-env' },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  file: {
    files: {
      'playbook.yml': gate(
        '      env: { TOKEN: "${{ secrets.TOKEN }}" }\n      run: test "$TOKEN" = from-file\n      evidence: exit-code\n',
        'secrets:\n  TOKEN:\n-   env: MY_TOKEN\n+   file: token.txt\n',
      ),
      'token.txt': 'from-file\n',
    },
    env: { MY_TOKEN: 'from-env' },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  command: {
    files: {
      'playbook.yml': gate(
        '      env: { TOKEN: "${{ secrets.TOKEN }}" }\n      run: test "$TOKEN" = from-command\n      evidence: exit-code\n',
        'secrets:\n  TOKEN:\n-   env: MY_TOKEN\n+   command: echo from-command\n',
      ),
    },
    env: { MY_TOKEN: 'from-env' },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
};

export const auth: Effects = {
  uses: {
    files: {
      ...tokens,
      'playbook.yml': asking(
        'auth:\n  user:\n-   run: echo token-of-none\n+   uses: ./plugins/maker\n+   with: { scope: read }\n',
      ),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  with: {
    files: { ...tokens, 'playbook.yml': asking('auth:\n  user:\n    uses: ./plugins/maker\n+   with: { scope: read }\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  run: {
    files: { ...tokens, 'playbook.yml': asking('auth:\n  user:\n-   run: echo token-of-none\n+   run: echo token-of-read\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  env: {
    files: {
      ...tokens,
      'playbook.yml': asking('auth:\n  user:\n    run: echo "token-of-$SCOPE"\n+   env: { SCOPE: read }\n'),
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
};

const modelled = (keys: string): Readonly<Record<string, string>> => ({
  'act.yml': script({ create: 'made.txt', content: 'x' }),
  'other.yml': script({ create: 'other.txt', content: 'x' }),
  'playbook.yml': `bexpert: 1
model:
${keys}phases:
  context: [{ id: look, run: "true" }]
  action: [{ id: act, uses: agent, with: { goal: "Make it." } }]
  verify: [{ id: a, run: test -f made.txt, evidence: exit-code }]
`,
});
export const model: Effects = {
  use: {
    files: modelled('- use: live\n+ use: script\n  script: act.yml\n'),
    mode: 'run',
    run: verdict,
    without: ['model/no-key'],
    with: 'pass',
  },
  name: {
    // No step of the action is played: who would act is said when the run starts.
    files: {
      'playbook.yml': `bexpert: 1
model:
  use: live
+ name: some-model
phases:
  context: [{ id: look, run: "true" }]
  action:
    if: run.mode == 'verify'
    steps: [{ id: act, uses: agent, with: { goal: "Make it." } }]
  verify: [{ id: a, run: "true", evidence: exit-code }]
`,
    },
    mode: 'run',
    env: { ANTHROPIC_API_KEY: 'a key that nobody uses' },
    run: ({ report }) => report?.actor?.split(' through ')[0],
    without: 'the default model',
    with: 'some-model',
  },
  script: {
    files: modelled('- script: other.yml\n+ script: act.yml\n'),
    mode: 'run',
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
};

/** An action that spends a hundred tokens and one dollar, where it may. */
const spending = (limits: string): Pick<RunEffect, 'files' | 'mode' | 'run' | 'without' | 'with'> => ({
  files: {
    ...spender,
    'playbook.yml': `bexpert: 1
budget:
${limits}phases:
  context: [{ id: look, run: "true" }]
  action: [{ id: act, uses: ./plugins/spender }]
  verify: [{ id: a, run: "true", evidence: exit-code }]
`,
  },
  mode: 'run',
  run: ({ ends }) => ends[1],
  without: '1 act ok',
  with: '1 act failed',
});
export const budget: Effects = {
  usd: spending('  time: 1h\n+ usd: 0.5\n'),
  tokens: spending('  time: 1h\n+ tokens: 50\n'),
  time: {
    files: { 'playbook.yml': acting('true', '', 'budget:\n- time: 1h\n+ time: 1ms\n'), 'act.yml': script({ run: 'true' }) },
    mode: 'run',
    run: ({ exitCode }) => exitCode,
    without: 0,
    with: 4,
  },
  reserve: spending('  tokens: 110\n+ reserve: 20%\n'),
};

export const deliver: Effects = {
  to: {
    files: {
      'act.yml': script({ create: 'made.txt', content: 'x' }),
      'playbook.yml': acting('test -f made.txt', '', 'deliver:\n- to: none\n+ to: branch\n'),
    },
    mode: 'run',
    run: async ({ git }) => (await git('for-each-ref', 'refs/heads/bexpert')) !== '',
    without: false,
    with: true,
  },
};

const including = (more: string): Readonly<Record<string, string>> => ({
  'more.yml': more,
  'playbook.yml':
    'bexpert: 1\nphases:\n  verify:\n    - { id: b, run: "true" }\n    - include: { from: more.yml, with: { word: "yes" } }\n',
});
const using = 'steps: [{ id: a, run: test "$WORD" = yes, evidence: exit-code, env: { WORD: "${{ inputs.word }}" } }]\n';
export const included: Effects = {
  bexpert: {
    files: including(`-bexpert: 2\n+bexpert: 1\ninputs: { word: {} }\n${using}`),
    run: verdict,
    without: ['playbook/version'],
    with: 'pass',
  },
  description: {
    files: including(`bexpert: 1\n+description: What is always proven.\ninputs: { word: {} }\n${using}`),
    explain: 'phases.verify.steps.a.run',
    without: expect.stringContaining('`include` of more.yml\n'),
    with: expect.stringContaining('`include` of more.yml: What is always proven.\n'),
  },
  inputs: {
    files: including(`bexpert: 1\n+inputs: { word: {} }\n${using}`),
    run: verdict,
    without: ['include/input', 'include/input'],
    with: 'pass',
  },
  steps: {
    files: including(`bexpert: 1\ninputs: { word: {} }\n+${using}`),
    run: verdict,
    without: ['playbook/missing-key'],
    with: 'pass',
  },
};
