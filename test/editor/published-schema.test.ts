import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Manifest } from '../../src/plugin-api.ts';
import { playbookSchema } from '../../src/schema/playbook-schema.ts';
import { root } from '../contract/sources.ts';
import { examples, manifests } from '../unit/playbook/known-plugins.ts';
import { shippedYaml } from './shipped.ts';

const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false, allErrors: true });
ajv.addVocabulary(['patternErrorMessage']);
const schemaOf = (list: readonly Manifest[]) => playbookSchema(list.map((manifest) => ({ uses: manifest.name, manifest })));
const fits = ajv.compile(schemaOf([...manifests, ...examples]));
const published = readFileSync(path.join(root, 'schema/playbook.schema.json'), 'utf8');
const fitsPublished = ajv.compile(JSON.parse(published));
const read = (file: string): unknown => parse(readFileSync(path.join(root, file), 'utf8'), { logLevel: 'silent' });
const bad = readdirSync(path.join(root, 'test/playbooks/bad'));

/** The first problems, as a person would look for them. */
function problems(check: typeof fits, value: unknown): readonly string[] {
  check(value);
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the schema for editors', () => {
  const good = readdirSync(path.join(root, 'test/playbooks/good'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml') && !/(script|stand-in)\.yml$/.test(file))
    .map((file) => `test/playbooks/good/${file}`);
  it.each(good)('allows %s', (file) => {
    expect(problems(fits, read(file))).toEqual([]);
  });
  it.each(shippedYaml)('allows %s', (file) => {
    expect(problems(fitsPublished, read(file))).toEqual([]);
  });

  it('is where the first lines of the playbooks that people start from say', () => {
    const named = shippedYaml.flatMap((file) => {
      const [, target] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(readFileSync(path.join(root, file), 'utf8')) ?? [];
      return target === undefined ? [] : [path.posix.join(path.posix.dirname(file), target)];
    });
    expect(named.length).toBeGreaterThan(1);
    expect(new Set(named)).toEqual(new Set(['schema/playbook.schema.json']));
  });

  it.each([
    'auth-no-token',
    'findings-format',
    'playbook-choice',
    'playbook-defaults-plugin',
    'playbook-form',
    'playbook-limit',
    'playbook-missing-key',
    'playbook-not-a-map',
    'playbook-not-supported',
    'playbook-type',
    'playbook-unknown-key',
    'playbook-unknown-key--of-a-plugin',
    'playbook-version',
    'plugin-kind',
    'plugin-unknown',
    'step-key-kind',
  ])('underlines the mistake of %s', (name) => {
    expect(problems(fits, read(`test/playbooks/bad/${name}/playbook.yml`))).not.toEqual([]);
  });

  // What only a look at the whole playbook shows is no business of the schema: it must not guess.
  const ofForm = /\[(playbook|yaml|plugin|auth\/no-token|step\/key-kind|findings|secret\/source)/;
  it.each(bad.filter((name) => !ofForm.test(textOf(`test/playbooks/bad/${name}/expected.txt`) ?? '')))(
    'sees nothing wrong with the form of %s',
    (name) => {
      const text = textOf(`test/playbooks/bad/${name}/playbook.yml`);
      const value: unknown = text === undefined ? undefined : parse(text, { logLevel: 'silent' });
      if (value !== undefined && value !== null) expect(problems(fits, value)).toEqual([]);
    },
  );

  it('offers in each phase the plugins that fit it', () => {
    const schema = JSON.parse(published) as { readonly definitions: Readonly<Record<string, unknown>> };
    const offered = (definition: string) => JSON.stringify(schema.definitions[definition]);
    expect(offered('list-of-verify-steps')).toContain('"const":"tests"');
    expect(offered('list-of-verify-steps')).not.toContain('"const":"schema-map"');
    expect(offered('list-of-context-steps')).toContain('"const":"schema-map"');
    expect(offered('list-of-action-steps')).toContain('"const":"agent"');
    expect(offered('list-of-action-steps')).not.toContain('"const":"postgres"');
  });
  it('is small: an editor reads all of it for every key that is typed', () => {
    const plugins = readdirSync(path.join(root, 'plugins')).length;
    expect(published.length).toBeLessThan(40_000 + 5000 * plugins);
  });
});

const taken = (value: unknown) => problems(fits, { bexpert: 1, ...(value as object) });
const gate = (step: unknown) => taken({ phases: { verify: [step] } });

describe('a value', () => {
  it('may be an expression where its type is another', () => {
    expect(gate({ uses: 'coverage', with: { lines: '${{ inputs.lines }}', include: '${{ inputs.globs }}' } })).toEqual([]);
    expect(gate({ uses: 'coverage', level: '${{ inputs.level }}', timeout: '${{ inputs.wait }}' })).toEqual([]);
    expect(taken({ sandbox: '${{ inputs.sandbox }}' })).not.toEqual([]);
  });
  it('is an amount with its unit', () => {
    for (const lines of ['80%', '99.5 %', 80]) expect(gate({ uses: 'coverage', with: { lines } })).toEqual([]);
    for (const lines of ['80 percent', true]) expect(gate({ uses: 'coverage', with: { lines } })).not.toEqual([]);
    for (const timeout of ['90s', '1h30m']) expect(gate({ uses: 'tests', timeout })).toEqual([]);
    for (const timeout of ['90', 90, '90 secs']) expect(gate({ uses: 'tests', timeout })).not.toEqual([]);
  });
  it('may be removed with null, and a list may be added to', () => {
    expect(gate({ uses: 'coverage', with: { include: { append: ['lib/**'] }, label: null }, level: null })).toEqual([]);
    expect(taken({ phases: { verify: { append: ['tests'] }, context: null }, services: { db: null } })).toEqual([]);
    expect(gate({ uses: 'coverage', with: { include: { prepend: ['lib/**'] } } })).not.toEqual([]);
  });
});

describe('a phase', () => {
  it('takes plugins by the kind that it says, whatever its name', () => {
    const proof = (step: string) => taken({ phases: { proof: { kind: 'verify', steps: [step] } } });
    expect(proof('tests')).toEqual([]);
    expect(proof('schema-map')).not.toEqual([]);
    expect(taken({ phases: { context: { kind: 'verify', steps: ['tests'] } } })).toEqual([]);
  });
  it('takes any plugin where the file below says the kind', () => {
    expect(taken({ phases: { proof: { steps: ['tests', 'schema-map', 'agent'] } } })).toEqual([]);
    expect(taken({ phases: { proof: { steps: ['postgres'] } } })).not.toEqual([]);
  });
  it('takes plugins of the repository and of packages', () => {
    expect(taken({ phases: { verify: ['./plugins/my-gate', { uses: 'npm:@acme/gate', with: { anything: 1 } }] } })).toEqual([]);
  });
});

function textOf(file: string): string | undefined {
  return existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : undefined;
}
