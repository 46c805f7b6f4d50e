import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { main } from '../../../src/main.ts';
import { playtestGrammar } from '../../../src/playtest/grammar.ts';
import { root } from '../../contract/sources.ts';
import { folderOf } from '../playbook/prepare-files.ts';

const playbook = `bexpert: 1
inputs:
  strict: { type: boolean, default: false }
phases:
  context: [schema-map]
  action:
    - { id: implement, uses: agent, with: { goal: Mend it. }, budget: { time: 10m } }
  verify:
    steps:
      - uses: tests
        waive: [{ findings: [tests/skipped], until: "2026-06-30", by: Ann, reason: Upstream is broken. }]
      - { uses: coverage, needs: [tests], if: inputs.strict }
      - { id: lint, run: npm run lint, level: warn }
      - { id: sql, run: npm run sql, when-changed: ["migrations/**"], evidence: exit-code }
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
protect: [golden/**]
`;

async function played(cases: string, options: { readonly playbook?: string; readonly args?: readonly string[] } = {}) {
  const folder = folderOf({
    'playbooks/p.yml': options.playbook ?? playbook,
    'playbooks/p.test.yml': `bexpert-test: 1\nplaybook: ./p.yml\ncases:\n${cases}`,
  });
  const said: string[] = [];
  const output: Io['stdout'] = { isTTY: false, write: (text) => void said.push(text) };
  const { execPath, platform, arch, versions } = process;
  const node = { version: versions.node, execPath, platform, arch };
  const env = { HOME: folder, PATH: process.env.PATH };
  const signal = new AbortController().signal;
  const io: Io = { cwd: folder, env, stdout: output, stderr: output, signal, now: () => 0, node };
  const code = await main(['test', ...(options.args ?? [])], io);
  return { code, said: said.join('') };
}
/** Every one of these cases goes as expected. */
async function holds(cases: string, more: Parameters<typeof played>[1] = {}): Promise<string> {
  const { code, said } = await played(cases, more);
  expect(said).toContain('as expected');
  expect(code, said).toBe(0);
  return said;
}

describe('the path of a playbook', () => {
  it('is that of the engine: attempts, what is told, what is delivered', () =>
    holds(`
  - name: goes back twice and is proven
    steps:
      implement: [{ changes: [src/a.js] }, { changes: [src/b.js] }, { changes: [src/c.js] }]
      tests: [{ finds: [tests/failed, tests/missing] }, { finds: [tests/failed] }, PASS]
    expect:
      verdict: proven
      status: completed
      exit-code: 0
      attempts: 3
      delivers: 3
      results: { tests: [FAIL, FAIL, PASS], implement: [ok, ok, ok], coverage: SKIPPED, sql: SKIPPED, lint: PASS }
      ran: [schema-map, implement, tests, lint]
      skipped: [coverage, sql]
      told: { implement: [tests/failed] }
`));
  it('goes another way with other inputs, changes, days and answers', () =>
    holds(`
  - name: an input turns a step on
    inputs: { strict: true }
    expect: { results: { coverage: PASS }, verdict: proven }
  - name: what it needs is red
    inputs: { strict: true }
    steps: { tests: FAIL }
    expect: { results: { coverage: SKIPPED }, exit-code: 1 }
  - name: a changed file turns a step on
    steps: { implement: { adds: [migrations/1.sql] } }
    expect: { results: { sql: PASS } }
  - name: the waiver holds
    today: "2026-06-30"
    steps: { tests: { finds: [tests/skipped] } }
    expect: { results: { tests: WAIVED }, exit-code: 3, verdict: unverified }
  - name: the waiver is over
    today: "2026-07-01"
    steps: { tests: { finds: [tests/skipped] } }
    expect: { results: { tests: FAIL }, exit-code: 1 }
  - name: what only warns ends no run
    steps: { lint: FAIL }
    expect: { results: { lint: FAIL }, exit-code: 0 }
  - name: what base has too does not count
    steps: { tests: { finds: [tests/failed], on-base: [tests/failed] } }
    expect: { results: { tests: PASS }, exit-code: 0 }
`));
  it('ends as a run ends', () =>
    holds(`
  - name: protected content
    steps: { implement: { changes: [golden/a.json] } }
    expect: { status: integrity, exit-code: 5, delivers: false }
  - name: the model gives up
    steps: { implement: { outcome: blocked, says: I may not edit it } }
    expect: { status: blocked, exit-code: 6, reason: I may not edit it }
  - name: time is over
    steps: { implement: { adds: [a.js], takes: 20m }, tests: FAIL }
    expect: { status: budget, exit-code: 4 }
  - name: a context step fails
    steps: { schema-map: { fails: there is no database } }
    expect: { status: environment, exit-code: 3, reason: there is no database }
  - name: a gate is broken on base too
    steps: { tests: INVALID }
    expect: { verdict: inconclusive, exit-code: 3 }
  - name: nothing is left to examine
    steps: { tests: { examined: 0 } }
    expect: { results: { tests: FAIL }, exit-code: 1 }
  - name: nothing changed
    steps: { implement: [{ changes: { src/a.js: one } }, { changes: { src/a.js: one } }], tests: FAIL }
    expect: { attempts: 2, exit-code: 1, reason: nothing changed }
  - name: back to where it was
    steps:
      implement: [{ changes: { src/a.js: one } }, { changes: { src/a.js: two } }, { changes: { src/a.js: one } }]
      tests: FAIL
    expect: { attempts: 3, exit-code: 1 }
`));
  it('of verify has no action, and a candidate of its own', () =>
    holds(`
  - name: the gates alone
    mode: verify
    candidate: { adds: [migrations/1.sql] }
    expect: { verdict: proven, ran: [tests, lint, sql], skipped: [coverage] }
  - name: with base's protected files
    mode: verify
    candidate: { changes: [golden/a.json] }
    expect: { skipped: [coverage, sql] }
`));
  it('waits for a person, who approves, rejects, or does not answer', () =>
    holds(
      `
  - name: approved
    expect: { verdict: proven }
  - name: rejected, and then approved
    steps: { release: [{ rejected: The name is wrong. }, approved] }
    expect: { verdict: proven, attempts: 2 }
  - name: nobody answers
    steps: { release: unanswered }
    expect: { status: waiting, exit-code: 6 }
`,
      {
        playbook: playbook.replace(
          '\ndeliver:',
          '\n  release: { kind: approve, on-failure: { retry-from: action, attempts: 3 } }\ndeliver:',
        ),
      },
    ));
});

