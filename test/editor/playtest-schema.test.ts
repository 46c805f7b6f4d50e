// Tests of playbooks in an editor: with the real server, and held against what `bexpert test` takes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { preparingCases, testSource } from '../../src/commands/prepare-case.ts';
import { runTestFile } from '../../src/playtest/test-file.ts';
import { root } from '../contract/sources.ts';
import { here } from '../rig/here.ts';
import fc from '../rig/property.ts';
import { folderOf } from '../unit/playbook/prepare-files.ts';
import { LanguageServer } from './language-server.ts';

const schema = path.join(root, 'schema/playtest.schema.json');
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false, allErrors: true });
ajv.addVocabulary(['patternErrorMessage']);
const fits = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
function problems(value: unknown): readonly string[] {
  fits(value);
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const tests = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.test.yml'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');
const shipped = tests.filter((file) => !file.startsWith('test/'));
const bad = tests.filter((file) => file.startsWith('test/playbooks/bad/'));

let server: LanguageServer;
let files = 0;
beforeAll(async () => {
  server = await LanguageServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const marked = (text: string): readonly [file: string, text: string] => [
  path.join(root, `playbooks/editor-${++files}.test.yml`),
  `# yaml-language-server: $schema=${schema}\n${text}`,
];
const head = 'bexpert-test: 1\nplaybook: ./p.yml\ncases:\n  - name: x\n';
const offered = async (text: string) => (await server.complete(...marked(text))).map(({ label }) => label);

describe('an editor completes in a test of a playbook', () => {
  it('the keys at the top, of a case, and of what it expects', async () => {
    expect(await offered('‸\n')).toEqual(expect.arrayContaining(['bexpert-test', 'playbook', 'repo', 'cases']));
    expect(await offered(`${head}    ‸\n`)).toEqual(expect.arrayContaining(['mode', 'steps', 'missing-secrets', 'expect']));
    expect(await offered(`${head}    expect:\n      ‸\n`)).toEqual(
      expect.arrayContaining(['verdict', 'exit-code', 'results', 'told', 'retried', 'delivers']),
    );
  });
  it('what may be said: verdicts, results, modes', async () => {
    expect(await offered(`${head}    mode: ‸\n`)).toEqual(['run', 'verify']);
    expect(await offered(`${head}    expect:\n      verdict: ‸\n`)).toEqual([
      'proven',
      'not-proven',
      'inconclusive',
      'unverified',
    ]);
    expect(await offered(`${head}    expect:\n      results:\n        tests: ‸\n`)).toEqual(
      expect.arrayContaining(['PASS', 'FAIL', 'WAIVED', 'SKIPPED', 'ok']),
    );
  });
  it('what a step may answer, alone and in a list', async () => {
    const answers = ['PASS', 'FAIL', 'INVALID', 'approved', 'finds', 'changes', 'fails-first'];
    expect(await offered(`${head}    steps:\n      tests: ‸\n`)).toEqual(expect.arrayContaining(['PASS', 'FAIL', 'approved']));
    expect(await offered(`${head}    steps:\n      tests:\n        - ‸\n`)).toEqual(expect.arrayContaining(answers));
    expect(await offered(`${head}    steps:\n      tests:\n        finds:\n          - ‸\n`)).toEqual(
      expect.arrayContaining(['code', 'subject', 'severity']),
    );
  });
});

it('an editor explains a key where the pointer is', async () => {
  const of = async (text: string) => (await server.hover(...marked(text))).split('\n\n')[0];
  expect(await of(`${head}    expect: { del‸ivers: 1 }\n`)).toBe('The attempt that is delivered, or false.');
  expect(await of(`${head}    steps: { tests: { exam‸ined: 0 } }\n`)).toBe(
    'How much it examines; default: 1. With 0 it examined nothing.',
  );
});

describe('an editor underlines in a test of a playbook', () => {
  const underlined = (text: string) => server.open(...marked(text));
  it('a key that is none, and a value that is none', async () => {
    expect(await underlined(`${head}    step: {}\n    expect: { verdict: proven }\n`)).toEqual([
      { line: 6, message: 'Property step is not allowed.' },
    ]);
    expect(await underlined(`${head}    expect: { verdict: prooven }\n`)).toEqual([
      { line: 6, message: 'Value is not accepted. Valid values: "proven", "not-proven", "inconclusive", "unverified".' },
    ]);
    expect(await underlined(`${head}    steps: { tests: { takes: 30 } }\n    expect: { attempts: 1 }\n`)).not.toEqual([]);
  });
  it.each(shipped)('nothing in %s', async (file) => {
    const text = read(file).replace(/^# yaml-language-server: .*$/m, '#');
    expect(await server.open(path.join(root, file), `# yaml-language-server: $schema=${schema}\n${text}`)).toEqual([]);
  });
});

describe('the schema of tests of playbooks', () => {
  it('is where the first line of each test that is shipped says', () => {
    expect(shipped.length).toBeGreaterThan(0);
    for (const file of shipped) {
      const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read(file)) ?? [];
      expect(path.resolve(root, path.dirname(file), named)).toBe(schema);
    }
  });
  const ofForm = /^(playbook-choice--|playbook-unknown-key--|playtest-(answer|not-a-test|version))/;
  const name = (file: string): string => file.split('/').at(-2) ?? '';
  it.each(bad.filter((file) => ofForm.test(name(file))))('underlines the mistake of %s', (file) => {
    expect(problems(parse(read(file)))).not.toEqual([]);
  });
  // What a step is, and what was really done, only a look at the playbook shows.
  it.each(bad.filter((file) => !ofForm.test(name(file))))('sees nothing wrong with the form of %s', (file) => {
    expect(problems(parse(read(file)))).toEqual([]);
  });
});

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
function places(value: Value): readonly { readonly holder: Value[] | { [key: string]: Value }; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [{ holder: value, key }, ...places(item as Value)]);
}
/** What a person might write there as well. */
const others: readonly ((value: Value) => Value | undefined)[] = [
  () => undefined,
  () => null,
  () => false,
  () => 2,
  () => '5m',
  () => 'PASS',
  () => ['FAIL', 'PASS'],
  () => ({}),
  () => ({ finds: ['tests/failed'], 'fails-first': 1 }),
  (value) => [value],
  (value) => (Array.isArray(value) ? (value[0] ?? null) : value),
];
const change = fc.record({ at: fc.nat(), by: fc.integer({ min: 0, max: others.length - 1 }) });

it('an editor underlines nothing that bexpert test takes', async () => {
  const folder = folderOf({
    'playbooks/migration.yml': read('playbooks/migration.yml'),
    'playbooks/repo/bexpert.yml': read('examples/orders-api/bexpert.yml'),
    'playbooks/repo/bexpert.script.yml': read('examples/orders-api/bexpert.script.yml'),
  });
  mkdirSync(path.join(folder, 'state'));
  const file = 'playbooks/migration.test.yml';
  const whole = parse(read(file).replace('../examples/orders-api', './repo')) as { cases: Value[]; [key: string]: Value };
  const { io } = here(folder, { env: { HOME: folder } });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(change, { minLength: 1, maxLength: 2 }), async (which, changes) => {
      // One case, so that what is played is soon over.
      const value = structuredClone({ ...whole, cases: [whole.cases[which % whole.cases.length] ?? null] }) as Value;
      for (const { at, by } of changes) {
        const all = places(value);
        const place = all[at % all.length];
        if (place === undefined) continue;
        const holder = place.holder as { [key: string]: Value };
        const next = others[by]?.(holder[place.key] ?? null);
        if (next !== undefined) holder[place.key] = next;
        else if (Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1);
        else delete holder[place.key];
      }
      writeFileSync(path.join(folder, file), stringify(value));
      const source = testSource(file, folder);
      if (source === undefined) throw new Error('it was just written');
      const prepareCase = preparingCases({ file, repo: undefined, io });
      const { broken } = await runTestFile(source, {
        prepareCase,
        signal: io.signal,
        now: () => 0,
        checkOnly: true,
      });
      if (broken) return;
      taken++;
      expect(problems(value)).toEqual([]);
    }),
    { numRuns: process.env.BEXPERT_TEST === 'full' ? 2000 : 150 },
  );
  expect(taken).toBeGreaterThan(10);
});
