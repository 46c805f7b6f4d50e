// Validators as code: compiled by ajv once, because compiling takes longer than all the rest of `validate`.
import type { ObjectSchema, Schema } from '../plugin-api.ts';
import { toJsonSchema } from './json-schema.ts';

/** An ES module with one exported validator per schema, which needs nothing at run time. */
export async function validatorModule(schemas: Readonly<Record<string, Schema | ObjectSchema>>): Promise<string> {
  const [{ Ajv }, standalone] = await Promise.all([import('ajv'), import('ajv/dist/standalone/index.js')]);
  const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true, lines: true } });
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(toJsonSchema(schema, 'checked') as object, name);
  const code = standalone.default.default(ajv, Object.fromEntries(Object.keys(schemas).map((name) => [name, name])));
  // Some keywords call functions of ajv. Those that `toJsonSchema` makes do not.
  if (/\brequire\(/.test(code)) throw new Error('a keyword of json-schema.ts needs ajv at run time');
  return code;
}
