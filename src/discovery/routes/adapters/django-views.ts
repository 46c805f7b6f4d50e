import type { Guard, Route } from '../../contract/route.ts';
import { childOf, childrenOf, type Plain } from '../../grammar/plain.ts';
import { argument, argumentsOf, decoratorsOf } from '../../grammar/python/literal.ts';
import type { ClassValue, Located, Python, Value } from '../../grammar/python/values.ts';
import { guardFrom, handlerOf, looksLikeAuth } from './python-program.ts';

export interface Answer {
  readonly method: string;
  readonly handler: Route['handler'];
  readonly guards: readonly Guard[];
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What classes of Django and of packages answer, by the last part of their name. */
const known: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^RedirectView$/, verbs],
  [
    /^(Retrieve|List)APIView$|^(Template|List|Detail|Archive\w*|Year\w*|Month\w*|Week\w*|Day\w*|Today\w*|DateDetail)View$|^Spectacular\w*View$|^JavaScriptCatalog$/,
    ['GET'],
  ],
  [/^(Create|TokenObtain\w*|TokenRefresh\w*|TokenVerify\w*|TokenBlacklist|Token)(API)?View$|^ObtainAuthToken$/, ['POST']],
  [/^ListCreateAPIView$/, ['GET', 'POST']],
  [/^UpdateAPIView$/, ['PUT', 'PATCH']],
  [/^DestroyAPIView$/, ['DELETE']],
  [/^RetrieveUpdateAPIView$/, ['GET', 'PUT', 'PATCH']],
  [/^RetrieveDestroyAPIView$/, ['GET', 'DELETE']],
  [/^RetrieveUpdateDestroyAPIView$/, ['GET', 'PUT', 'PATCH', 'DELETE']],
  [/^DeleteView$/, ['GET', 'POST', 'DELETE']],
  [/^(Form|Create|Update|Login|PasswordChange|PasswordReset|PasswordResetConfirm)View$/, ['GET', 'POST', 'PUT']],
  [/^LogoutView$/, ['POST']],
  [/^GraphQLView$/, ['GET', 'POST']],
];
const verbsOf = (name: string): readonly string[] => {
  const last = name.split('.').at(-1) ?? '';
  // Django's own CreateView shows a form first; the one of REST framework is CreateAPIView.
  if (/^CreateView$/.test(last)) return ['GET', 'POST', 'PUT'];
  return known.find(([pattern]) => pattern.test(last))?.[1] ?? [];
};

/** Guards of a view: permission classes, mixins and decorators. `own`: permissions that an action has in their place. */
export function guardsOfClass(program: Python, view: ClassValue, own?: Located): readonly Guard[] {
  const listed = own ?? program.attributeNode(view, 'permission_classes');
  const permissions = (listed && program.list(listed.node, listed.module)) ?? [];
  const mixins = program
    .lineage(view)
    .filter((one) => /(Required|UserPassesTest|AccessMixin|Permission\w*)Mixin$/.test(program.nameOf(one)));
  return [
    ...decoratorsOf(view.node).flatMap((node) => decoratorGuard({ node, module: view.module })),
    ...mixins.map((one) => guardFrom(view, { by: program.nameOf(one).split('.').at(-1) ?? '', stage: 'class', isAuth: true })),
    ...permissions
      .filter(({ node }) => !/\bAllowAny$/.test(node.text))
      .map((one) => guardFrom(one, { by: one.node.text, stage: 'permission', isAuth: true })),
  ];
}
function decoratorGuard(at: Located): readonly Guard[] {
  const text = /method_decorator$/.test(childOf(at.node, 'function')?.text ?? '') ? argument(at.node, 0)?.text : undefined;
  const by = text ?? (childOf(at.node, 'function') ?? at.node).text;
  return /action$|api_view$|require_|^csrf|cache|\.setter|receiver|extend_schema|swagger/.test(by)
    ? []
    : [guardFrom(at, { by, stage: 'decorator', isAuth: looksLikeAuth(by) })];
}

const texts = (program: Python, at: { readonly node: Plain | undefined; readonly module: Located['module'] }) =>
  program.list(at.node, at.module)?.flatMap((one) => program.text(one.node, one.module)?.toUpperCase() ?? []);

