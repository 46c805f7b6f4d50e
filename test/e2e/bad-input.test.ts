// What a person can type or write wrong: each ends with exit code 2, the place, a code and a way out, and nothing has run.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newestRun } from '../rig/journal.ts';
import { program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';
import { loopPlaybook, smallService } from '../rig/small-service.ts';

const verifying = (steps: string, above = ''): string => `bexpert: 1\n${above}phases:\n  verify:\n${steps}\n`;
const counting = verifying(
  `    - { id: check, run: "true", env: { N: "\${{ inputs.count }}" }, evidence: exit-code }`,
  'inputs:\n  count: { type: number, required: true, description: How many orders }\n',
);

let repository: TestRepository;
beforeAll(async () => {
  repository = await TestRepository.create(
    smallService({
      'playbooks/cut.yml': 'bexpert: 1\nphases:\n  context:\n    - { id: look, run: ls src\n  verify: [tests]\n',
      'playbooks/count.yml': counting,
      'playbooks/wrong.yml': verifying('    - test\n    - { uses: coverage, with: { lines: many, line: 3 } }'),
      'playbooks/needs.yml': verifying('    - { id: check, run: "true", services: [api] }'),
      'playbooks/no-script.yml': `${loopPlaybook}model: { script: bexpert.scrpt.yml }\n`,
      'numbers.yml': 'count: [3\n',
      'words.json': '{ "count": "three" }\n',
    }),
  );
});
afterAll(async () => repository[Symbol.asyncDispose]());

const bexpert = (...args: readonly string[]) => program(args, { cwd: repository.folder });
/** A call that is refused before anything runs. */
async function refusal(...args: readonly string[]): Promise<string> {
  const ended = await bexpert(...args, ...(args[0] === 'validate' ? [] : ['--state', repository.state]));
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' });
  expect(newestRun(repository.state)).toBeUndefined();
  return ended.stderr;
}

describe('a playbook that is not there', () => {
  it('is named, with the nearest one and those that are there', async () => {
    expect(await refusal('run', 'playbooks/lop.yml')).toMatch(
      /^error There is no playbook `playbooks\/lop\.yml`\. \[playbook\/not-found\]\n {2}hint: Did you mean `playbooks\/loop\.yml`\? Files near it: .*Playbooks that come with bexpert: `migration`\.\n$/,
    );
    expect(await refusal('verify', 'migraton')).toContain('Did you mean `migration`?');
  });
  it('is found by its name alone, also in the folder of the scope', async () => {
    expect(await refusal('run', 'loop')).toContain('Did you mean `playbooks/loop.yml`?');
    const ended = await program(['run', 'playbooks/loop.yml', '--repo', repository.folder], { cwd: repository.state });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Did you mean `../repo/playbooks/loop.yml`?');
  });
  it('is listed when none was named', async () => {
    const ended = await bexpert('run');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('error `bexpert run` needs a playbook. [cli/no-playbook]');
    expect(ended.stderr).toContain('`playbooks/loop.yml`');
  });
});

describe('a playbook that is wrong', () => {
  it('shows the YAML error in its line', async () => {
    expect(await refusal('run', 'playbooks/cut.yml')).toBe(
      [
        'playbooks/cut.yml:4:7 error The `{` that begins here has no `}`. [yaml/unclosed]',
        '    3 |   context:',
        '  > 4 |     - { id: look, run: ls src',
        '      |       ^',
        '    5 |   verify: [tests]',
        '  hint: Add the `}`. Where it stands on a later line, indent that line more than the key.',
        '',
      ].join('\n'),
    );
  });
  it('shows every problem at once: an unknown plugin, a value of the wrong type, an unknown input', async () => {
    const said = await refusal('verify', 'playbooks/wrong.yml');
    expect(said).toContain('playbooks/wrong.yml:4:7 error There is no plugin `test`. [plugin/unknown]');
    expect(said).toContain('hint: Did you mean `tests`?');
    expect(said).toMatch(/playbooks\/wrong\.yml:5:\d+ error `lines` takes a percentage.* and this is the text `many`\./);
    expect(said).toMatch(/playbooks\/wrong\.yml:5:\d+ error .*`line`.*\n(.*\n)*? {2}hint: Did you mean `lines`\?/);
  });
  it('shows the service that nobody declares, with the lines to add', async () => {
    const said = await refusal('verify', 'playbooks/needs.yml');
    expect(said).toContain('[service/unknown]');
    expect(said).toContain('services:\n');
    expect(said).toContain('api:');
  });
  it('shows the script that is missing', async () => {
    const said = await refusal('run', 'playbooks/no-script.yml');
    expect(said).toContain('error There is no file `bexpert.scrpt.yml`. [model/no-script]');
  });
  it('is told to programs as JSON, one document a line', async () => {
    const ended = await bexpert('verify', 'playbooks/wrong.yml', '--reporter', 'json');
    expect(ended.code).toBe(2);
    const documents = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map(({ type, code }) => `${type} ${code}`)).toContain('diagnostic plugin/unknown');
    expect(documents.every(({ place }) => place.file === 'playbooks/wrong.yml')).toBe(true);
  });
});

