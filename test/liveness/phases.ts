import { of } from '../unit/engine/play.ts';
import { acting, type Effects, gate, script, verdict } from './effect.ts';

const green = (id: string): string => `{ id: ${id}, run: "true", evidence: exit-code }`;
const looping = (keys: string): string =>
  `${acting('test -f second.txt')}${keys}`.replace(
    "  verify:\n    - { id: a, run: 'test -f second.txt', evidence: exit-code }\n",
    `  verify:\n    steps:\n      - { id: a, run: test -f second.txt, evidence: exit-code }\n`,
  );
const twice = `bexpert-script: 1
attempts:
  - calls: [{ create: first.txt, content: x }]
  - calls: [{ create: second.txt, content: x }]
`;

export const phase: Effects = {
  kind: {
    files: { 'playbook.yml': `bexpert: 1\nphases:\n  proof:\n+   kind: verify\n    steps: [${green('a')}]\n` },
    run: verdict,
    without: ['phase/kind'],
    with: 'pass',
  },
  steps: {
    files: { 'playbook.yml': `bexpert: 1\nphases:\n  verify:\n+   steps: [${green('a')}]\n-   parallel: 1\n` },
    run: verdict,
    without: ['phase/empty'],
    with: 'pass',
  },
  parallel: {
    // `a` waits for what `b` writes, and gives up after two seconds.
    files: {
      '.gitignore': 'seen.txt\n',
      'playbook.yml': `bexpert: 1
phases:
  verify:
+   parallel: 1
    steps:
      - ${green('a').replace('"true"', '"sleep 0.2"')}
      - ${green('b').replace('"true"', '"sleep 0.2"')}
`,
    },
    run: ({ played }) => {
      const order = played.events.flatMap((event) =>
        event.type === 'step-started' || event.type === 'step-finished' ? [event.type] : [],
      );
      return order[1] === 'step-started' ? 'side by side' : 'one after the other';
    },
    without: 'side by side',
    with: 'one after the other',
  },
  if: {
    files: {
      'playbook.yml': `bexpert: 1
phases:
  first:
    kind: verify
+   if: run.mode == 'run'
    steps: [${green('a')}]
  verify: [${green('b')}]
`,
    },
    run: verdict,
    without: 'pass',
    with: 'skipped by phase',
  },
  'on-failure': {
    files: { 'act.yml': twice, 'playbook.yml': looping('+   on-failure: { retry-from: action, attempts: 2 }\n') },
    mode: 'run',
    run: ({ ends }) => ends.at(-1),
    without: '1 a fail',
    with: '2 a pass',
  },
};

export const retry: Effects = {
  'retry-from': {
    files: { 'act.yml': twice, 'playbook.yml': looping('    on-failure:\n+     retry-from: action\n      attempts: 2\n') },
    mode: 'run',
    run: ({ ends }) => ends.at(-1),
    without: ['playbook/missing-key'],
    with: '2 a pass',
  },
  attempts: {
    files: {
      'act.yml': twice,
      'playbook.yml': looping('    on-failure:\n      retry-from: action\n-     attempts: 1\n+     attempts: 2\n'),
    },
    mode: 'run',
    run: ({ ends }) => ends.at(-1),
    without: '1 a fail',
    with: '2 a pass',
  },
};

