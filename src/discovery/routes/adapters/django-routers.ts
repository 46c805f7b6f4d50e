import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, decoratorsOf } from '../../grammar/python/literal.ts';
import type { ClassValue, Located, Python } from '../../grammar/python/values.ts';
import { pathOf } from './django-path.ts';
import { type Answer, guardsOfClass } from './django-views.ts';
import { handlerOf, placeOf } from './python-program.ts';

export interface Routed {
  readonly routes: readonly { readonly path: string; readonly answers: readonly Answer[]; readonly registered: Located }[];
  readonly unknown: readonly Located[];
}

/** https://www.django-rest-framework.org/api-guide/routers/#simplerouter */
const collection = [
  ['GET', 'list'],
  ['POST', 'create'],
] as const;
const member = [
  ['GET', 'retrieve'],
  ['PUT', 'update'],
  ['PATCH', 'partial_update'],
  ['DELETE', 'destroy'],
] as const;
const mixins: Readonly<Record<string, readonly string[]>> = {
  CreateModelMixin: ['create'],
  ListModelMixin: ['list'],
  RetrieveModelMixin: ['retrieve'],
  UpdateModelMixin: ['update', 'partial_update'],
  DestroyModelMixin: ['destroy'],
  ReadOnlyModelViewSet: ['list', 'retrieve'],
  ModelViewSet: ['create', 'list', 'retrieve', 'update', 'partial_update', 'destroy'],
};

function answering(program: Python, view: ClassValue, actions: readonly (readonly [string, string])[]): readonly Answer[] {
  const given = new Set(
    program.lineage(view).flatMap((one) => (one.kind === 'outside' ? (mixins[one.name.split('.').at(-1) ?? ''] ?? []) : [])),
  );
  const allowed = program.attributeNode(view, 'http_method_names');
  const names =
    allowed &&
    program.list(allowed.node, allowed.module)?.flatMap((one) => program.text(one.node, one.module)?.toUpperCase() ?? []);
  return actions.flatMap(([method, action]) => {
    const own = program.attributeNode(view, action);
    if ((own === undefined && !given.has(action)) || names?.includes(method) === false) return [];
    const handler =
      own?.node.kind === 'function_definition'
        ? handlerOf(program, { kind: 'function', ...own }, own)
        : handlerOf(program, view, view);
    return [{ method, handler, guards: guardsOfClass(program, view) }];
  });
}

/** Methods with `@action`, also of classes above. */
function extra(
  program: Python,
  view: ClassValue,
  o: { readonly isDetail: boolean },
): readonly { readonly path: string; readonly answers: readonly Answer[] }[] {
  const seen = new Set<string>();
  return program.lineage(view).flatMap((one) => {
    if (one.kind !== 'class') return [];
    return within(childOf(one.node, 'body'), ['function_definition']).flatMap((node) => {
      const name = childOf(node, 'name')?.text ?? '';
      const call = decoratorsOf(node).find((decorator) =>
        /(^|\.)(action|detail_route|list_route)$/.test(childOf(decorator, 'function')?.text ?? ''),
      );
      if (call === undefined || seen.has(name)) return [];
      seen.add(name);
      const called = childOf(call, 'function')?.text ?? '';
      const isDetail = called.endsWith('detail_route') || argument(call, 1, 'detail')?.text === 'True';
      if (isDetail !== o.isDetail) return [];
      const methods = program
        .list(argument(call, 0, 'methods'), one.module)
        ?.flatMap((text) => program.text(text.node, text.module)?.toUpperCase() ?? []) ?? ['GET'];
      const permissions = argument(call, null, 'permission_classes');
      const guards = guardsOfClass(program, view, permissions && { node: permissions, module: one.module });
      const handler = handlerOf(program, { kind: 'function', node, module: one.module }, { node, module: one.module });
      const more = mappings(one.node, name);
      const path = pathOf(program.text(argument(call, null, 'url_path'), one.module) ?? name, true);
      return [{ path, answers: [...methods, ...more].map((method) => ({ method, handler, guards })) }];
    });
  });
}
/** `@name.mapping.delete` */
const mappings = (definition: Plain, name: string): readonly string[] =>
  within(childOf(definition, 'body'), ['decorator']).flatMap(({ text }) => {
    const [, of, method] = /^@(\w+)\.mapping\.(\w+)/.exec(text) ?? [];
    return of === name && method !== undefined ? [method.toUpperCase()] : [];
  });

/** The routes of `router.urls`; undefined: it is no router. */
export function routedBy(program: Python, at: Located): Routed | undefined {
  const isUrls = at.node.kind === 'attribute' && childOf(at.node, 'attribute')?.text === 'urls';
  const router = isUrls ? program.value(childOf(at.node, 'object'), at.module) : undefined;
  if (router?.kind !== 'call') return undefined;
  const names = program.lineage(router.of).map((one) => program.nameOf(one));
  if (!names.some((name) => /Router$/.test(name))) return undefined;
  const slash = /^False$/.test(argument(router.node, null, 'trailing_slash')?.text ?? '') ? '' : '/';
  const routes: Routed['routes'][number][] = [];
  const unknown: Located[] = [];
  if (names.some((name) => /DefaultRouter$/.test(name)))
    routes.push({
      path: '',
      registered: router,
      answers: [{ method: 'GET', handler: { ...placeOf(router), name: 'APIRootView' }, guards: [] }],
    });
  for (const call of program.calls('register')) {
    const object = childOf(childOf(call.node, 'function') ?? call.node, 'object');
    const target = object && program.value(object, call.module);
    if (target?.kind !== 'call' || target.node !== router.node) continue;
    const prefix = program.text(argument(call.node, 0, 'prefix'), call.module);
    const view = program.value(argument(call.node, 1, 'viewset'), call.module);
    if (prefix === undefined || view.kind !== 'class') unknown.push(call);
    else routes.push(...ofViewSet(program, view, { prefix: pathOf(prefix, true), slash, registered: call }));
  }
  return { routes, unknown };
}

function ofViewSet(
  program: Python,
  view: ClassValue,
  o: { readonly prefix: string; readonly slash: string; readonly registered: Located },
): Routed['routes'] {
  const { prefix, slash, registered } = o;
  const named = ['lookup_url_kwarg', 'lookup_field'].map((name) => program.attributeNode(view, name));
  const [lookup] = named.flatMap((one) => (one && program.text(one.node, one.module)) ?? []);
  const one = `{${lookup ?? 'pk'}}`;
  const base = prefix === '' ? '' : `${prefix}/`;
  const parts = [
    { path: `${prefix}${slash}`, answers: answering(program, view, collection) },
    ...extra(program, view, { isDetail: false }).map(({ path, answers }) => ({ path: `${base}${path}${slash}`, answers })),
    { path: `${base}${one}${slash}`, answers: answering(program, view, member) },
    ...extra(program, view, { isDetail: true }).map(({ path, answers }) => ({ path: `${base}${one}/${path}${slash}`, answers })),
  ];
  return parts.map((part) => ({ ...part, registered }));
}