describe('a step that the environment fails', () => {
  const retried = playbook
    .replace('context: [schema-map]', 'context: [{ uses: schema-map, retry: 2 }]')
    .replace('uses: agent, ', 'uses: agent, retry: 1, ')
    .replace('      - uses: tests\n', '      - uses: tests\n        retry: 1\n');
  it('is tried again as often as `retry` says, and then answers or ends the run', async () => {
    const said = await holds(
      `
  - name: it answers at last
    steps: { schema-map: { fails-first: 2 }, implement: { adds: [a.js], fails-first: 1 }, tests: { fails-first: 1 } }
    expect: { verdict: proven, retried: { schema-map: 2, implement: 1, tests: 1, lint: 0 }, results: { tests: [PASS] } }
  - name: once too often
    steps: { schema-map: { fails-first: 3 } }
    expect: { status: environment, exit-code: 3, retried: { schema-map: 2 }, ran: [schema-map], results: { schema-map: failed } }
  - name: an action once too often
    steps: { implement: { fails-first: 2 } }
    expect: { status: environment, exit-code: 3, retried: { implement: 1 }, ran: [schema-map, implement] }
  - name: a gate once too often, which says nothing about the work
    steps: { tests: { fails-first: 2 } }
    expect: { verdict: inconclusive, exit-code: 3, results: { tests: INVALID } }
  - name: each attempt has its own tries
    steps: { tests: [{ fails-first: 1, finds: [tests/failed] }, { fails-first: 1 }] }
    expect: { verdict: proven, attempts: 2, retried: { tests: 2 }, results: { tests: [FAIL, PASS] } }
  - name: one answer for each try
    steps: { schema-map: [{ fails: it is busy }, {}] }
    expect: { verdict: proven, retried: { schema-map: 1 } }
  - name: a step without retry has one try
    steps: { lint: { fails-first: 1 } }
    expect: { results: { lint: INVALID }, retried: { lint: 0 } }
`,
      { playbook: retried },
    );
    for (const branch of [
      'schema-map: is tried again',
      'schema-map: fails in all 3',
      'implement: fails',
      'tests: fails in all 2',
    ])
      expect(said).not.toContain(branch);
  });
  it('has branches, and its tries stand in the path', async () => {
    const { code, said } = await played(
      '  - { name: green, steps: { schema-map: { fails-first: 1 } }, expect: { attempts: 2 } }\n',
      {
        playbook: retried,
      },
    );
    expect(code).toBe(1);
    expect(said).toContain('The path was schema-map ok at try 2, implement ok, ');
    expect(said).toContain('not covered  playbooks/p.yml:5  schema-map: fails in all 3 tries');
    expect(said).toContain('not covered  playbooks/p.yml:10  tests: is tried again, and answers');
  });
});

