// The contracts as compact text, within a budget of tokens.
import { byGoal } from '../../src/discovery/index.ts';
import { type BriefItem, fitted, type Json } from '../../src/plugin-api.ts';
import type { Comparison } from './differences.ts';
import { isDocument, type Operation } from './openapi.ts';
import type { NotUnderstood, Route } from './route.ts';

/** The properties that a schema has, those that must be there without a question mark. */
function shapeOf(schema: Json | undefined): string | undefined {
  if (!isDocument(schema)) return undefined;
  if (typeof schema.$source === 'string') return schema.$source;
  if (isDocument(schema.items)) return `[${shapeOf(schema.items) ?? String(schema.items.type ?? '')}]`;
  const properties = isDocument(schema.properties) ? schema.properties : undefined;
  if (properties === undefined) return typeof schema.type === 'string' ? schema.type : undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return `{ ${Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ')} }`;
}

function routeText(route: Route): string {
  const { method, path, handler, guards, request, response } = route;
  const auth = guards
    .filter(({ isAuth }) => isAuth)
    .map(({ by, scopes }) => (scopes.length > 0 ? `${by}(${scopes.join(', ')})` : by));
  const parts = isDocument(request)
    ? Object.entries(request).flatMap(([part, schema]) => (part === 'params' ? [] : [`${part} ${shapeOf(schema) ?? ''}`.trim()]))
    : [];
  const answers = isDocument(response)
    ? Object.entries(response).map(([status, schema]) => `${status} ${shapeOf(schema) ?? ''}`.trim())
    : [];
  const words = [
    `${method} ${path}`,
    `${handler.file}:${handler.line}`,
    auth.length > 0 ? `auth ${auth.join(' + ')}` : 'no auth',
    ...(route.certain ? [] : ['only under a condition']),
    ...parts,
    ...(answers.length > 0 ? [`→ ${answers.join(', ')}`] : []),
  ];
  return words.join(' · ');
}

function operationText({ method, path, at, parameters, request, response }: Operation): string {
  const schemaIn = (body: Json | undefined): string | undefined => {
    const content = isDocument(body) && isDocument(body.content) ? Object.values(body.content)[0] : undefined;
    return isDocument(content) ? shapeOf(content.schema) : undefined;
  };
  const query = Array.isArray(parameters)
    ? (parameters as readonly Json[])
        .filter(isDocument)
        .filter((one) => one.in === 'query')
        .map((one) => String(one.name))
    : [];
  const body = schemaIn(request);
  const answers = isDocument(response)
    ? Object.entries(response).map(([status, answer]) =>
        /^2/.test(status) ? `${status} ${schemaIn(answer) ?? ''}`.trim() : status,
      )
    : [];
  return [
    `${method} ${path}`,
    `${at.file}:${at.line}`,
    ...(query.length > 0 ? [`query ${query.join(', ')}`] : []),
    ...(body === undefined ? [] : [`body ${body}`]),
    `→ ${answers.join(', ')}`,
  ].join(' · ');
}

export function briefOf(o: {
  readonly routes: readonly Route[];
  readonly operations: readonly Operation[];
  readonly comparison: Comparison;
  /** A line for each field of the roots. */
  readonly graphql: readonly string[];
  readonly notUnderstood: readonly NotUnderstood[];
  readonly tokens: number;
  /** What is about to be done: what it names comes first. */
  readonly goal: string;
}): readonly BriefItem[] {
  const { undocumented, unrouted, differences } = o.comparison;
  const disagreements = [
    ...undocumented.map(
      ({ method, path, registered }) => `${method} ${path} is routed at ${registered.file}:${registered.line} and not documented`,
    ),
    ...unrouted.map(({ method, path, at }) => `${method} ${path} is documented at ${at.file}:${at.line} and no route was found`),
    ...differences.map(({ method, path, what }) => `${method} ${path}: ${what}`),
  ];
  const routes = byGoal(o.goal, o.routes, ({ path, handler, request }) => ({
    name: path,
    parts: [handler.file, JSON.stringify(request)],
  }));
  const operations = byGoal(o.goal, o.operations, ({ path, id, request }) => ({
    name: path,
    parts: [id ?? '', JSON.stringify(request)],
  }));
  const items = [
    { title: 'HTTP routes', lines: routes.map(routeText), share: 0.45 },
    { title: 'The contract in the OpenAPI file', lines: operations.map(operationText), share: 0.3 },
    {
      title: 'GraphQL',
      lines: byGoal(o.goal, o.graphql, (line) => ({ name: line.split(' · ')[0] ?? '', parts: [line] })),
      share: 0.3,
    },
    { title: 'Where the contract and the code disagree', lines: disagreements, share: 0.15 },
    {
      title: 'Not in the map of the routes; read these yourself',
      lines: o.notUnderstood.map(({ file, line, what, why }) => `${file}${line === null ? '' : `:${line}`}: ${why} — ${what}`),
      share: 0.1,
    },
  ];
  if (o.routes.length === 0 && o.operations.length === 0 && o.graphql.length === 0)
    return [{ title: 'HTTP routes', text: 'No route and no OpenAPI file was found.' }];
  const shown = items.filter(({ lines }) => lines.length > 0);
  const shares = Math.max(
    1,
    shown.reduce((sum, { share }) => sum + share, 0),
  );
  return shown.map(({ title, lines, share }) => ({ title, text: fitted(lines, (o.tokens * share) / shares).join('\n') }));
}
