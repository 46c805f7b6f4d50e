// OpenAPI 2 said in the words of version 3: https://swagger.io/specification/v2/
import type { Json } from '../../contract/schema.ts';
import { type Document, isDocument, listOf } from './operation.ts';

const shaping = [
  'type',
  'format',
  'items',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'multipleOf',
];

const isBody = (one: Json): boolean => isDocument(one) && (one.in === 'body' || one.in === 'formData');

/** Parameters but for those that are the body, their types in a `schema`. */
export const parametersOf = (parameters: readonly Json[]): readonly Json[] =>
  parameters
    .filter((one) => !isBody(one))
    .map((one) => {
      if (!isDocument(one)) return one;
      const rest = Object.entries(one).filter(([key]) => !shaping.includes(key));
      return { ...Object.fromEntries(rest), schema: schemaOf(one) };
    });

const schemaOf = (parameter: Document): Json =>
  Object.fromEntries(shaping.flatMap((key) => (parameter[key] === undefined ? [] : [[key, parameter[key]]])));

export function bodyOf(parameters: readonly Json[], consumes: Json | undefined): Json {
  const parts = parameters.filter(isDocument).filter(isBody);
  if (parts.length === 0) return null;
  const whole = parts.find((one) => one.in === 'body');
  if (whole !== undefined)
    return {
      ...(whole.required === undefined ? {} : { required: whole.required }),
      content: content(whole.schema ?? {}, consumes, 'application/json'),
    };
  const files = parts.some(({ type }) => type === 'file');
  const schema = {
    type: 'object',
    properties: Object.fromEntries(
      parts.map((one) => [String(one.name), one.type === 'file' ? { type: 'string', format: 'binary' } : schemaOf(one)]),
    ),
    required: parts.filter(({ required }) => required === true).map(({ name }) => String(name)),
  };
  return { content: content(schema, consumes, files ? 'multipart/form-data' : 'application/x-www-form-urlencoded') };
}

export function responsesOf(responses: Json, produces: Json | undefined): Json {
  if (!isDocument(responses)) return {};
  return Object.fromEntries(
    Object.entries(responses).map(([status, one]) => {
      if (!isDocument(one) || one.schema === undefined) return [status, one];
      const { schema, ...rest } = one;
      return [status, { ...rest, content: content(schema, produces, 'application/json') }];
    }),
  );
}

function content(schema: Json, kinds: Json | undefined, usual: string): Json {
  const named = listOf(kinds).map(String);
  return Object.fromEntries((named.length > 0 ? named : [usual]).map((kind) => [kind, { schema }]));
}
