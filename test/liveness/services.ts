import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Effects, gate, type PlanEffect, type RunEffect, verdict } from './effect.ts';

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
/** A gate that needs a database; `keys` are of the database. */
const database = (keys: string): Readonly<Record<string, string>> => ({
  'playbook.yml': gate(
    '      run: "true"\n      services: [db]\n      evidence: exit-code\n',
    `services:\n  db:\n    uses: postgres\n${keys}`,
  ),
});
const imaged = (keys: string): Readonly<Record<string, string>> => ({
  'playbook.yml': `bexpert: 1\nservices:\n  web:\n${keys}phases: { verify: [tests] }\n`,
});
const ofImage: Pick<PlanEffect, 'plan' | 'why'> = {
  plan: ({ services }) => services.web?.body,
  why: 'a container needs Podman or Docker, which not every machine has; test/unit/engine/image-service.test.ts runs it where there is one',
};
/** Starts, and is not ready by this. */
const never = 'ready: { log: never said, within: 300ms }';

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
export const service: Effects = {
  uses: {
    files: asked('-   run: exit 1\n+   uses: upstream\n+   with: { routes: [{ path: /, body: here }] }\n', /here/),
    run: verdict,
    without: 'invalid',
    with: 'pass',
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
    files: asked(
      '    uses: upstream\n-   with: { routes: [{ path: /, body: there }] }\n+   with: { routes: [{ path: /, body: here }] }\n',
      /^"?here/,
    ),
    run: verdict,
    without: 'fail',
    with: 'pass',
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
    files: asked(
      `    run: node server.mjs\n    ready: { http: / }\n+   dependencies: [other]\n${port}  other: { run: sleep 9, ${never} }\n`,
      /here/,
    ),
    run: verdict,
    without: 'pass',
    with: 'invalid',
  },
  migrate: { files: database('+   migrate: "false"\n'), slow: true, run: verdict, without: 'pass', with: 'invalid' },
  seed: { files: database('+   seed: "false"\n'), slow: true, run: verdict, without: 'pass', with: 'invalid' },
  prepare: preparedBy('+   prepare: [mkdir -p prep && echo xyes > prep/it.txt]\n'),
  image: {
    files: imaged('-   image: localhost/one:1\n+   image: localhost/two:1\n    port: 80\n    argv: [serve]\n'),
    ...ofImage,
    without: { kind: 'image', image: 'localhost/one:1', port: 80, argv: ['serve'] },
    with: { kind: 'image', image: 'localhost/two:1', port: 80, argv: ['serve'] },
  },
  port: {
    files: imaged('    image: localhost/one:1\n-   port: 80\n+   port: 81\n'),
    ...ofImage,
    without: { kind: 'image', image: 'localhost/one:1', port: 80, argv: [] },
    with: { kind: 'image', image: 'localhost/one:1', port: 81, argv: [] },
  },
  ports: {
    files: asked(
      '    run: test "$ADMIN" -gt 0 && exec node server.mjs\n    ready: { http: / }\n+   ports: [admin]\n    env: { PORT: "${{ service.port }}", ADMIN: "${{ service.ports.admin }}" }\n',
      /here/,
    ),
    run: verdict,
    without: ['expression/unknown-property'],
    with: 'pass',
  },
  log: {
    files: {
      ...asked(
        `    run: mkdir -p logs && exec node server.mjs > logs/web.log\n    ready: { http: / }\n+   log: logs/web.log\n${port}`,
        /here/,
      ),
      '.gitignore': 'logs\n',
    },
    run: ({ played }) => {
      const folder = path.join(played.folder, 'logs');
      const kept = readdirSync(folder).filter((name) => name.includes('-web'));
      return kept.some((name) => readFileSync(path.join(folder, name), 'utf8').includes('it listens'));
    },
    without: false,
    with: true,
  },
  ready: {
    files: asked(`    run: node server.mjs\n+   ${never}\n${port}`, /here/),
    run: verdict,
    without: 'pass',
    with: 'invalid',
  },
};

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
    // Nothing listens on that port; whom nobody asks on its own port ends.
    files: {
      ...asked(`    run: node lonely.mjs\n    ready:\n      within: 30s\n+     tcp: 1\n${port}`, /here/),
      'lonely.mjs': `import http from 'node:http';
const server = http.createServer((_, answer) => answer.end('here'));
server.listen(Number(process.env.PORT), () => {
  const lonely = setTimeout(() => process.exit(1), 500);
  server.once('connection', () => clearTimeout(lonely));
});
`,
    },
    run: verdict,
    without: 'pass',
    with: 'invalid',
  },
  log: readyBy('log: never said', 'log: it listens'),
  command: readyBy('command: "false"', 'command: "true"'),
  within: {
    files: asked(`    run: sleep 0.5; exec node server.mjs\n    ready:\n      http: /\n+     within: 200ms\n${port}`, /here/),
    run: verdict,
    without: 'pass',
    with: 'invalid',
  },
};
