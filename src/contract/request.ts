// Requests as a playbook writes them: one form wherever they occur.
import { randomOf } from './random.ts';
import type { Infer, Json, Schema } from './schema.ts';

/** For the manifest of a plugin that sends requests. */
export const requestSchema = {
  type: 'object',
  description: 'One request.',
  properties: {
    method: { type: 'string', default: 'GET', pattern: '^[A-Z]+$', description: 'The method.' },
    path: { type: 'string', pattern: '^/', description: 'Path and query; {name} stands for a value.' },
    headers: {
      type: 'map',
      values: { type: 'string', description: 'Value of the header.' },
      default: {},
      description: 'Headers; {name} stands for a value.',
    },
    body: {
      type: 'json',
      description: 'The body, sent as JSON; a text is sent as it is. {name} in texts stands for a value.',
    },
    auth: { type: 'string', format: 'auth', description: 'An entry of `auth:`; its token is sent as a bearer token.' },
    values: {
      type: 'map',
      default: {},
      description: 'What stands for {name}: whole numbers, drawn evenly, the same ones for base and candidate.',
      values: {
        type: 'object',
        description: 'The numbers that are drawn.',
        properties: {
          from: { type: 'integer', description: 'The smallest.' },
          to: { type: 'integer', description: 'The largest.' },
          seed: { type: 'integer', description: "Draws the same numbers in every run; default: the run's own seed." },
        },
        required: ['from', 'to'],
        additionalProperties: false,
      },
    },
    expect: {
      type: 'object',
      description: 'What a right answer is.',
      properties: {
        status: { type: 'integer', minimum: 100, maximum: 599, description: 'Its status; default: any of 200 to 299.' },
        'body-includes': {
          type: 'array',
          items: { type: 'string', description: 'A text.' },
          default: [],
          description: 'Texts that its body has.',
        },
        schema: { type: 'json', description: 'JSON Schema 2020-12 that its body fits.' },
      },
      additionalProperties: false,
    },
  },
  required: ['path'],
  additionalProperties: false,
} as const satisfies Schema;

/** A request with its defaults filled in. */
export type Request = Infer<typeof requestSchema>;

/** How a request is named in findings and measurements. */
export const titleOf = ({ method, path }: Pick<Request, 'method' | 'path'>): string => `${method} ${path}`;

const placeholder = /\{(\w[\w-]*)\}/g;
const placeholders = (text: string): readonly string[] => [...text.matchAll(placeholder)].map(([, name]) => name ?? '');

/** What is wrong with a request beyond its types; undefined: nothing. `known`: what {name} may be besides its values. */
export function requestFault(
  request: Request,
  known: readonly string[] = [],
): { readonly message: string; readonly hint: string } | undefined {
  const title = titleOf(request);
  const names = Object.keys(request.values);
  const unknown = placeholders(request.path).find((name) => !names.includes(name) && !known.includes(name));
  if (unknown !== undefined) {
    return {
      message: `The request ${title} has {${unknown}} in its path and no value of that name.`,
      hint: `Add \`values: { ${unknown}: { from: 1, to: 100 } }\`.`,
    };
  }
  const texts = [request.path, ...Object.values(request.headers), JSON.stringify(request.body ?? '')].join(' ');
  const unused = names.find((name) => !placeholders(texts).includes(name));
  if (unused !== undefined) {
    return { message: `Nothing in the request ${title} uses its value ${unused}.`, hint: `Write {${unused}} where it belongs.` };
  }
  const backwards = Object.entries(request.values).find(([, { from, to }]) => from > to);
  if (backwards === undefined) return undefined;
  const [name, { from, to }] = backwards;
  return { message: `The value ${name} of ${title} goes from ${from} to ${to}.`, hint: 'Let `from` be the smaller one.' };
}

/** Each call draws the values of a request once and gives what fills them into a text; another `{name}` stays as it is. */
export function drawsOf({ values }: Pick<Request, 'values'>, runSeed: number): () => (text: string) => string {
  // Values without a seed of their own must not go in step with each other.
  const draws = Object.entries(values).map(([name, { from, to, seed }], index) => {
    const random = randomOf(seed ?? runSeed + index * 0x9e3779b9);
    return [name, () => String(from + Math.floor(random() * (Math.max(from, to) - from + 1)))] as const;
  });
  return () => {
    const drawn = new Map(draws.map(([name, draw]) => [name, draw()]));
    return (text) => text.replaceAll(placeholder, (whole, name: string) => drawn.get(name) ?? whole);
  };
}

/** A body with its texts filled; a text that is one `{name}` and nothing else becomes a number. */
export function filledBody(body: Json, fill: (text: string) => string): Json {
  if (typeof body === 'string') {
    const text = fill(body);
    return /^\{\w[\w-]*\}$/.test(body) && text !== body ? Number(text) : text;
  }
  if (Array.isArray(body)) return body.map((item: Json) => filledBody(item, fill));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, item]) => [key, filledBody(item, fill)]));
}
