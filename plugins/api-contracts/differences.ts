// Where the routes and the OpenAPI files disagree.
import type { Json } from '../../src/plugin-api.ts';
import { isDocument, type Operation } from './openapi.ts';
import { joinPaths, type Route } from './route.ts';

export interface Comparison {
  readonly undocumented: readonly Route[];
  readonly unrouted: readonly Operation[];
  readonly differences: readonly { readonly method: string; readonly path: string; readonly what: string }[];
}

/** Names of parameters do not matter. */
const shape = (path: string): string => path.replace(/\{[^}]*\}/g, '{}').replace(/(.)\/$/, '$1');
const pathsOf = ({ path, prefixes }: Operation): readonly string[] =>
  [path, ...prefixes.map((prefix) => joinPaths(prefix, path))].map(shape);
const serves = (route: Route, operation: Operation): boolean =>
  (route.method === operation.method || route.method === 'ALL') && pathsOf(operation).includes(shape(route.path));

export function compare(routes: readonly Route[], operations: readonly Operation[]): Comparison {
  if (operations.length === 0) return { undocumented: [], unrouted: [], differences: [] };
  const pairs = routes.flatMap((route) =>
    operations.filter((operation) => serves(route, operation)).map((operation) => ({ route, operation })),
  );
  return {
    undocumented: routes.filter((route) => !pairs.some((pair) => pair.route === route)),
    unrouted: operations.filter((operation) => !pairs.some((pair) => pair.operation === operation)),
    differences: pairs.flatMap(({ route, operation }) =>
      differencesOf(route, operation).map((what) => ({ method: operation.method, path: operation.path, what })),
    ),
  };
}

function differencesOf(route: Route, operation: Operation): readonly string[] {
  const required = requirementsOf(operation.security);
  const guards = route.guards.filter(({ isAuth }) => isAuth);
  if (required.open)
    return guards.length > 0
      ? [`the file asks for no authentication; the code runs ${guards.map(({ by }) => by).join(', ')}`]
      : [];
  if (guards.length === 0) return ['the file asks for authentication; no hook or middleware of the route looks like it'];
  const visible = guards.flatMap(({ scopes }) => scopes);
  const missing = required.scopes.filter((scope) => !visible.includes(scope));
  const guarded = guards.map(({ by, scopes }) => `${by}(${scopes.join(', ')})`).join(', ');
  return missing.length > 0 ? [`the file asks for the scope ${missing.join(', ')}; the code runs ${guarded}`] : [];
}

/** Any one of the requirements is enough; only scopes that all of them name are sure to be needed. */
function requirementsOf(security: Json): { readonly open: boolean; readonly scopes: readonly string[] } {
  const list = Array.isArray(security) ? (security as readonly Json[]).filter(isDocument) : [];
  const [first, ...others] = list.map((one) =>
    Object.values(one).flatMap((scopes) => (Array.isArray(scopes) ? scopes.map(String) : [])),
  );
  return {
    open: list.length === 0 || list.some((one) => Object.keys(one).length === 0),
    scopes: (first ?? []).filter((scope) => others.every((other) => other.includes(scope))),
  };
}
