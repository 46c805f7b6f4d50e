// The operations of one description, whose parts may stand in several files.
import type { Json } from '../../contract/schema.ts';
import type { NotUnderstood } from '../contract/place.ts';
import { type Document, isDocument, listOf, type Operation } from './operation.ts';
import { fileOf, type Located, References } from './references.ts';
import type { Source } from './source.ts';
import { versionOf } from './source.ts';
import { bodyOf, parametersOf, responsesOf } from './version2.ts';

export interface Described {
  readonly operations: readonly Operation[];
  readonly notUnderstood: readonly NotUnderstood[];
}
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/** `sources`: the file itself and those that it refers to, directly or through others. */
export function operationsOf(source: Source, sources: ReadonlyMap<string, Source>): Described | undefined {
  const known = versionOf(source);
  if (known === undefined) return undefined;
  const { root, version, written } = known;
  const references = new References(sources, { beside: version === 3 && !written.startsWith('3.0') });
  const notUnderstood: NotUnderstood[] = [];
  const operations: Operation[] = [];
  for (const [path, entry] of Object.entries(isDocument(root.paths) ? root.paths : {})) {
    if (path.startsWith('x-')) continue;
    const parts = itemParts(references, { value: entry, source, path: ['paths', path] });
    if (typeof parts === 'string') {
      const line = source.lineAt(['paths', path]);
      notUnderstood.push({ file: source.file, line, what: path, why: parts, about: 'contract', stack: 'openapi' });
      continue;
    }
    for (const method of methods) {
      // What is written beside a reference goes first.
      const item = parts.find(({ value }) => value[method] !== undefined);
      const at = item === undefined ? undefined : below(item, method);
      const operation = at === undefined ? undefined : references.resolved(at);
      if (at === undefined || operation === undefined || !isDocument(operation.value)) continue;
      operations.push({
        ...operationOf({ references, version, root, item: parts, operation: { ...operation, value: operation.value } }),
        method: method.toUpperCase(),
        path,
        at: { file: at.source.file, line: at.source.lineAt(at.path) },
      });
    }
  }
  return { operations, notUnderstood };
}

type Part = Located & { readonly value: Document };
const below = (part: Located & { readonly value: Document }, key: string): Located => ({
  value: part.value[key] ?? null,
  source: part.source,
  path: [...part.path, key],
});

/** A path item and what it refers to. A text: why it is not understood. */
function itemParts(references: References, at: Located): readonly Part[] | string {
  if (!isDocument(at.value)) return 'a path is described by an object; this is none';
  const own: Part = { ...at, value: at.value };
  const { $ref } = at.value;
  if (typeof $ref !== 'string') return [own];
  const target = references.resolved(at);
  if (target !== undefined && isDocument(target.value)) return [own, { ...target, value: target.value }];
  const file = fileOf(at.source.file, $ref);
  if (file === undefined) return `it refers to ${$ref}, which is outside this repository`;
  return file === at.source.file ? `it refers to ${$ref}, which is not there` : `it refers to ${$ref}, and nothing is there`;
}

function operationOf(o: {
  readonly references: References;
  readonly version: 2 | 3;
  readonly root: Document;
  readonly item: readonly Part[];
  readonly operation: Part;
}): Omit<Operation, 'method' | 'path' | 'at'> {
  const { references, version, root, item, operation } = o;
  const { value } = operation;
  const found = (key: string): Located | undefined => {
    const part = [operation, ...item].find((one) => one.value[key] !== undefined);
    return part === undefined ? undefined : below(part, key);
  };
  const parametersIn = (part: Part): readonly Json[] =>
    listOf(part.value.parameters).map((one, n) => {
      const at = { value: one, source: part.source, path: [...part.path, 'parameters', String(n)] };
      // Schemas of parameters stay as they are written in version 3, as ever; in version 2 they hold the body.
      return version === 2 ? references.inlined(at) : (references.resolved(at)?.value ?? one);
    });
  const parameters = overridden([...item.flatMap(parametersIn), ...parametersIn(operation)]);
  const inlined = (key: string, otherwise: Json): Json =>
    value[key] === undefined ? otherwise : references.inlined(below(operation, key));
  return {
    id: typeof value.operationId === 'string' ? value.operationId : null,
    security: value.security ?? root.security ?? [],
    parameters: version === 2 ? parametersOf(parameters) : parameters,
    request: version === 2 ? bodyOf(parameters, value.consumes ?? root.consumes) : inlined('requestBody', null),
    response: version === 2 ? responsesOf(inlined('responses', {}), value.produces ?? root.produces) : inlined('responses', {}),
    prefixes: version === 2 ? basePathOf(root.basePath) : prefixesOf(found('servers')?.value ?? root.servers),
  };
}

/** A parameter of an operation stands for the one of its path with the same name and place. */
function overridden(parameters: readonly Json[]): readonly Json[] {
  const key = (one: Json): string => (isDocument(one) ? `${one.in} ${one.name}` : '');
  return parameters.filter(
    (one, n) => !isDocument(one) || one.name === undefined || !parameters.slice(n + 1).some((later) => key(later) === key(one)),
  );
}

const basePathOf = (path: Json | undefined): readonly string[] => {
  const plain = typeof path === 'string' ? path.replace(/\/+$/, '') : '';
  return plain === '' ? [] : [plain.startsWith('/') ? plain : `/${plain}`];
};

/** `{version}` in the URL of a server stands for its default: https://spec.openapis.org/oas/v3.1.1.html#server-variable-object */
function prefixesOf(servers: Json | undefined): readonly string[] {
  const paths = listOf(servers).flatMap((server) => {
    const variables = isDocument(server) && isDocument(server.variables) ? server.variables : {};
    const url = (isDocument(server) ? String(server.url) : '').replace(/\{([^{}]+)\}/g, (whole, name: string) => {
      const variable = variables[name];
      return isDocument(variable) && variable.default !== undefined ? String(variable.default) : whole;
    });
    const path = URL.canParse(url) ? new URL(url).pathname : url.startsWith('/') ? url : '';
    return [path.replace(/\/+$/, '')];
  });
  return [...new Set(paths)].filter((path) => path !== '');
}
