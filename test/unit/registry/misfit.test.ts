import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Json, ObjectSchema, Schema } from '../../../src/plugin-api.ts';
import { misfits } from '../../../src/registry/misfit.ts';
import fc from '../../rig/property.ts';

const description = 'It.';
const keys = ['a', 'b', 'c/d', 'e~f'];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

const schemas = fc.letrec<{ schema: Schema; object: ObjectSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .record({
        type: fc.constant('string' as const),
        enum: maybe(fc.constantFrom(['x'], ['x', '12'])),
        pattern: maybe(fc.constantFrom('^x', '\\d', '^\\p{L}+$')),
        nullable: maybe(fc.constant(true as const)),
      })
      .map((of) => defined({ ...of, description }) as Schema),
    fc
      .record({
        type: fc.constantFrom('number' as const, 'integer' as const),
        minimum: maybe(fc.integer({ min: -2, max: 1 })),
        maximum: maybe(fc.integer({ min: 1, max: 3 })),
        nullable: maybe(fc.constant(true as const)),
      })
      .map((of) => defined({ ...of, description }) as Schema),
    fc.constantFrom<Schema>({ type: 'boolean', description }, { type: 'json', description }),
    fc
      .record({ type: fc.constant('array' as const), items: tie('schema'), minItems: maybe(fc.integer({ min: 0, max: 2 })) })
      .map((of) => defined({ ...of, description }) as Schema),
    fc.record({ type: fc.constant('map' as const), values: tie('schema'), description: fc.constant(description) }),
    tie('object').map((of) => ({ ...of, description })),
  ),
  object: fc.record({
    type: fc.constant('object' as const),
    properties: fc.dictionary(fc.constantFrom(...keys), tie('schema'), { maxKeys: 3 }),
    required: fc.subarray(keys),
    additionalProperties: fc.constant(false as const),
  }),
}));
const values = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, '', 'x', '12', 'é', -3, 0, 1.5, 2, 4),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys, 'z'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** The schema as ajv knows it. */
function standard(of: Schema | ObjectSchema): object {
  const { description: _, ...own } = { ...of, nullable: undefined };
  const nullable = 'nullable' in of && of.nullable === true;
  const type = nullable && 'type' in own ? { type: [of.type, 'null'] } : {};
  switch (own.type) {
    case 'json':
      return {};
    case 'string':
      return { ...defined(own), ...type, ...(nullable && own.enum !== undefined ? { enum: [...own.enum, null] } : {}) };
    case 'array':
      return { ...defined(own), items: standard(own.items) };
    case 'map':
      return { type: 'object', additionalProperties: standard(own.values) };
    case 'object': {
      const properties = Object.fromEntries(Object.entries(own.properties).map(([key, item]) => [key, standard(item)]));
      return { ...defined(own), properties };
    }
    default:
      return { ...defined(own), ...type };
  }
}

const kinds: Readonly<Record<string, string>> = {
  required: 'missing-key',
  additionalProperties: 'unknown-key',
  enum: 'choice',
  minItems: 'min-items',
};

const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
function byAjv(schema: ObjectSchema, value: Json): readonly string[] {
  const validate = ajv.compile(standard(schema));
  validate(value);
  const errors = validate.errors ?? [];
  const wrongType = new Set(errors.flatMap(({ keyword, instancePath }) => (keyword === 'type' ? [instancePath] : [])));
  const wrong = new Set<string>();
  return errors.flatMap(({ keyword, instancePath, params }) => {
    const key = String(params.missingProperty ?? params.additionalProperty ?? '');
    // Of a value one thing is said, and when its type is wrong, that.
    if (key === '' && (wrong.has(instancePath) || (keyword !== 'type' && wrongType.has(instancePath)))) return [];
    if (key === '') wrong.add(instancePath);
    return [`${kinds[keyword] ?? keyword} ${instancePath} ${key}`];
  });
}
const pointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

describe('what does not fit a schema', () => {
  it('is what ajv finds, in the same order', () => {
    fc.assert(
      fc.property(schemas.object, values, (schema, value) => {
        const found = misfits(schema, value).map(
          (misfit) => `${misfit.kind} ${pointer(misfit.path)} ${'key' in misfit ? misfit.key : ''}`,
        );
        expect(found).toEqual(byAjv(schema, value));
      }),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 1500 : 200 },
    );
  });
  it('does not find keys that every object inherits', () => {
    const schema: ObjectSchema = {
      type: 'object',
      properties: { a: { type: 'string', description } },
      required: ['toString'],
      additionalProperties: false,
    };
    expect(misfits(schema, { constructor: 1 }).map(({ kind }) => kind)).toEqual(['missing-key', 'unknown-key']);
  });
  it('is a number that is none', () => {
    const schema: Schema = { type: 'number', description };
    expect([Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) => misfits(schema, value)).map(({ kind }) => kind)).toEqual([
      'type',
      'type',
    ]);
  });
});
