import type { Json, Manifest, ObjectSchema, Schema } from '../plugin-api.ts';
import { toJsonSchema } from './json-schema.ts';

/** An error as ajv gives it; only what is used of it. */
export interface ValidatorError {
  readonly keyword: string;
  /** JSON pointer of the value. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** A compiled schema. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly ValidatorError[] | null;
}
export interface ManifestValidators {
  readonly inputs: Validator;
  readonly outputs: Validator;
}

/** Finds what does not fit; the value's amounts are numbers already. */
export function errorsOf(validator: Validator, value: Json): readonly ValidatorError[] {
  return validator(value) ? [] : (validator.errors ?? []);
}

/** Compiles at run time, which costs some 50 ms: only for plugins that are not built in. */
export async function compileValidators(manifest: Manifest): Promise<ManifestValidators> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true });
  const compile = (schema: Schema | ObjectSchema): Validator =>
    ajv.compile(toJsonSchema(schema, 'checked')) as unknown as Validator;
  return { inputs: compile(manifest.inputs), outputs: compile(manifest.outputs) };
}