describe('a secret without a value', () => {
  const asking = playbook
    .replace('phases:', 'secrets:\n  LINT_KEY: { env: LINT_KEY }\n  AGENT_KEY: { command: pass show agent }\nphases:')
    .replace(
      'context: [schema-map]',
      'context: [schema-map, { id: fetch, run: ./fetch.sh, env: { KEY: "${{ secrets.AGENT_KEY }}" } }]',
    )
    .replace('run: npm run lint,', 'run: npm run lint, env: { KEY: "${{ secrets.LINT_KEY }}" },');
  it('ends a run before it begins, as it would really, where a step that is played needs it', () =>
    holds(
      `
  - name: all have one
    expect: { verdict: proven }
  - name: none is there
    missing-secrets: [LINT_KEY, AGENT_KEY]
    expect:
      status: environment
      verdict: unverified
      exit-code: 3
      ran: []
      delivers: false
      reason: "secret/missing: The secret LINT_KEY has no value"
  - name: verify plays no context steps
    mode: verify
    missing-secrets: [AGENT_KEY]
    candidate: { adds: [a.js] }
    expect: { verdict: proven }
`,
      { playbook: asking },
    ));
  it('says in the path why nothing ran', async () => {
    const { said } = await played('  - { name: x, missing-secrets: [LINT_KEY], expect: { attempts: 2 } }\n', {
      playbook: asking,
    });
    expect(said).toContain('The path was none: secret/missing: The secret LINT_KEY has no value: the case says so.');
  });
});

describe('a value of another form', () => {
  it.each([
    ['steps: { tests: { finds: tests/failed } }', '`finds` takes a list of codes, or of maps with `code`, and this is the text'],
    ['steps: { implement: { changes: src/a.js } }', '`changes` takes a list of files, or a map of files to their text'],
    ['steps: { schema-map: { outputs: [1] } }', '`outputs` takes a map of keys, and this is a list'],
    ['inputs: [strict]', '`inputs` takes a map of keys, and this is a list'],
    ['expect: { results: { tests: 3 } }', '`tests` takes a word, or a list of words, and this is the number 3'],
    ['expect: { results: { tests: [PASS, 3] } }', '`tests[1]` takes a word, and this is the number 3'],
    ['expect: { told: { implement: tests/failed } }', '`implement` takes a list of codes, and this is the text'],
    ['expect: { retried: { tests: twice } }', '`tests` takes a count, and this is the text'],
    ['steps: { tests: { takes: 30 } }', '`takes` takes a duration such as'],
    ['expect: { delivers: true }', '`delivers` takes the number of an attempt, or false, and this is'],
  ])('is no answer that nobody reads: %s', async (line, message) => {
    const expected = line.startsWith('expect') ? '' : '\n    expect: { attempts: 1 }';
    const { code, said } = await played(`  - name: x\n    ${line}${expected}\n`);
    expect(said).toContain(message);
    expect(code).toBe(2);
  });
});

describe('steps of finally', () => {
  it('run whatever the verdict is, and their conditions are branches', async () => {
    const said = await holds(
      `
  - name: green
    steps: { tidy: { fails: no network } }
    expect: { verdict: proven, exit-code: 0, ran: [schema-map, implement, tests, lint, tidy], results: { tidy: failed, tell: SKIPPED } }
  - name: red
    steps: { tests: FAIL }
    expect: { exit-code: 1, results: { tidy: ok, tell: ok } }
`,
      {
        playbook: playbook.replace(
          '\ndeliver:',
          '\nfinally:\n  - { id: tidy, run: ./tidy.sh }\n  - { id: tell, run: ./tell.sh, if: "run.verdict != \'proven\'" }\ndeliver:',
        ),
      },
    );
    expect(said).not.toContain('tell:');
  });
});