function answersOfFunction(program: Python, view: ClassValue): readonly Answer[] {
  let methods: readonly string[] = ['ALL'];
  const guards: Guard[] = [];
  for (const node of decoratorsOf(view.node)) {
    const name = (childOf(node, 'function') ?? node).text.split('.').at(-1) ?? '';
    const at = { node, module: view.module };
    if (name === 'api_view') methods = texts(program, { ...at, node: argument(node, 0, 'http_method_names') }) ?? ['GET'];
    else if (name === 'require_http_methods') methods = texts(program, { ...at, node: argument(node, 0) }) ?? ['ALL'];
    else if (/^require_(GET|safe)$/.test(name)) methods = ['GET'];
    else if (name === 'require_POST') methods = ['POST'];
    else if (name === 'permission_classes')
      guards.push(...guardsOfClass(program, view, { ...at, node: argument(node, 0) ?? node }));
    else guards.push(...decoratorGuard(at));
  }
  const handler = handlerOf(program, view, view);
  const asked = methods.filter((method) => !/^(HEAD|OPTIONS)$/.test(method));
  return asked.map((method) => ({ method, handler, guards }));
}

/** Methods that `as_view()` of a class answers. */
function answersOfClass(program: Python, view: ClassValue): readonly Answer[] {
  const guards = guardsOfClass(program, view);
  const lineage = program.lineage(view);
  const allowed = program.attributeNode(view, 'http_method_names');
  const names = allowed && texts(program, allowed);
  return verbs.flatMap((method) => {
    if (names !== undefined && !names.includes(method)) return [];
    const own = program.attributeNode(view, method.toLowerCase());
    const isDefined = own !== undefined || lineage.some((one) => one.kind === 'outside' && verbsOf(one.name).includes(method));
    if (!isDefined) return [];
    const handler =
      own?.node.kind === 'function_definition'
        ? handlerOf(program, { kind: 'function', ...own }, own)
        : handlerOf(program, view, view);
    return [
      {
        method,
        handler,
        guards: [...guards, ...(own ? decoratorsOf(own.node).flatMap((node) => decoratorGuard({ ...own, node })) : [])],
      },
    ];
  });
}

/** `{'get': 'list'}` of a view set. */
function mapped(program: Python, view: ClassValue, at: Located): readonly Answer[] {
  return childrenOf(at.node, 'pair').flatMap((pair) => {
    const method = program.text(childOf(pair, 'key'), at.module)?.toUpperCase();
    const action = program.text(childOf(pair, 'value'), at.module);
    const own = action === undefined ? undefined : program.attributeNode(view, action);
    const handler =
      own?.node.kind === 'function_definition'
        ? handlerOf(program, { kind: 'function', ...own }, own)
        : handlerOf(program, view, view);
    return method === undefined ? [] : [{ method, handler, guards: guardsOfClass(program, view) }];
  });
}

/** What answers where a pattern names a view; undefined: not known. */
export function answersOf(program: Python, at: Located, value: Value): readonly Answer[] | undefined {
  if (value.kind === 'function') return answersOfFunction(program, value);
  const alias = at.node.kind === 'call' ? undefined : program.aliasOf(at.node, at.module);
  const call = at.node.kind === 'call' ? at : alias;
  if (call?.node.kind !== 'call')
    return value.kind === 'outside' && value.name.includes('.')
      ? [{ method: 'ALL', handler: handlerOf(program, value, at), guards: [] }]
      : undefined;
  const called = childOf(call.node, 'function');
  if (called && childOf(called, 'attribute')?.text === 'as_view') {
    const view = program.value(childOf(called, 'object'), call.module);
    const map = argumentsOf(call.node).positional.find(({ kind }) => kind === 'dictionary');
    if (view.kind === 'class') return map ? mapped(program, view, { ...call, node: map }) : answersOfClass(program, view);
    const name = program.nameOf(view);
    const methods = verbsOf(name);
    const handler = handlerOf(program, view, at);
    return name.includes('.')
      ? (methods.length > 0 ? methods : ['ALL']).map((method) => ({ method, handler, guards: [] }))
      : undefined;
  }
  // `login_required(view)`: what is around a view.
  const inner = argument(call.node, 0);
  if (inner === undefined || called === undefined) return undefined;
  const answers = answersOf(program, { ...call, node: inner }, program.value(inner, call.module));
  return answers?.map((one) => ({ ...one, guards: [...decoratorGuard({ ...call, node: called }), ...one.guards] }));
}
