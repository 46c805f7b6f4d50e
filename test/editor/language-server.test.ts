// What people see in their editors: the real server, with the schema that the first line of a file names.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playbookSchema, schemaText } from '../../src/schema/playbook-schema.ts';
import { root } from '../contract/sources.ts';
import { examples, manifests } from '../unit/playbook/known-plugins.ts';
import { LanguageServer } from './language-server.ts';
import { shippedYaml } from './shipped.ts';

let folder = '';
let server: LanguageServer;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-editor-'));
  const plugins = [...manifests, ...examples].map((manifest) => ({ uses: manifest.name, manifest }));
  await writeFile(path.join(folder, 'known.schema.json'), schemaText(playbookSchema(plugins)));
  server = await LanguageServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A playbook in the folder, `‸` where the cursor stands. */
const marked = (text: string): readonly [file: string, text: string] => [
  path.join(folder, `playbook-${++files}.yml`),
  `# yaml-language-server: $schema=known.schema.json\nbexpert: 1\n${text}`,
];
const offered = async (text: string) => (await server.complete(...marked(text))).map(({ label }) => label);
const documentationOf = async (text: string, label: string) =>
  (await server.complete(...marked(text))).find((item) => item.label === label)?.documentation;

describe('an editor completes', () => {
  it('the plugins of a phase, after `uses:` and in the short form', async () => {
    const gates = ['contract', 'coverage', 'load', 'log-scan', 'migration', 'tests'];
    expect((await offered('phases:\n  verify:\n    - uses: ‸\n')).sort()).toEqual(gates);
    expect(await offered('phases:\n  verify:\n    - ‸\n')).toEqual(expect.arrayContaining([...gates, 'uses', 'run', 'level']));
    expect((await offered('phases:\n  proof:\n    kind: verify\n    steps:\n      - uses: ‸\n')).sort()).toEqual(gates);
    expect(await offered('phases:\n  context:\n    - ‸\n')).toEqual(expect.arrayContaining(['map', 'schema-map', 'io-trace']));
    expect(await offered('phases:\n  action:\n    steps:\n      - uses: ‸\n')).toEqual(
      expect.arrayContaining(['agent', 'script']),
    );
  });
  it('each with what it does', async () => {
    const summary = manifests.find(({ name }) => name === 'coverage')?.summary;
    expect(await documentationOf('phases:\n  verify:\n    - uses: ‸\n', 'coverage')).toBe(summary);
    expect(await documentationOf('phases:\n  verify:\n    - ‸\n', 'coverage')).toBe(summary);
  });
  it('what the plugin takes, and only that', async () => {
    const keys = await offered('phases:\n  verify:\n    - uses: coverage\n      with:\n        ‸\n');
    expect(keys).toEqual(['lines', 'include', 'report', 'label', 'changed-lines', 'critical', 'openapi']);
    const text = 'phases:\n  verify:\n    - uses: coverage\n      with:\n        ‸\n';
    expect(await documentationOf(text, 'changed-lines')).toBe('Share of changed lines.');
    expect(await offered('phases:\n  verify:\n    - uses: coverage\n      with:\n        report: ‸\n')).toEqual([
      'summary',
      'full',
    ]);
    expect(await offered('phases:\n  verify:\n    - uses: coverage\n      with:\n        critical:\n          - ‸\n')).toEqual(
      expect.arrayContaining(['files', 'lines']),
    );
  });
  it('a default as a person would write it', async () => {
    const items = await server.complete(...marked('phases:\n  verify:\n    - uses: tests\n      with:\n        ‸\n'));
    expect(items.find(({ label }) => label === 'timeout')?.insertText).toBe('timeout: $' + '{1:5s}');
  });
  it('the same in `defaults`', async () => {
    expect(await offered('defaults:\n  ‸\n')).toEqual(expect.arrayContaining(['timeout', 'tests', 'coverage', 'postgres']));
    expect(await offered('defaults:\n  coverage:\n    ‸\n')).toContain('changed-lines');
  });
  it('services, and what their plugins take', async () => {
    expect(await offered('services:\n  db:\n    uses: ‸\n')).toEqual(['postgres', 'upstream']);
    expect(await offered('services:\n  db:\n    uses: postgres\n    with:\n      ‸\n')).toEqual(['version']);
  });
  it('only keys that have an effect where they stand', async () => {
    const context = await offered('phases:\n  context:\n    - uses: map\n      ‸\n');
    expect(context).toContain('when-changed');
    for (const key of ['level', 'waive', 'access', 'budget']) expect(context).not.toContain(key);
    const action = await offered('phases:\n  action:\n    - uses: agent\n      ‸\n');
    expect(action).toEqual(expect.arrayContaining(['access', 'budget', 'network']));
    expect(action).not.toContain('run');
    const final = await offered('finally:\n  - run: tell\n    ‸\n');
    expect(final).toContain('network');
    for (const key of ['needs', 'level', 'access']) expect(final).not.toContain(key);
  });
  it('keys and phases at the top', async () => {
    const [file] = marked('');
    const top = (await server.complete(file, '# yaml-language-server: $schema=known.schema.json\n‸\n')).map(({ label }) => label);
    expect(top).toEqual(expect.arrayContaining(['bexpert', 'phases', 'services', 'budget']));
    expect(await offered('phases:\n  ‸\n')).toEqual(['context', 'action', 'verify', 'approve']);
  });
  it('who may act, and of what type an output is', async () => {
    expect((await offered('model: ‸\n')).slice(0, 3)).toEqual(['auto', 'live', 'script']);
    expect(await offered('phases:\n  verify:\n    - id: a\n      run: x\n      outputs:\n        count: ‸\n')).toEqual([
      'string',
      'number',
      'boolean',
    ]);
  });
  it('no `null`, though it is allowed', async () => {
    expect(await offered('phases:\n  verify:\n    - uses: load\n      level: ‸\n')).toEqual(['block', 'warn']);
  });
});

