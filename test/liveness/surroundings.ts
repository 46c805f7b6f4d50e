import { expect } from 'vitest';
import { acting, type Effects, gate, type RunEffect, script, verdict } from './effect.ts';

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
    files: { ...ignored, 'lock.txt': 'x\n', 'playbook.yml': made('    outputs: [made]\n+   cache-key: [lock.txt]\n', 'true') },
    plan: ({ setup: list }) => list[0]?.cacheKey,
    without: [],
    with: ['lock.txt'],
  },
  outputs: {
    files: { ...ignored, 'playbook.yml': made('+   outputs: [made]\n', 'test -f made/it.txt') },
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  network: {
    files: { ...ignored, 'playbook.yml': made('    outputs: [made]\n+   network: [packages.example.com]\n', 'true') },
    plan: ({ setup: list }) => list[0]?.network,
    without: [],
    with: ['packages.example.com'],
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

const serverFile = `import http from 'node:http';
console.log('it listens');
http.createServer((_, answer) => answer.end(\`here \${process.cwd().split('/').at(-1)} \${process.env.WORD ?? ''}\`)).listen(Number(process.env.PORT));
`;
/** A service `web`, and a gate that asks it; `keys` are of the service, indented by four. */
const asked = (keys: string, expected: RegExp): Readonly<Record<string, string>> => ({
  'server.mjs': serverFile,
  'sub/server.mjs': serverFile,
  'look.mjs': `const answer = await fetch(process.env.URL);\nif (!${String(expected)}.test(await answer.text())) process.exit(1);\n`,
  'playbook.yml': gate(
    '      run: node look.mjs\n      env: { URL: "${{ services.web.url }}" }\n      evidence: exit-code\n',
    `services:\n  web:\n${keys}`,
  ),
});
const port = '    env: { PORT: "${{ service.port }}" }\n';
const planned = (services: string, path: (plan: never) => unknown) => ({
  files: { 'playbook.yml': `bexpert: 1\nservices:\n${services}phases: { verify: [tests] }\n` },
  plan: path as never,
});
type Services = { readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

export const service: Effects = {
  uses: {
    ...planned('  db:\n-   run: node db.mjs\n+   uses: postgres\n', ({ services }: Services) =>
      JSON.stringify(services.db?.body).includes('"plugin"'),
    ),
    without: false,
    with: true,
  },
  run: {
    files: asked(`-   run: exit 1\n+   run: node server.mjs\n    ready: { http: /, within: 5s }\n${port}`, /here/),
    run: verdict,
    without: 'invalid',
    with: 'pass',
  },
  argv: {
    files: asked(`-   argv: [node, none.mjs]\n+   argv: [node, server.mjs]\n    ready: { http: /, within: 5s }\n${port}`, /here/),
    run: verdict,
    without: 'invalid',
    with: 'pass',
  },
  with: {
    ...planned('  db:\n    uses: postgres\n+   with: { version: 17 }\n', ({ services }: Services) =>
      JSON.stringify(services.db?.body).includes('17'),
    ),
    without: false,
    with: true,
  },
  env: {
    files: asked(
      `    run: node server.mjs\n    ready: { http: / }\n-   env: { PORT: "\${{ service.port }}" }\n+   env: { PORT: "\${{ service.port }}", WORD: "yes" }\n`,
      /yes/,
    ),
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  'working-directory': {
    files: asked(`    run: node server.mjs\n    ready: { http: / }\n+   working-directory: sub\n${port}`, /here sub/),
    run: verdict,
    without: 'fail',
    with: 'pass',
  },
  dependencies: {
    ...planned(
      '  db: { uses: postgres }\n  web:\n    run: node server.mjs\n+   dependencies: [db]\n',
      ({ services }: Services) => services.web?.dependencies,
    ),
    without: [],
    with: ['db'],
  },
  migrate: {
    ...planned('  db:\n    uses: postgres\n+   migrate: npm run migrate\n', ({ services }: Services) => services.db?.migrate),
    without: undefined,
    with: 'npm run migrate',
  },
  seed: {
    ...planned('  db:\n    uses: postgres\n+   seed: npm run seed\n', ({ services }: Services) => services.db?.seed),
    without: undefined,
    with: 'npm run seed',
  },
  prepare: {
    ...planned('  web:\n    run: node server.mjs\n+   prepare: [npm run build]\n', ({ services }: Services) =>
      JSON.stringify(services.web?.prepare ?? []).includes('npm run build'),
    ),
    without: false,
    with: true,
  },
  image: {
    ...planned(
      '  web:\n-   image: localhost/one:1\n+   image: localhost/two:1\n    port: 80\n    argv: [serve]\n',
      ({ services }: Services) => services.web?.body,
    ),
    without: { kind: 'image', image: 'localhost/one:1', port: 80, argv: ['serve'] },
    with: { kind: 'image', image: 'localhost/two:1', port: 80, argv: ['serve'] },
  },
  port: {
    ...planned(
      '  web:\n    image: localhost/one:1\n-   port: 80\n+   port: 81\n',
      ({ services }: Services) => services.web?.body,
    ),
    without: { kind: 'image', image: 'localhost/one:1', port: 80, argv: [] },
    with: { kind: 'image', image: 'localhost/one:1', port: 81, argv: [] },
  },
  ports: {
    ...planned('  web:\n    run: node server.mjs\n+   ports: [admin]\n', ({ services }: Services) => services.web?.ports),
    without: undefined,
    with: ['admin'],
  },
  log: {
    ...planned('  web:\n    run: node server.mjs\n+   log: logs/web.log\n', ({ services }: Services) => services.web?.log),
    without: undefined,
    with: 'logs/web.log',
  },
  ready: {
    ...planned('  web:\n    run: node server.mjs\n+   ready: { within: 5s }\n', ({ services }: Services) => services.web?.ready),
    without: { withinMs: 30_000 },
    with: { withinMs: 5000 },
  },
};

/** A service that starts only where something was prepared for it. */
const preparedBy = (keys: string): RunEffect => ({
  files: {
    ...asked(
      `    run: grep -q xyes prep/it.txt && exec node server.mjs\n    ready: { http: /, within: 5s }\n${keys}${port}`,
      /here/,
    ),
    '.gitignore': 'prep\n',
    'sub/here.txt': 'x\n',
  },
  run: verdict,
  without: 'invalid',
  with: 'pass',
});
export const preparation: Effects = {
  run: preparedBy('    prepare:\n-     - run: mkdir -p prep\n+     - run: mkdir -p prep && echo xyes > prep/it.txt\n'),
  env: preparedBy('    prepare:\n      - run: mkdir -p prep && echo "x$WORD" > prep/it.txt\n+       env: { WORD: "yes" }\n'),
  'working-directory': preparedBy(
    '    prepare:\n      - run: test -f here.txt && mkdir -p ../prep && echo xyes > ../prep/it.txt\n+       working-directory: sub\n',
  ),
};

/** A service that never becomes ready by this key, and one that does. */
const readyBy = (never: string, soon: string): RunEffect => ({
  files: asked(`    run: node server.mjs\n    ready:\n      within: 1s\n-     ${never}\n+     ${soon}\n${port}`, /here/),
  run: verdict,
  without: 'invalid',
  with: 'pass',
});
export const ready: Effects = {
  http: readyBy('log: never said', 'http: /'),
  tcp: {
    ...planned(
      '  web:\n    run: node server.mjs\n    ready:\n      within: 5s\n+     tcp: 8080\n',
      ({ services }: Services) => services.web?.ready,
    ),
    without: { withinMs: 5000 },
    with: { tcp: 8080, withinMs: 5000 },
  },
  log: readyBy('log: never said', 'log: it listens'),
  command: readyBy('command: "false"', 'command: "true"'),
  within: {
    ...planned(
      '  web:\n    run: node server.mjs\n    ready:\n      http: /\n+     within: 5s\n',
      ({ services }: Services) => services.web?.ready,
    ),
    without: { http: '/', withinMs: 30_000 },
    with: { http: '/', withinMs: 5000 },
  },
};

export const auth: Effects = {
  uses: {
    files: {
      'playbook.yml':
        'bexpert: 1\nauth:\n  user:\n-   run: node token.mjs\n+   uses: oidc-token\n+   with: { scope: read }\nphases: { verify: [tests] }\n',
    },
    plan: ({ plugins }) => Object.keys(plugins),
    without: ['tests'],
    with: ['oidc-token', 'tests'],
  },
  with: {
    files: {
      'playbook.yml':
        'bexpert: 1\nauth:\n  user:\n    uses: oidc-token\n+   with: { scope: read }\nphases: { verify: [tests] }\n',
    },
    plan: ({ auth: tokens }) => tokens.user?.kind === 'plugin' && tokens.user.with,
    without: ['playbook/missing-key'],
    with: { kind: 'literal', value: { scope: 'read' } },
  },
  run: {
    files: {
      'playbook.yml':
        'bexpert: 1\nauth:\n  user:\n-   run: node other.mjs\n+   run: node token.mjs\nphases: { verify: [tests] }\n',
    },
    plan: ({ auth: tokens }) => tokens.user?.kind === 'command' && tokens.user.run,
    without: 'node other.mjs',
    with: 'node token.mjs',
  },
  env: {
    files: {
      'playbook.yml':
        'bexpert: 1\nauth:\n  user:\n    run: node token.mjs\n+   env: { SCOPE: read }\nphases: { verify: [tests] }\n',
    },
    plan: ({ auth: tokens }) => tokens.user?.kind === 'command' && tokens.user.env,
    without: {},
    with: { SCOPE: { kind: 'literal', value: 'read' } },
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
    files: { 'playbook.yml': 'bexpert: 1\nmodel:\n  use: auto\n+ name: some-model\nphases: { verify: [tests] }\n' },
    plan: ({ model: chosen }) => chosen.name,
    without: undefined,
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

type Budget = { readonly budget: Readonly<Record<string, unknown>> };
const limited = (keys: string, path: (plan: Budget) => unknown) => ({
  files: { 'playbook.yml': `bexpert: 1\nbudget:\n  time: 1h\n${keys}phases: { verify: [tests] }\n` },
  plan: path as never,
});
export const budget: Effects = {
  usd: { ...limited('+ usd: 2\n', ({ budget: limits }) => limits.usd), without: undefined, with: 2 },
  tokens: { ...limited('+ tokens: 2M\n', ({ budget: limits }) => limits.tokens), without: undefined, with: 2_000_000 },
  time: {
    files: { 'playbook.yml': acting('true', '', 'budget:\n- time: 1h\n+ time: 1ms\n'), 'act.yml': script({ run: 'true' }) },
    mode: 'run',
    run: ({ exitCode }) => exitCode,
    without: 0,
    with: 4,
  },
  reserve: { ...limited('+ reserve: 20%\n', ({ budget: limits }) => limits.reserve), without: 0, with: 0.2 },
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
  'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - tests\n    - include: { from: more.yml, with: { word: "yes" } }\n',
});
const ids = {
  plan: (plan: { readonly phases: readonly { readonly steps: readonly { readonly id: string }[] }[] }) =>
    plan.phases[0]?.steps.map(({ id }) => id),
};
const using = 'steps: [{ id: a, run: "true", env: { WORD: "${{ inputs.word }}" } }]\n';
export const included: Effects = {
  bexpert: {
    files: including(`-bexpert: 2\n+bexpert: 1\ninputs: { word: {} }\n${using}`),
    ...ids,
    without: ['playbook/version'],
    with: ['tests', 'a'],
  },
  description: {
    files: including(`bexpert: 1\n+description: What is always proven.\ninputs: { word: {} }\n${using}`),
    explain: 'phases.verify.steps.a.run',
    without: expect.stringContaining('`include` of more.yml\n'),
    with: expect.stringContaining('`include` of more.yml: What is always proven.\n'),
  },
  inputs: {
    files: including(`bexpert: 1\n+inputs: { word: {} }\n${using}`),
    ...ids,
    without: ['include/input', 'include/input'],
    with: ['tests', 'a'],
  },
  steps: {
    files: including(`bexpert: 1\ninputs: { word: {} }\n+${using}`),
    ...ids,
    without: ['playbook/missing-key'],
    with: ['tests', 'a'],
  },
};
