// Gates that have nothing to judge, or whose target does not answer: never green, and the reason is said.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleFiles } from '../rig/orders-api.ts';
import { type Ended, program } from '../rig/program.ts';
import { type Files, TestRepository } from '../rig/repository.ts';

let repository: TestRepository;
beforeAll(async () => {
  repository = await TestRepository.create({ 'README.md': '' });
});
afterAll(async () => repository[Symbol.asyncDispose]());

/** All cases share one state folder, and with it the installed packages. */
async function verify(files: Files): Promise<Ended> {
  await repository.git('rm', '-rq', '--ignore-unmatch', '.');
  await repository.write({ '.gitignore': 'node_modules/\n', ...files });
  await repository.commit('a case');
  return program(['verify', 'playbook.yml', '--reporter', 'plain', '--state', repository.state], { cwd: repository.folder });
}
const playbook = (step: string): string => `bexpert: 1\nphases:\n  verify:\n    - ${step}\n`;

describe('a project without tests', () => {
  const installed = exampleFiles(['package.json', 'package-lock.json']);
  const project: Files = {
    ...installed,
    'bexpert.yml':
      'bexpert: 1\nsetup:\n  - run: npm ci --ignore-scripts --no-audit --no-fund && mkdir -p node_modules/.vite node_modules/.vite-temp\n    cache-key: [package.json, package-lock.json]\n    outputs: [node_modules]\n',
    'src/add.js': 'export const add = (a, b) => a + b;\n',
  };
  const oneTest = {
    'test/add.test.js':
      "import { expect, it } from 'vitest';\nimport { add } from '../src/add.js';\nit('adds', () => expect(add(1, 2)).toBe(3));\n",
  };

  it('is not proven by the gate tests: it examined nothing', async () => {
    const ended = await verify({ ...project, 'playbook.yml': playbook('tests') });
    expect(ended.stdout).toMatch(
      /tests +INVALID +\S+ s {2}0 tests examined, at least 1 needed\n {4}hint: Nothing examined is never green\./,
    );
    expect(ended.code).toBe(3);
  });
  it('is not proven by the gate coverage, nor by one whose files match nothing', async () => {
    const without = await verify({ ...project, 'playbook.yml': playbook('{ uses: coverage, with: { lines: 1 } }') });
    expect(without.stdout).toMatch(/coverage +INCONCLUSIVE .*coverage of a red test run proves nothing: no test file was found/);
    expect(without.code).toBe(3);
    const nothing = await verify({
      ...project,
      ...oneTest,
      'playbook.yml': playbook('{ uses: coverage, with: { lines: 1, include: ["lib/**"] } }'),
    });
    expect(nothing.stdout).toMatch(/coverage +INVALID .*0 lines examined, at least 1 needed/);
    expect(nothing.code).toBe(3);
  });
  it('is proven as soon as there is one', async () => {
    const ended = await verify({ ...project, ...oneTest, 'playbook.yml': playbook('tests') });
    expect(ended).toMatchObject({ code: 0 });
  });
}, 180_000);

describe('a load target', () => {
  const target = (answer: string, ready: string): Files => ({
    'server.mjs': `
import { createServer } from 'node:http';
const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('well');
  ${answer}
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log('listening');
  if (process.env.LEAVES !== undefined) server.close(() => setInterval(() => {}, 1000));
});
`,
    'bexpert.yml': `bexpert: 1\nservices:\n  api:\n    run: node server.mjs\n    env: { PORT: "\${{ service.port }}"${ready.startsWith('log') ? ', LEAVES: "1"' : ''} }\n    ready: { ${ready}, within: 10s }\n`,
    'playbook.yml': playbook('{ uses: load, with: { requests: [{ path: "/orders" }], connections: 2, amount: 20 } }'),
  });

  it('that answers 500 is red, and the answer is shown', async () => {
    const ended = await verify(target('response.statusCode = 500; response.end("no database")', 'http: /healthz'));
    expect(ended.stdout).toMatch(/load +FAIL /);
    expect(ended.stdout).toContain(
      'error[load/wrong-answer]\n      GET /orders is answered wrongly before there is any load: status 500, expected is 200 to 299.\n      hint: ',
    );
    expect(ended.stdout).toContain('      | no database\n');
    expect(ended.code).toBe(1);
  });
  it('that refuses connections is not green, and says so', async () => {
    const ended = await verify(target('response.end("well")', 'log: listening'));
    expect(ended.stdout).toMatch(/load +INVALID .*0 requests examined, at least 1 needed\n/);
    expect(ended.stdout).toMatch(
      /error\[load\/unreachable\]\n {6}GET \/orders gives no answer: connect ECONNREFUSED 127\.0\.0\.1:\d+\n {6}hint: /,
    );
    expect(ended.code).toBe(3);
  });
});
