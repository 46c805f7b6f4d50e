// Validators as code: compiled by ajv once, at build time, because compiling at run time takes longer than all the rest of `validate`.
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { ObjectSchema, Schema } from '../src/plugin-api.ts';
import { toJsonSchema } from '../src/registry/json-schema.ts';

/** An ES module with one exported validator per schema. */
export function validatorModule(schemas: Readonly<Record<string, Schema | ObjectSchema>>, madeFrom: string): string {
  const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true, lines: true } });
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(toJsonSchema(schema, 'checked') as object, name);
  const code = standalone.default(ajv, Object.fromEntries(Object.keys(schemas).map((name) => [name, name])));
  if (/\brequire\(/.test(code))
    throw new Error(`the validators of ${madeFrom} need ajv at run time; leave that keyword out of json-schema.ts`);
  return `// Made by scripts/generate.ts from ${madeFrom}.\n${code}`;
}

export const validatorTypes = (names: readonly string[], types: string): string =>
  `import type { Validator } from '${types}';\n${names.map((name) => `export declare const ${name}: Validator;\n`).join('')}`;