const included = (more: string, keys = ''): Readonly<Record<string, string>> => ({
  'more.yml': more,
  'playbook.yml': `bexpert: 1\nphases:\n  verify:\n    - include:\n        from: more.yml\n${keys}`,
});
export const include: Effects = {
  from: {
    files: {
      'more.yml': `bexpert: 1\nsteps: [${green('a')}]\n`,
      'other.yml': `bexpert: 1\nsteps: [${green('a').replace('"true"', '"false"')}]\n`,
      'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - include:\n-       from: other.yml\n+       from: more.yml\n',
    },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  with: {
    files: included(
      'bexpert: 1\ninputs: { word: { default: "no" } }\nsteps:\n  - id: a\n    run: test "$WORD" = yes\n    env: { WORD: "${{ inputs.word }}" }\n',
      '+       with: { word: "yes" }\n',
    ),
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  as: {
    files: included(`bexpert: 1\nsteps: [${green('a')}]\n`, '+       as: more\n'),
    run: ({ ends }) => ends,
    without: ['1 a pass'],
    with: ['1 more-a pass'],
  },
};

const limits = (bounds: string, time: string): Readonly<Record<string, string>> => ({
  'bexpert.yml': `bexpert: 1\nbounds:\n  budget.time:\n${bounds}`,
  'playbook.yml': gate('      run: "true"\n', `budget: { time: ${time} }\n`),
});
export const bound: Effects = {
  min: { files: limits('    max: 1h\n+   min: 5m\n', '1m'), run: verdict, without: 'pass', with: ['policy/bound'] },
  max: { files: limits('    min: 1s\n+   max: 5m\n', '10m'), run: verdict, without: 'pass', with: ['policy/bound'] },
};

const input_ = (declared: string, use = 'test "$WORD" = yes'): string =>
  gate(
    `      env: { WORD: "\${{ inputs.word }}" }\n      run: '${use}'\n      evidence: exit-code\n`,
    `inputs:\n  word:\n${declared}`,
  );
export const input: Effects = {
  type: {
    files: { 'playbook.yml': input_('    default: "1h"\n+   type: duration\n', 'test "$WORD" = 3600000') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  options: {
    files: {
      'playbook.yml': input_('    type: choice\n    default: b\n-   options: [a, b]\n+   options: [a]\n', 'test "$WORD" = b'),
    },
    run: verdict,
    without: 'pass',
    with: ['input/value'],
  },
  required: {
    files: { 'playbook.yml': input_('+   required: true\n    type: string\n', 'test -z "$WORD"') },
    run: verdict,
    without: 'pass',
    with: ['input/missing'],
  },
  default: {
    files: { 'playbook.yml': input_('    type: string\n+   default: "yes"\n') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  description: {
    files: { 'playbook.yml': input_('    required: true\n+   description: The magic word\n') },
    run: verdict,
    words: true,
    without: ['The input `word` has no value.'],
    with: ['The input `word` has no value: The magic word.'],
  },
};

export const access: Effects = {
  edit: {
    files: {
      'src/a.txt': 'old\n',
      'act.yml': script({ edit: 'src/a.txt', find: 'old', replace: 'new' }),
      'playbook.yml': acting('true', '      access:\n-       deny: ["lib/**"]\n+       edit: ["lib/**"]').replace(
        'bexpert: 1',
        'bexpert: 1',
      ),
      'lib/b.txt': 'x\n',
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act failed',
  },
  open: {
    files: {
      'golden.test.js': 'old\n',
      'act.yml': script({ edit: 'golden.test.js', find: 'old', replace: 'new' }),
      'playbook.yml': acting(
        'true',
        '      access:\n        deny: ["lib/**"]\n+       open: [{ paths: ["golden.test.js"], as: edit, reason: It changes. }]',
      ),
      'lib/b.txt': 'x\n',
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act failed',
    with: '1 act ok',
  },
  deny: {
    files: {
      'src/a.txt': 'old\n',
      'act.yml': script({ edit: 'src/a.txt', find: 'old', replace: 'new' }),
      'playbook.yml': acting('true', '      access:\n        edit: ["src/**"]\n+       deny: ["src/a.txt"]'),
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act failed',
  },
  'no-read': {
    files: {
      'src/a.txt': 'old\n',
      'act.yml':
        'bexpert-script: 1\nattempts: [{ calls: [{ tool: view_file, input: { AbsolutePath: src/a.txt } }, { create: src/b.txt, content: x }] }]\n',
      'playbook.yml': acting('true', '      access:\n        edit: ["src/**"]\n+       no-read: ["src/a.txt"]'),
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act ok',
    with: '1 act failed',
  },
};

const opened = (line: string, changed: string): Readonly<Record<string, string>> => ({
  'golden.test.js': 'old\n',
  'act.yml': script({ edit: 'golden.test.js', find: 'old', replace: 'new' }),
  'playbook.yml': acting(
    'true',
    `      access:\n        open:\n          - paths: [golden.test.js]\n            as: edit\n            reason: It changes.`,
  ).replace(line, changed),
});
export const opening: Effects = {
  paths: {
    files: {
      ...opened('          - paths: [golden.test.js]', '-         - paths: [other.test.js]\n+         - paths: [golden.test.js]'),
      'other.test.js': 'x\n',
    },
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act failed',
    with: '1 act ok',
  },
  as: {
    files: opened('            as: edit', '-           as: append\n+           as: edit'),
    mode: 'run',
    run: ({ ends }) => ends[1],
    without: '1 act failed',
    with: '1 act ok',
  },
  reason: {
    files: {
      ...opened('            reason: It changes.', '-           reason: Another.\n+           reason: It changes.'),
      'playbook.yml': acting(
        'true',
        '      access:\n        open:\n          - paths: [golden.test.js]\n            as: review\n-           reason: Another.\n+           reason: It changes.',
      ),
    },
    mode: 'run',
    run: ({ played }) =>
      of(played.events, 'step-finished').flatMap(({ result }) => (result.kind === 'action' ? result.review : [])),
    without: [{ path: 'golden.test.js', rule: 'opened as review by access.open: Another.' }],
    with: [{ path: 'golden.test.js', rule: 'opened as review by access.open: It changes.' }],
  },
};