describe('the branches', () => {
  const one = '  - { name: green, expect: { verdict: proven } }\n';
  it('that no case goes are named with their lines', async () => {
    const said = await holds(one);
    expect(said.slice(said.indexOf('branches covered') - 8)).toBe(
      [
        '3 of 10 branches covered, 30 %',
        '  not covered  playbooks/p.yml:8  the phase verify: goes back to action',
        '  not covered  playbooks/p.yml:8  the phase verify: is red when all 3 attempts are spent',
        '  not covered  playbooks/p.yml:10  tests: the waiver of tests/skipped is used',
        '  not covered  playbooks/p.yml:12  coverage: `if` is true',
        '  not covered  playbooks/p.yml:12  coverage: its `needs` are green',
        '  not covered  playbooks/p.yml:12  coverage: one of its `needs` is not green',
        '  not covered  playbooks/p.yml:14  sql: something of `when-changed` changed',
        '',
      ].join('\n'),
    );
  });
  it('are held to a share', async () => {
    expect((await played(one, { args: ['--min-coverage', '30'] })).code).toBe(0);
    const under = await played(one, { args: ['--min-coverage', '90%'] });
    expect(under.code).toBe(1);
    expect(under.said).toContain('at least 90 % are needed. [playtest/coverage]');
  });
  it('and all else are told to programs', async () => {
    const { code, said } = await played(`${one}  - { name: red, steps: { tests: FAIL }, expect: { attempts: 1 } }\n`, {
      args: ['--json'],
    });
    expect(code).toBe(1);
    const document = JSON.parse(said);
    expect(document).toMatchObject({ format: 1, coverage: { total: 10 } });
    const [file] = document.files;
    expect(file).toMatchObject({ file: 'playbooks/p.test.yml', playbook: './p.yml' });
    expect(file.cases.map(({ name, passed }: { name: string; passed: boolean }) => [name, passed])).toEqual([
      ['green', true],
      ['red', false],
    ]);
    expect(file.diagnostics[0]).toMatchObject({ code: 'playtest/otherwise', place: { file: 'playbooks/p.test.yml' } });
    expect(file.branches[0]).toMatchObject({ covered: true, place: { file: 'playbooks/p.yml' } });
  });
});

describe('the tests that come with bexpert', () => {
  const at = async (cwd: string, ...args: readonly string[]) => {
    const said: string[] = [];
    const output: Io['stdout'] = { isTTY: false, write: (text) => void said.push(text) };
    const { execPath, platform, arch, versions } = process;
    const node = { version: versions.node, execPath, platform, arch };
    const env = { HOME: folderOf({}), PATH: process.env.PATH };
    const signal = new AbortController().signal;
    return {
      code: await main(args, { cwd, env, stdout: output, stderr: output, signal, now: () => 0, node }),
      said: said.join(''),
    };
  };
  it('go every branch of the shipped playbooks', async () => {
    const { code, said } = await at(root, 'test', '--min-coverage', '100');
    expect(code, said).toBe(0);
    expect(said).toContain('playbooks/migration.test.yml');
  });
  it('are those of the page about tests', async () => {
    const page = readFileSync(path.join(root, 'docs/testing-playbooks.md'), 'utf8');
    const [, example = ''] = /```yaml\n((?:# yaml-language-server: .*\n)?bexpert-test: 1\n.*?)```/s.exec(page) ?? [];
    const folder = folderOf({
      'playbooks/quality.yml':
        'bexpert: 1\ninputs: { goal: { type: string } }\nphases:\n  context: [schema-map]\n  action:\n    - { id: implement, uses: agent, with: { goal: "${{ inputs.goal }}" } }\n  verify:\n    steps: [tests]\n    on-failure: { retry-from: action, attempts: 3 }\n',
      'playbooks/quality.test.yml': example,
    });
    const { code, said } = await at(folder, 'test');
    expect(code, said).toBe(0);
    const keys = [...page.matchAll(/^\| `([a-z-]+)`(?:, `([a-z-]+)`)? \|/gm)].flatMap(([, one, two]) => [one, two]);
    const known = (['file', 'case', 'expect'] as const).flatMap((part) => Object.keys(playtestGrammar[part].properties));
    expect(known.filter((key) => !keys.includes(key) && key !== 'name' && key !== 'expect')).toEqual([]);
  });
});
