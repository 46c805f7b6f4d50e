// Many playbooks, and long ones: what each costs beyond a start, against checkers of YAML files that npm has.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Call, usage, wallTime } from './program.ts';
import { paired, ratios, spread } from './spread.ts';
import type { Row } from './table.ts';

const counts = [1, 50, 200] as const;

/** 60 lines as teams write them. `steps`: so many more, of 6 lines each. */
function playbook(number: number, steps = 0): string {
  const more = Array.from(
    { length: steps },
    (_, at) => `
      - id: check-${at}
        run: npm run check-${at}
        findings: { eslint: stdout }
        timeout: 2m
        env:
          TIER: \${{ inputs.tier }}`,
  ).join('');
  return `bexpert: 1
name: playbook-${number}
description: Change the orders, and prove it. This is number ${number}.
inputs:
  goal: { type: string, required: true, description: "What the change must achieve." }
  tier: { type: choice, options: [quick, full], default: quick, description: "How much is checked." }
env:
  TIER: \${{ inputs.tier }}
  LANG: C
phases:
  context:
    - schema-map
    - api-contracts
    - id: history
      run: git log -20 --oneline
  action:
    steps:
      - id: implement
        uses: agent
        with:
          goal: \${{ inputs.goal }}
        access:
          edit: ["src/**"]
          deny: ["src/legacy/**"]
        budget: { usd: 2, tokens: 500k, time: 10m }
  verify:
    steps:
      - tests
      - uses: coverage
        needs: [tests]
        with:
          lines: 80
          changed-lines: 100
          critical:
            - { files: "src/payments/**", lines: 95 }
            - { files: "src/orders/**", lines: 90 }
      - id: lint
        run: npm run lint
        findings: { eslint: stdout }
        timeout: 2m
      - id: types
        run: npx tsc --noEmit
        findings: { tsc: stdout }
      - id: licences
        run: npm run licences
        when-changed: ["package.json", "package-lock.json"]
        level: warn
      - id: full
        run: npm run test:full
        if: inputs.tier == 'full'
        env:
          SEED: \${{ run.id }}
        evidence: exit-code${more}
    on-failure: { retry-from: action, attempts: 4 }
budget: { usd: 5, tokens: 2M, time: 45m, reserve: 20% }
protect: ["test/golden/**"]
deliver: { to: branch }
`;
}

/** A workflow of GitHub Actions of about as many lines. */
const workflow = (number: number): string => `name: workflow-${number}
on: { pull_request: {} }
env: { LANG: C }
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
${Array.from(
  { length: 13 },
  (_, at) => `      - name: Check ${at}
        run: npm run check-${at}
        timeout-minutes: 2
        env:
          TIER: \${{ github.ref_name }}
`,
).join('')}`;

/** A program of npm on PATH; it is no dependency. */
function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

export async function validations(
  root: string,
  rounds: number,
): Promise<{ readonly time: Row[]; readonly each: Row[]; readonly cpu: Row[]; readonly missing: readonly string[] }> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-bench-')));
  try {
    const write = (file: string, text: string): string => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
      return file;
    };
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
    const playbooks = numbers(200).map((at) => write(`all/p${at}.yml`, playbook(at)));
    const workflows = numbers(200).map((at) => write(`.github/workflows/w${at}.yml`, workflow(at)));
    const long = write('long.yml', playbook(0, 325));
    const bexpert = (...files: readonly string[]): Call => ({
      file: process.execPath,
      args: [path.join(root, 'dist/cli.js'), 'validate', ...files],
      cwd: folder,
    });
    const ajv = onPath('ajv');
    const actions = onPath('action-validator');
    const schema = path.join(root, 'schema/playbook.schema.json');
    const others: Readonly<Record<string, ((count: number) => Call) | undefined>> = {
      'ajv-cli, the schema of playbooks alone':
        ajv === undefined
          ? undefined
          : (count) => ({
              file: ajv,
              args: [
                'validate',
                '--spec=draft7',
                '--strict=false',
                '-s',
                schema,
                ...playbooks.slice(0, count).flatMap((file) => ['-d', file]),
              ],
              cwd: folder,
            }),
      'action-validator, workflows':
        actions === undefined
          ? undefined
          : (count) => {
              const files = workflows.slice(0, count).join(' ');
              return { file: 'sh', args: ['-ec', `for file in ${files}; do ${actions} "$file"; done`], cwd: folder };
            },
    };
    const calls: Record<string, Call> = {};
    for (const count of counts) {
      calls[`bexpert validate, ${count} of 60 lines`] = bexpert(...playbooks.slice(0, count));
      for (const [name, call] of Object.entries(others))
        if (call !== undefined) calls[`${name}, ${count} of 60 lines`] = call(count);
    }
    calls['bexpert validate, 1 of 2,000 lines'] = bexpert(long);
    const measured = <T>(how: (call: Call) => Promise<T>, of: Readonly<Record<string, Call>>) =>
      paired(rounds, Object.fromEntries(Object.entries(of).map(([name, call]) => [name, () => how(call)])));
    const samples = await measured(wallTime, calls);
    const own = Object.fromEntries(Object.entries(calls).filter(([name]) => name.startsWith('bexpert')));
    const used = await measured(usage, own);
    const first = 'bexpert validate, 1 of 60 lines';
    const of = (name: string): readonly number[] => samples[name] ?? [];
    const beyond = (name: string, start: string, share: number): number[] =>
      of(name).map((value, round) => (value - (of(start)[round] ?? Number.NaN)) / share);
    const each: Row[] = ['bexpert validate', ...Object.keys(others)].flatMap((name) =>
      [50, 200].flatMap((count) => {
        const values = beyond(`${name}, ${count} of 60 lines`, `${name}, 1 of 60 lines`, count - 1);
        return values.length === 0 ? [] : [{ what: `${name}, each of ${count}`, value: spread(values), unit: 'ms' as const }];
      }),
    );
    const longer = beyond('bexpert validate, 1 of 2,000 lines', first, 1);
    return {
      time: Object.keys(calls).map((what) => ({
        what,
        value: spread(of(what)),
        unit: 'ms',
        ...(what === first ? {} : { against: { what: first, ratio: spread(ratios(of(what), of(first))) } }),
      })),
      each: [...each, { what: 'bexpert validate, 2,000 lines in place of 60', value: spread(longer), unit: 'ms' }],
      cpu: Object.keys(own).map((what) => ({ what, value: spread((used[what] ?? []).map(({ cpu }) => cpu)), unit: 'ms' })),
      missing: [
        ...(ajv === undefined ? ['ajv-cli (`npm install --global ajv-cli` brings it)'] : []),
        ...(actions === undefined
          ? ['action-validator (`npm install --global @action-validator/cli @action-validator/core` brings it)']
          : []),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