describe('an editor explains', () => {
  it('a plugin, a key and an input where the pointer is', async () => {
    const of = async (text: string) => (await server.hover(...marked(text))).split('\n\n')[0];
    const summary = manifests.find(({ name }) => name === 'tests')?.summary;
    expect(await of('phases:\n  verify:\n    - te‸sts\n')).toBe(summary);
    expect(await of('phases:\n  verify:\n    - uses: te‸sts\n')).toBe(summary);
    expect(await of('phases:\n  verify:\n    - uses: tests\n      le‸vel: warn\n')).toBe('warn: it is shown and does not count.');
    expect(await of('phases:\n  verify:\n    - uses: coverage\n      with: { li‸nes: 80 }\n')).toBe('Share of lines.');
  });
});

describe('an editor underlines', () => {
  const problems = async (text: string) => server.open(...marked(text));
  it('a plugin that is none, and one of another phase, with those that fit', async () => {
    const gates = 'Value must be "tests" | "coverage" | "migration" | "contract" | "log-scan" | "load".';
    expect(await problems('phases:\n  verify:\n    - testss\n')).toEqual([{ line: 5, message: gates }]);
    expect(await problems('phases:\n  verify:\n    - uses: schema-map\n')).toEqual([{ line: 5, message: gates }]);
  });
  it('a key that is none', async () => {
    expect(await problems('phases:\n  verify:\n    - uses: tests\n      wiht: {}\n')).toEqual([
      { line: 6, message: 'Property wiht is not allowed.' },
    ]);
    expect(await problems('phases:\n  verify:\n    - uses: coverage\n      with: { lins: 80 }\n')).toEqual([
      { line: 6, message: 'Property lins is not allowed.' },
    ]);
    expect(await problems('sanbox: off\nphases: { verify: [tests] }\n')).toEqual([
      { line: 3, message: 'Property sanbox is not allowed.' },
    ]);
  });
  it('a value that is none, in words', async () => {
    expect(await problems('phases:\n  verify:\n    - uses: tests\n      timeout: 90 secs\n')).toEqual([
      { line: 6, message: 'Expected a duration such as 500ms, 30s, 10m or 1h30m.' },
    ]);
    expect(await problems('phases:\n  verify:\n    - uses: tests\n      level: blok\n')).toEqual([
      { line: 6, message: 'Value is not accepted. Valid values: "block", "warn".' },
    ]);
  });
  it.each(shippedYaml)('nothing in %s', async (file) => {
    const text = await readFile(path.join(root, file), 'utf8');
    const schema = path.join(root, 'schema/playbook.schema.json');
    const named = `# yaml-language-server: $schema=${schema}\n${text.replace(/^# yaml-language-server: .*$/m, '#')}`;
    expect(await server.open(path.join(root, file), named)).toEqual([]);
  });
  it.each([
    'every-key/playbook.yml',
    'every-key/steps.yml',
    'migration/playbook.yml',
    'migration/bexpert.yml',
    'shortest/playbook.yml',
  ])('nothing in the good playbook %s', async (name) => {
    const text = await readFile(path.join(root, 'test/playbooks/good', name), 'utf8');
    const body = text.replace(/^# yaml-language-server: .*$/m, '#').replace(/^bexpert: 1$/m, '');
    expect(await problems(body)).toEqual([]);
  });
});
