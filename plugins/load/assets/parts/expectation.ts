import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Expectation } from '../../order.ts';

export interface Judge {
  /** What is wrong with an answer, in words; undefined: nothing. */
  whole(status: number, body: string): string | undefined;
  status(status: number): string | undefined;
}

/** Makes judges; each schema is compiled once. */
export function judges(): (expect: Expectation) => Judge {
  const made = new Map<string, Judge>();
  return (expect) => {
    const key = JSON.stringify(expect);
    const known = made.get(key);
    if (known !== undefined) return known;
    const judge = judgeOf(expect);
    made.set(key, judge);
    return judge;
  };
}

/** A schema that cannot be compiled. */
export class SchemaFault extends Error {}

function judgeOf(expect: Expectation): Judge {
  const fits = validatorOf(expect.schema);
  const status = (seen: number): string | undefined => {
    const right = expect.status === undefined ? seen >= 200 && seen < 300 : seen === expect.status;
    return right ? undefined : `status ${seen}, expected is ${expect.status ?? '200 to 299'}`;
  };
  return {
    status,
    whole(seen, body) {
      const wrong = status(seen);
      if (wrong !== undefined) return wrong;
      const missing = expect.includes.find((text) => !body.includes(text));
      if (missing !== undefined) return `a body without ${JSON.stringify(missing)}`;
      return fits(body);
    },
  };
}

function validatorOf(schema: Expectation['schema']): (body: string) => string | undefined {
  if (schema === undefined) return () => undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(schema as object | boolean);
  } catch (error) {
    throw new SchemaFault(error instanceof Error ? error.message : String(error));
  }
  return (body) => {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return 'a body that is no JSON';
    }
    if (validate(value)) return undefined;
    const first = validate.errors?.[0];
    return `a body that does not fit the schema: ${first?.instancePath || 'it'} ${first?.message ?? ''}`;
  };
}
