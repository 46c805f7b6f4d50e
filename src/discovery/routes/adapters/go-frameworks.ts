/** How a framework makes routers and what its methods mean. */
export interface Framework {
  readonly name: string;
  readonly packages: RegExp;
  /** Functions of the package that make a router. */
  readonly makes: RegExp;
  /** Types of parameters and results that are routers. */
  readonly types: RegExp;
  /** The method of a route by the name of what registers it. */
  readonly verbs: Readonly<Record<string, string>>;
  /** `handlers`: after the path come guards, then the handler. `first`: the handler, then guards. */
  readonly order: 'handlers' | 'first';
}
const capitals = {
  GET: 'GET',
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
  HEAD: 'HEAD',
  OPTIONS: 'OPTIONS',
  Any: 'ALL',
};
const words = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  Trace: 'TRACE',
  Connect: 'CONNECT',
};

export const netHttp: Framework = {
  name: 'net/http',
  packages: /^net\/http$/,
  makes: /^NewServeMux$/,
  types: /http\.ServeMux\b/,
  verbs: { Handle: 'ALL', HandleFunc: 'ALL' },
  order: 'first',
};

export const frameworks: readonly Framework[] = [
  {
    name: 'gin',
    packages: /^github\.com\/gin-gonic\/gin$/,
    makes: /^(Default|New)$/,
    types: /gin\.(Engine|RouterGroup|IRouter|IRoutes)\b/,
    verbs: capitals,
    order: 'handlers',
  },
  {
    name: 'echo',
    packages: /^github\.com\/labstack\/echo(\/v\d+)?$/,
    makes: /^New$/,
    types: /echo\.(Echo|Group|Router)\b/,
    verbs: capitals,
    order: 'first',
  },
  {
    name: 'chi',
    packages: /^github\.com\/(go-chi|pressly)\/chi(\/v\d+)?$/,
    makes: /^(NewRouter|NewMux)$/,
    types: /chi\.(Router|Mux)\b/,
    verbs: { ...words, Handle: 'ALL', HandleFunc: 'ALL' },
    order: 'first',
  },
  {
    name: 'fiber',
    packages: /^github\.com\/gofiber\/fiber(\/v\d+)?$/,
    makes: /^New$/,
    types: /fiber\.(App|Router|Group)\b/,
    verbs: { ...words, All: 'ALL' },
    order: 'handlers',
  },
  {
    name: 'gorilla',
    packages: /^github\.com\/gorilla\/mux$/,
    makes: /^NewRouter$/,
    types: /mux\.(Router|Route)\b/,
    verbs: { Handle: 'ALL', HandleFunc: 'ALL' },
    order: 'first',
  },
  netHttp,
];

/** `/files/*path`, `/files/{rest...}` and `/:id` in OpenAPI's notation. */
export const openPath = (path: string): string =>
  path
    .replace(/\{\$\}/g, '')
    .replace(/\{(\w+)\.\.\.\}/g, '{$1*}')
    .replace(/\{(\w+):(?:[^{}]|\{[^{}]*\})*\}/g, '{$1}')
    .replace(/:(\w+)\??/g, '{$1}')
    .replace(/\/\*(\w*)$/, (_, name: string) => `/{${name === '' ? 'rest' : name}*}`);
export const joined = (...parts: readonly string[]): string => {
  const path = parts
    .filter((part) => part !== '')
    .join('/')
    .replace(/\/{2,}/g, '/');
  return path.startsWith('/') ? path : `/${path}`;
};
