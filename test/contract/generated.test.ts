import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { playbookSchema } from '../../scripts/generate-schema.ts';
import { examples, manifests } from '../unit/playbook/known-plugins.ts';
import { root } from './sources.ts';

it('generated files that are committed are up to date', () => {
  const check = spawnSync(process.execPath, ['scripts/ts.mjs', 'scripts/generate.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

describe('the published schema', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false, allErrors: true });
  const fits = ajv.compile(JSON.parse(playbookSchema([...manifests, ...examples])));
  const read = (file: string): unknown => parse(readFileSync(path.join(root, file), 'utf8'));
  const valid = readdirSync(path.join(root, 'test/playbooks/good')).flatMap((name) =>
    readdirSync(path.join(root, 'test/playbooks/good', name))
      .filter((file) => file === 'playbook.yml' || file === 'bexpert.yml')
      .map((file) => `test/playbooks/good/${name}/${file}`),
  );
  it.each(valid)('allows %s', (file) => {
    fits(read(file));
    expect(fits.errors ?? []).toEqual([]);
  });
  it.each([
    'playbook-unknown-key',
    'playbook-unknown-key--of-a-plugin',
    'playbook-not-supported',
    'playbook-type',
    'playbook-choice',
    'playbook-form',
    'playbook-limit',
    'plugin-unknown',
  ])('underlines the mistake of %s', (name) => {
    expect(fits(read(`test/playbooks/bad/${name}/playbook.yml`))).toBe(false);
  });
  it('shows what each input of a plugin means', () => {
    const schema = JSON.parse(readFileSync(path.join(root, 'schema/playbook.schema.json'), 'utf8'));
    const described = schema.definitions.step.allOf.map(
      (rule: { if: { properties: { uses: { const: string } } } }) => rule.if.properties.uses.const,
    );
    expect(described).toContain('tests');
    expect(JSON.stringify(schema.definitions.step)).toContain('Services that the tests use');
  });
});
