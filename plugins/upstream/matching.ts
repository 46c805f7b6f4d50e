import type { Route } from './control.ts';

/** A pattern for a path in which `{name}` stands for one segment. */
export function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\{[^{}/]+\})/)
    .map((part) => (/^\{.*\}$/.test(part) ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}/?$`);
}

const parameters = (route: Route): number => route.path.split('{').length - 1;

/** Finds the route of a call: earlier ones win over later ones of the same form, fixed paths over those with parameters. */
export function routeFinder(
  routes: readonly Route[],
  prefixes: readonly string[],
): (method: string, path: string) => Route | undefined {
  const ordered = routes.map((route) => ({ route, pattern: pathPattern(route.path) }));
  ordered.sort((a, b) => parameters(a.route) - parameters(b.route));
  return (method, path) => {
    const without = prefixes.filter((prefix) => path.startsWith(`${prefix}/`)).map((prefix) => path.slice(prefix.length));
    const named = ordered.filter(({ route }) => route.method === method || (method === 'HEAD' && route.method === 'GET'));
    return [path, ...without]
      .map((one) => named.find(({ pattern }) => pattern.test(one))?.route)
      .find((route) => route !== undefined);
  };
}
