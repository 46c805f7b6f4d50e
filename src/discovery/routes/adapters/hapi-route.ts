// hapi: what one route says of itself. https://hapi.dev/api/?v=21.4.0#route-options
import type { Json } from '../../../contract/schema.ts';
import type { Question, Value } from '../../contract/meaning.ts';
import type { Guard } from '../../contract/route.ts';
import type { Use } from '../join-uses.ts';
import type { Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf, placeOf } from '../model.ts';
import type { Standard } from './hapi.ts';

interface Written {
  readonly walk: Walk;
  readonly use: Use;
  readonly mount: Mount;
  readonly question: Question;
  readonly options: Value & { readonly kind: 'function' | 'class' | 'object' | 'array' | 'other' };
  readonly standard: Standard | undefined;
}
const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function addRoute(written: Written) {
  const { walk, use, mount, question, options } = written;
  const { js } = walk.reading;
  const json = js.jsonOf(options.unit, options.node, question);
  if (!isMap(json)) return walk.unknown(use, 'a route in this list is known only while the program runs');
  const methods = (Array.isArray(json.method) ? json.method : [json.method]).filter((one) => typeof one === 'string');
  if (methods.length === 0 || typeof json.path !== 'string')
    return walk.unknown(use, 'the method or the path of this route is known only while the program runs');
  const more = isMap(json.options) ? json.options : isMap(json.config) ? json.config : {};
  const inner = js.propertyOf(options, 'options', question) ?? js.propertyOf(options, 'config', question);
  const handler =
    js.propertyOf(options, 'handler', question) ?? (inner === undefined ? undefined : js.propertyOf(inner, 'handler', question));
  const validate = isMap(more.validate) ? more.validate : {};
  const request = Object.fromEntries(
    [
      ['params', 'params'] as const,
      ['query', 'querystring'] as const,
      ['headers', 'headers'] as const,
      ['payload', 'body'] as const,
    ].flatMap(([name, part]) => (validate[name] === undefined ? [] : [[part, validate[name]]])),
  );
  const answers = isMap(more.response) ? (more.response.status ?? more.response.schema) : undefined;
  walk.add({
    use,
    mount,
    methods: methods.map((one) => methodOf(one)),
    path: joinPaths(mount.prefix, plain(json.path)),
    handler,
    guards: guardsOf(written, more.auth),
    request: Object.keys(request).length > 0 ? request : null,
    response: answers ?? null,
    at: options,
  });
}
/** `{id?}` and `{parts*2}` in the notation of OpenAPI. */
const plain = (path: string): string => path.replace(/\{(\w+)\?\}/g, '{$1}').replace(/\{(\w+)\*\d*\}/g, '{$1*}');

function guardsOf({ options, standard }: Written, auth: Json | undefined): readonly Guard[] {
  const at = placeOf(options.unit, options.node);
  if (auth === false) return [];
  const guard = (by: string, scopes: readonly string[], isAuth = true): Guard => ({ by, scopes, stage: 'auth', isAuth, at });
  if (typeof auth === 'string') return [guard(auth, [])];
  if (isMap(auth) && auth.$source === undefined) {
    const { strategy, strategies, mode, scope, access } = auth;
    const by =
      typeof strategy === 'string'
        ? strategy
        : Array.isArray(strategies)
          ? strategies.map(String).join(', ')
          : standard?.strategy;
    return [guard(by ?? 'auth', [...textsIn(scope), ...textsIn(access)], mode !== 'try' && mode !== 'optional')];
  }
  if (isMap(auth)) return [guard(String(auth.$source), [])];
  return standard === undefined
    ? []
    : [
        {
          by: standard.strategy,
          scopes: standard.scopes,
          stage: 'auth',
          isAuth: true,
          at: { file: standard.at.unit.file, line: standard.at.line },
        },
      ];
}
function textsIn(json: Json | undefined): readonly string[] {
  if (typeof json === 'string') return [json];
  if (Array.isArray(json)) return json.flatMap((one: Json) => textsIn(one));
  return isMap(json) ? textsIn(json.scope) : [];
}
