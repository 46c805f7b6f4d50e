// A value that fits a schema of an OpenAPI file, the same one each time.
import type { Json } from '../../src/plugin-api.ts';

export type Document = Readonly<Record<string, unknown>>;
export const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows local references; anything else stays as it is. */
export function resolved(value: unknown, root: Document): unknown {
  let at = value;
  for (let hop = 0; isDocument(at) && typeof at.$ref === 'string' && hop < 20; hop++) {
    if (!at.$ref.startsWith('#/')) return undefined;
    at = at.$ref
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((node, part) => (isDocument(node) ? node[part] : undefined), root);
  }
  return at;
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2024-01-01T00:00:00Z',
  date: '2024-01-01',
  time: '00:00:00Z',
  uuid: '3f2a0c1e-6b7d-4c5e-9f80-0123456789ab',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};
const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

export function sample(schema: unknown, root: Document, depth = 0): Json {
  const node = resolved(schema, root);
  if (!isDocument(node) || depth > 8) return null;
  for (const given of [node.example, Array.isArray(node.examples) ? node.examples[0] : undefined, node.const, node.default]) {
    if (given !== undefined) return given as Json;
  }
  if (Array.isArray(node.enum)) return (node.enum[0] ?? null) as Json;
  if (Array.isArray(node.allOf)) {
    const parts = [...node.allOf, { ...node, allOf: undefined }].map((part) => sample(part, root, depth + 1));
    return Object.assign({}, ...parts.filter(isDocument)) as Json;
  }
  const choice = [node.oneOf, node.anyOf].find(Array.isArray);
  if (choice !== undefined) return sample(choice[0], root, depth + 1);
  const types = Array.isArray(node.type) ? node.type : [node.type];
  const type = types.find((one) => one !== 'null') ?? (isDocument(node.properties) ? 'object' : undefined);
  switch (type) {
    case 'string':
      return formats[String(node.format)] ?? 'text'.padEnd(number(node.minLength, 0), 'x').slice(0, number(node.maxLength, 1000));
    case 'integer':
    case 'number':
      return number(node.minimum, number(node.exclusiveMinimum, Math.min(0, number(node.maximum, 0)) - 1) + 1);
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: Math.max(1, number(node.minItems, 1)) }, () => sample(node.items, root, depth + 1));
    case 'object':
      return Object.fromEntries(
        Object.entries(isDocument(node.properties) ? node.properties : {}).map(([name, of]) => [
          name,
          sample(of, root, depth + 1),
        ]),
      );
    default:
      return null;
  }
}