describe('an input', () => {
  it.each([
    [
      'of the wrong type',
      ['--input', 'count=three'],
      'error The input `count` takes a number, and with --input it is the text `three`. [input/value]',
    ],
    [
      'that the playbook does not have',
      ['--input', 'count=3', '--input', 'cuont=3'],
      'error The playbook has no input `cuont`. [input/unknown]\n  hint: Did you mean `count`?',
    ],
    ['that is missing', [], 'error The input `count` has no value: How many orders. [input/missing]'],
    ['without a value', ['--input', 'count'], 'error `--input count` is not of the form name=value. [cli/input-form]'],
    [
      'that is given twice',
      ['--input', 'count=1', '--input', 'count=2'],
      'error The input `count` is given twice with `--input`. [cli/input-twice]',
    ],
    [
      'of a file that does not exist',
      ['--inputs-file', 'none.yml'],
      'error The inputs file none.yml cannot be read: there is no such file. [cli/inputs-file]',
    ],
    [
      'of the wrong type in a file',
      ['--inputs-file', 'words.json'],
      'words.json:1:12 error The input `count` takes a number, and in words.json it is the text `three`. [input/value]',
    ],
  ])('%s is refused', async (_, options, expected) => {
    expect(await refusal('verify', 'playbooks/count.yml', ...options)).toContain(expected);
  });
  it('in a file that is no YAML is not called missing too', async () => {
    const said = await refusal('verify', 'playbooks/count.yml', '--inputs-file', 'numbers.yml');
    expect(said).toContain('numbers.yml:1:8 error The `[` that begins here has no `]`. [yaml/unclosed]');
    expect(said).not.toContain('input/missing');
  });
});

describe('a call', () => {
  it.each([
    [
      ['rnu', 'playbooks/loop.yml'],
      'error There is no command `rnu`. [cli/unknown-command]\n  hint: Did you mean `bexpert run`?',
    ],
    [['playbooks/loop.yml'], 'hint: To run that playbook: `bexpert run playbooks/loop.yml`.'],
    [
      ['run', 'playbooks/loop.yml', '--rpeo', 'x'],
      'error `bexpert run` has no option `--rpeo`. [cli/unknown-option]\n  hint: Did you mean `--repo`?',
    ],
    [['run', 'playbooks/loop.yml', 'more'], '[cli/usage]'],
    [['run', 'playbooks/loop.yml', '--sandbox', 'never'], 'it is one of required, preferred, off. [cli/usage]'],
    [['plugins', 'test'], 'error There is no plugin `test`. [cli/unknown-plugin]\n  hint: Did you mean `tests`?'],
  ])('%j is answered with what was meant', async (args, expected) => {
    const ended = await bexpert(...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(expected);
  });
  it.each(['nowhere', 'check.mjs'])('with --repo %s says that it is no folder', async (folder) => {
    expect(await refusal('run', 'playbooks/loop.yml', '--repo', folder)).toBe(
      `error \`--repo ${folder}\` is not a folder. [cli/not-a-folder]\n  hint: Give the folder of the repository, or of a package in it. Without \`--repo\` it is the current folder.\n`,
    );
  });
  it.each(['resume', 'report'])('of %s for a run that is not there says which are', async (command) => {
    expect(await refusal(command, 'latest')).toMatch(
      /^error No run is kept in .*\. \[cli\/no-such-run\]\n {2}hint: .*`--state`\?\n$/,
    );
    expect(await refusal(command, 'xyz')).toMatch(/^error There is no run `xyz` in .*\. \[cli\/no-such-run\]/);
  });
  it('with --dry-run shows the plan and runs nothing', async () => {
    const ended = await bexpert('run', 'playbooks/loop.yml', '--dry-run', '--state', `${repository.state}/dry`);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('a red gate goes back to action, 3 attempts in total');
    expect(existsSync(`${repository.state}/dry`)).toBe(false);
    const json = await bexpert('run', 'playbooks/loop.yml', '--dry-run', '--reporter', 'json');
    expect(JSON.parse(json.stdout).plan.name).toBe('small');
  });
});
