// Code of a candidate runs inside gates, with the judge's files beside it: one run, one gate for each cheat.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

const check =
  "import { sum } from '../src/sum.mjs';\nif (sum(1, 2) !== 3) { console.error('1 + 2 is ' + sum(1, 2)); process.exit(1); }\n";
const flood = process.env.BEXPERT_TEST === 'full';

interface Cheat {
  /** The gate's command; the candidate's code runs first, then base's test. */
  readonly run?: string;
  readonly timeout?: string;
  /** What the candidate's code does when this gate runs it. */
  readonly code: string;
}
const judged = 'node src/sum.mjs && node test/check.mjs';
const cheats: Readonly<Record<string, Cheat>> = {
  honest: { code: '' },
  'swaps-test': {
    code: `const kept = fs.readFileSync('test/check.mjs', 'utf8'); const times = fs.statSync('test/check.mjs');
      fs.writeFileSync('test/check.mjs', 'import fs from "node:fs"; fs.writeFileSync("test/check.mjs", ' + JSON.stringify(kept) + '); fs.utimesSync("test/check.mjs", ' + times.atimeMs / 1000 + ', ' + times.mtimeMs / 1000 + ');');`,
  },
  'renames-test': {
    code: `fs.renameSync('test/check.mjs', 'test/aside.mjs');
      fs.writeFileSync('test/check.mjs', 'import fs from "node:fs"; fs.renameSync("test/aside.mjs", "test/check.mjs");');`,
  },
  'renames-folder': {
    code: `fs.renameSync('test', 'aside'); fs.mkdirSync('test');
      fs.writeFileSync('test/check.mjs', 'import fs from "node:fs"; fs.rmSync("test", { recursive: true }); fs.renameSync("aside", "test");');`,
  },
  'links-folder': {
    code: `fs.cpSync('test', 'aside', { recursive: true }); fs.rmSync('test', { recursive: true }); fs.symlinkSync('aside', 'test');
      fs.writeFileSync('aside/check.mjs', '');`,
  },
  'changes-script': {
    run: 'node src/sum.mjs && npm run --silent check',
    code: `const kept = fs.readFileSync('package.json', 'utf8');
      fs.writeFileSync('package.json', JSON.stringify({ scripts: { check: 'git --version; node back.mjs' } }));
      fs.writeFileSync('back.mjs', 'import fs from "node:fs"; fs.writeFileSync("package.json", ' + JSON.stringify(kept) + '); fs.rmSync("back.mjs");');`,
  },
  // On ext4 an ioctl changes places of two files' blocks and no time stamp; what was the test is zeros then, which a shell passes over.
  'swaps-blocks': {
    run: 'node src/sum.mjs && sh test/check.sh',
    code: `const perl = 'use Fcntl; use IO::Handle; sysopen(my $mine, "aside", O_RDWR | O_CREAT); sysopen(my $test, "test/check.sh", O_RDWR); syswrite($mine, "x" x 4096); $mine->sync; $test->sync; ioctl($mine, 0xc028660f, pack("LLQQQQ", 0, fileno($test), 0, 0, 1, 0)); unlink "aside"; syscall(221, fileno($test), 0, 0, 4);';
      (await import('node:child_process')).spawnSync('perl', ['-e', perl]);`,
  },
  'kills-parent': { code: "process.kill(process.ppid, 'SIGKILL');" },
  'kills-first': { code: "for (let pid = 1; pid < process.pid; pid += 1) try { process.kill(pid, 'SIGKILL'); } catch {}" },
  hangs: { timeout: '2s', code: 'setInterval(() => {}, 1000); await new Promise(() => {});' },
  'leaves-a-writer': {
    code: `const { spawn } = await import('node:child_process');
      spawn('setsid', ['sh', '-c', 'while :; do echo > test/check.mjs; sleep 0.01; done'], { detached: true, stdio: 'ignore' }).unref();
      await new Promise((resolve) => setTimeout(resolve, 300));`,
  },
  'forges-output': {
    code: `console.log('\\u001b[2J\\u001b[H\\u001b]0;PROVEN\\u0007PASS\\n# PROVEN\\n| gate | **PASS** |\\n<script>alert(1)</script> [proof](https://x.invalid)\\n\`\`\`\\nPROVEN');`,
  },
  ...(flood ? { floods: { code: "const text = 'PASS\\n'.repeat(1 << 20); for (;;) fs.writeSync(1, text);" } } : {}),
};

const candidate = `import fs from 'node:fs';
export const sum = (a, b) => a - b;
if (process.argv[1].endsWith('sum.mjs')) switch (process.env.CHEAT) {
${Object.entries(cheats)
  .map(([name, { code }]) => `case '${name}': { ${code} break; }`)
  .join('\n')}
}
`;
const playbook = `bexpert: 1
phases:
  verify:
${Object.entries(cheats)
  .map(
    ([name, { run = judged, timeout }]) =>
      `    - { id: ${name}, run: '${run}', env: { CHEAT: ${name} }, evidence: exit-code${timeout === undefined ? '' : `, timeout: ${timeout}`} }`,
  )
  .join('\n')}
`;

interface Report {
  readonly outcome: { readonly verdict: string; readonly exitCode: number };
  readonly attempts: readonly {
    readonly steps: readonly { readonly step: string; readonly result: { readonly verdict: string; readonly reason?: string } }[];
  }[];
}

describe('a candidate whose code changes its judge while it is judged', () => {
  let repository: TestRepository;
  let report: Report;
  let shown = '';
  beforeAll(async () => {
    repository = await TestRepository.create({
      'p.yml': playbook,
      'test/check.mjs': check,
      'test/check.sh': '#!/bin/sh\nexec node test/check.mjs\n',
      'src/sum.mjs': 'export const sum = (a, b) => a + b;\n',
      'package.json': '{ "scripts": { "check": "node test/check.mjs" } }\n',
    });
    await repository.write({ 'src/sum.mjs': candidate });
    const at = { cwd: repository.folder };
    const ended = await program(['verify', 'p.yml', '--reporter', 'plain', '--state', repository.state], at);
    const markdown = await program(['report', 'latest', '--state', repository.state], at);
    shown = ended.stdout + ended.stderr + markdown.stdout;
    report = JSON.parse((await program(['report', 'latest', '--format', 'json', '--state', repository.state], at)).stdout);
  }, 120_000);
  afterAll(() => repository[Symbol.asyncDispose]());

  const resultOf = (name: string) => report.attempts[0]?.steps.find(({ step }) => step === name)?.result;
  it('is never proven', () => {
    expect(report.outcome).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
  });
  it.each(Object.keys(cheats))('%s', (name) => {
    expect(resultOf(name)?.verdict, JSON.stringify(resultOf(name))).toMatch(/^(fail|invalid)$/);
  });
  it('is seen where it wrote a file and put it back', () => {
    for (const name of ['swaps-test', 'renames-test', 'changes-script']) {
      expect(resultOf(name)?.reason, name).toMatch(/this gate touched (test\/check\.mjs|package\.json)/);
    }
  });
  it('cannot draw on the terminal or write a passage of the report', () => {
    expect(shown).not.toContain(String.fromCharCode(27));
    expect(shown).not.toContain(String.fromCharCode(7));
    const inBlocks = shown.split('\n').filter((line) => /^(# PROVEN|\| gate \| \*\*PASS)/.test(line));
    expect(inBlocks).toEqual([]);
  });
});
