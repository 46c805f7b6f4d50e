// Routes from an OpenAPI 3 file.
import { parse } from 'yaml';
import { type Json, pluginError } from '../../src/plugin-api.ts';
import type { Route } from './control.ts';
import { type Document, isDocument, resolved, sample } from './sample.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export function openapiRoutes(
  text: string,
  file: string,
): { readonly routes: readonly Route[]; readonly prefixes: readonly string[] } {
  const root = readDocument(text, file);
  const routes: Route[] = [];
  for (const [path, entry] of Object.entries(isDocument(root.paths) ? root.paths : {})) {
    const item = resolved(entry, root);
    if (!isDocument(item)) continue;
    for (const method of methods) {
      const operation = item[method];
      if (isDocument(operation)) routes.push(routeOf({ method, path, operation, root }));
    }
  }
  if (routes.length === 0) {
    throw pluginError({
      code: 'upstream/no-operations',
      message: `The OpenAPI file ${file} has no operation.`,
      hint: 'Its `paths:` say what the stand-in answers.',
    });
  }
  return { routes, prefixes: prefixesOf(root) };
}

function readDocument(text: string, file: string): Document {
  let root: unknown;
  try {
    root = parse(text);
  } catch (error) {
    throw pluginError({
      code: 'upstream/not-openapi',
      message: `${file} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      cause: error,
    });
  }
  if (isDocument(root) && /^3\./.test(String(root.openapi))) return root;
  throw pluginError({
    code: 'upstream/not-openapi',
    message: `${file} is no OpenAPI 3 file: it does not say \`openapi: 3.x\`.`,
    hint: 'Convert it, or give `routes:`.',
  });
}

function routeOf(o: {
  readonly method: string;
  readonly path: string;
  readonly operation: Document;
  readonly root: Document;
}): Route {
  const responses = isDocument(o.operation.responses) ? o.operation.responses : {};
  const codes = Object.keys(responses).sort();
  const code = codes.find((one) => /^2(\d\d|XX)$/i.test(one)) ?? codes.find((one) => one === 'default') ?? codes[0] ?? '200';
  const response = resolved(responses[code], o.root);
  const status = /^\d{3}$/.test(code) ? Number(code) : /^[1-5]XX$/i.test(code) ? Number(code[0]) * 100 : 200;
  const content = isDocument(response) && isDocument(response.content) ? response.content : {};
  const type = Object.keys(content).find((one) => /json/i.test(one)) ?? Object.keys(content)[0];
  const plain = { method: o.method.toUpperCase(), path: o.path, status, delayMs: 0 };
  if (type === undefined) return { ...plain, headers: {} };
  return {
    ...plain,
    headers: { 'content-type': type.includes('*') ? 'application/json' : type },
    body: bodyOf(content[type], o.root),
  };
}

function bodyOf(media: unknown, root: Document): Json {
  if (!isDocument(media)) return null;
  if (media.example !== undefined) return media.example as Json;
  const named = isDocument(media.examples) ? resolved(Object.values(media.examples)[0], root) : undefined;
  if (isDocument(named) && named.value !== undefined) return named.value as Json;
  return sample(media.schema, root);
}

/** Paths of `servers:` by which a client may already address the operations. */
function prefixesOf(root: Document): readonly string[] {
  const servers = Array.isArray(root.servers) ? root.servers : [];
  const paths = servers.filter(isDocument).map(({ url }) => {
    const text = String(url);
    return URL.canParse(text) ? new URL(text).pathname : text.startsWith('/') ? text : '';
  });
  return [...new Set(paths.map((path) => path.replace(/\/+$/, '')))].filter((path) => path !== '');
}
