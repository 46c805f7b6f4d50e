// Operations of OpenAPI 3 files.
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Json, Tree } from '../../src/plugin-api.ts';
import type { NotUnderstood, Place } from './route.ts';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string | null;
  readonly at: Place;
  readonly security: Json;
  readonly parameters: Json;
  readonly request: Json;
  readonly response: Json;
  /** Paths of the `servers:` that stand before it. */
  readonly prefixes: readonly string[];
}
interface Described {
  readonly operations: readonly Operation[];
  readonly notUnderstood: readonly NotUnderstood[];
}
type Document = { readonly [key: string]: Json };

const usual = ['**/*{openapi,swagger}*.{yml,yaml,json}', '**/{openapi,swagger}/*.{yml,yaml,json}'];
/** What a repository tests with, or relies on of others, is not its own contract. */
const elsewhere = [
  '**/{node_modules,dist,build,coverage,vendor}/**',
  '**/{test,tests,__tests__,spec,specs,e2e,fixtures,__fixtures__,__mocks__,mocks,clients,upstream,third-party}/**',
];
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const largest = 4 * 1024 * 1024;

export async function operationsIn(
  tree: Tree,
  globs: readonly string[],
): Promise<Described & { readonly files: readonly string[] }> {
  const left = new Set(globs.length > 0 ? [] : await tree.glob(elsewhere));
  const files = (await tree.glob(globs.length > 0 ? globs : usual)).filter((file) => !left.has(file));
  const described: Described[] = [];
  const read: string[] = [];
  for (const file of files) {
    const bytes = await tree.readBytes(file);
    const why = (text: string): Described => ({
      operations: [],
      notUnderstood: [{ file, line: null, what: file.split('/').at(-1) ?? file, why: text }],
    });
    if (bytes.length > largest) {
      described.push(why('it has over 4 MiB and is not read'));
      continue;
    }
    const one = operationsOf(new TextDecoder().decode(bytes), file, globs.length > 0);
    if (typeof one === 'string') described.push(why(one));
    else if (one !== undefined) {
      described.push(one);
      read.push(file);
    }
  }
  return {
    files: read,
    operations: described.flatMap(({ operations }) => operations),
    notUnderstood: described.flatMap(({ notUnderstood }) => notUnderstood),
  };
}

/** A text: why it is not understood. Undefined: a file that only has such a name. */
function operationsOf(text: string, file: string, meant: boolean): Described | string | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken !== undefined) return `it cannot be read: ${broken.message.split('\n')[0]}`;
  const root = toJson(document);
  if (!isDocument(root)) return meant ? 'it is no OpenAPI file' : undefined;
  if (typeof root.openapi !== 'string' || !root.openapi.startsWith('3.')) {
    if (root.swagger !== undefined) return 'it is an OpenAPI 2 file; this version reads OpenAPI 3';
    return meant ? 'it does not say `openapi: 3.x`' : undefined;
  }
  const notUnderstood: NotUnderstood[] = [];
  const operations: Operation[] = [];
  const lineAt = (path: readonly string[]): number => {
    const parent = document.getIn(path.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === path.at(-1)) : undefined;
    const start = (pair?.key as { readonly range?: readonly number[] } | undefined)?.range?.[0];
    return start === undefined ? 1 : lines.linePos(start).line;
  };
  for (const [path, entry] of Object.entries(isDocument(root.paths) ? root.paths : {})) {
    const item = resolved(entry, root);
    if (!isDocument(item)) {
      notUnderstood.push({ file, line: lineAt(['paths', path]), what: path, why: 'it refers to another file' });
      continue;
    }
    for (const method of methods) {
      const operation = item[method];
      if (!isDocument(operation)) continue;
      const own = isDocument(entry) && entry[method] !== undefined;
      operations.push({
        method: method.toUpperCase(),
        path,
        id: typeof operation.operationId === 'string' ? operation.operationId : null,
        at: { file, line: lineAt(own ? ['paths', path, method] : ['paths', path]) },
        security: operation.security ?? root.security ?? [],
        parameters: [...listOf(item.parameters), ...listOf(operation.parameters)].map((one) => resolved(one, root)),
        request: operation.requestBody === undefined ? null : inlined(operation.requestBody, root),
        response: inlined(operation.responses ?? {}, root),
        prefixes: prefixesOf(operation.servers ?? item.servers ?? root.servers),
      });
    }
  }
  return { operations, notUnderstood };
}

/** Without what JSON has no word for: dates, and anchors that refer to themselves. */
function toJson(document: ReturnType<typeof parseDocument>): Json {
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1000 }) ?? null)) as Json;
  } catch {
    return null;
  }
}

export const isDocument = (value: Json | undefined): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** Follows references inside the file; those to other files stay as they are. */
function resolved(value: Json, root: Document): Json {
  let at = value;
  for (let hop = 0; isDocument(at) && typeof at.$ref === 'string' && at.$ref.startsWith('#/') && hop < 20; hop++) {
    const target: Json | undefined = at.$ref
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<Json | undefined>((node, part) => (isDocument(node) ? node[part] : undefined), root);
    if (target === undefined) return at;
    at = target;
  }
  return at;
}

/** References resolved a few levels deep: enough for the shape, and an end for schemas that refer to themselves. */
function inlined(value: Json, root: Document, depth = 0, within: readonly string[] = []): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => inlined(one, root, depth + 1, within));
  if (!isDocument(value)) return value;
  const { $ref } = value;
  if (typeof $ref === 'string') {
    if (within.includes($ref) || depth > 30) return value;
    const target = resolved(value, root);
    return target === value ? value : inlined(target, root, depth + 1, [...within, $ref]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inlined(one, root, depth + 1, within)]));
}

function prefixesOf(servers: Json | undefined): readonly string[] {
  const paths = listOf(servers).flatMap((server) => {
    const url = isDocument(server) ? String(server.url) : '';
    const path = URL.canParse(url) ? new URL(url).pathname : url.startsWith('/') ? url : '';
    return [path.replace(/\/+$/, '')];
  });
  return [...new Set(paths)].filter((path) => path !== '');
}
