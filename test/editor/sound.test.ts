// What bexpert accepts, the schema must accept: an editor that underlines what is right is switched off.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { playbookSchema } from '../../src/schema/playbook-schema.ts';
import { root } from '../contract/sources.ts';
import fc from '../rig/property.ts';
import { examples, manifests } from '../unit/playbook/known-plugins.ts';
import { folderOf } from '../unit/playbook/prepare-files.ts';
import { prepareFolder } from '../unit/playbook/prepare-folder.ts';

const ajv = new Ajv({ strict: false, allErrors: true });
const plugins = [...manifests, ...examples].map((manifest) => ({ uses: manifest.name, manifest }));
const schemas = [
  ajv.compile(playbookSchema(plugins)),
  ajv.compile(playbookSchema(plugins, { service: ['db', 'cache'], auth: ['user'], secret: ['TOKEN'] })),
];
const own = path.join(root, 'test/playbooks/good/every-key');
const text = readFileSync(path.join(own, 'playbook.yml'), 'utf8');

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** Every place below the top: the map or list that holds it, and its key. */
function places(value: Value): readonly { readonly holder: Value[] | { [key: string]: Value }; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [{ holder: value, key }, ...places(item as Value)]);
}

/** What a person might write there as well. */
const others: readonly ((value: Value) => Value | undefined)[] = [
  () => undefined,
  () => null,
  () => true,
  () => 3,
  () => '3',
  () => '10%',
  () => '5m',
  () => 'tests',
  () => '${{ inputs.tier }}',
  () => [],
  () => ({}),
  (value) => [value],
  (value) => (Array.isArray(value) ? (value[0] ?? null) : value),
  (value) => (Array.isArray(value) ? { append: value } : value),
  (value) => (Array.isArray(value) ? [...value, ...value] : value),
  (value) => (typeof value === 'number' ? String(value) : value),
];
const change = fc.record({ at: fc.nat(), by: fc.integer({ min: 0, max: others.length - 1 }) });

it('underlines nothing that bexpert takes', async () => {
  const folder = folderOf({});
  cpSync(own, folder, { recursive: true });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
      const value = parse(text) as Value;
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
      writeFileSync(path.join(folder, 'playbook.yml'), stringify(value));
      const { plan } = await prepareFolder(folder, { inputs: { goal: 'x' } });
      if (plan === undefined) return;
      taken++;
      // A default that every step has its own value for is not looked at.
      const { defaults: _, ...rest } = value as { [key: string]: Value };
      for (const fits of schemas) {
        fits(rest);
        expect((fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([]);
      }
    }),
    { numRuns: process.env.BEXPERT_TEST === 'full' ? 2000 : 200, seed: 11 },
  );
  expect(taken).toBeGreaterThan(20);
});
