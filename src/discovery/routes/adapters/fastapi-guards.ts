import type { Guard } from '../../contract/route.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { argument } from '../../grammar/python/literal.ts';
import { parametersOf } from '../../grammar/python/names.ts';
import type { Located, Python, Value } from '../../grammar/python/values.ts';
import { guardFrom, looksLikeAuth } from './python-program.ts';

const isDependency = (program: Python, call: Located): boolean =>
  /^fastapi\.(params\.|security\.)?(Depends|Security)$/.test(program.callName(call.node, call.module));

/** Calls of `Depends` and `Security` in an expression; an alias such as `CurrentUser = Annotated[User, Depends(current)]` is followed. */
function dependencies(
  program: Python,
  at: { readonly node: Plain | undefined; readonly module: Located['module'] },
  depth = 0,
): readonly Located[] {
  const { node, module } = at;
  if (node === undefined || depth > 5) return [];
  const here = within(node, ['call'])
    .map((call) => ({ node: call, module }))
    .filter((call) => isDependency(program, call));
  if (here.length > 0) return here;
  return within(node, ['identifier', 'attribute']).flatMap((name) => {
    const alias = program.aliasOf(name, module);
    return alias === undefined ? [] : dependencies(program, alias, depth + 1);
  });
}

/** Is it, or does it depend on, what looks for credentials? */
function provesWho(program: Python, value: Value, depth = 0): boolean {
  if (depth > 5) return false;
  if (value.kind === 'call')
    return /^fastapi\.security\./.test(program.nameOf(value.of)) || provesWho(program, value.of, depth + 1);
  if (value.kind === 'class') return program.lineage(value).some((one) => /^fastapi\.security\./.test(program.nameOf(one)));
  if (value.kind !== 'function') return false;
  if (/status\.HTTP_401|\b401\b|[Aa]uthorization/.test(value.node.text)) return true;
  return [...parametersOf(value.node).values()].some((node) =>
    dependencies(program, { node, module: value.module }).some((one) =>
      provesWho(program, program.value(argument(one.node, 0, 'dependency'), one.module), depth + 1),
    ),
  );
}

function guard(program: Python, at: Located): Guard {
  const given = argument(at.node, 0, 'dependency');
  const by = given?.text.replace(/\s+/g, ' ') ?? at.node.text;
  const scopes =
    program.list(argument(at.node, 1, 'scopes'), at.module)?.flatMap((one) => program.text(one.node, one.module) ?? []) ?? [];
  const value = program.value(given, at.module);
  const isSecurity = program.callName(at.node, at.module).endsWith('Security');
  const isAuth = isSecurity || looksLikeAuth(by) || provesWho(program, value);
  return guardFrom(at, { by, stage: 'dependency', isAuth, scopes });
}

/** Guards of `dependencies=[Depends(x)]`. */
export const guardsIn = (
  program: Python,
  at: { readonly node: Plain | undefined; readonly module: Located['module'] },
): readonly Guard[] => {
  const items = program.list(at.node, at.module) ?? [];
  return items.flatMap((one) => dependencies(program, one)).map((one) => guard(program, one));
};

/** Guards among the parameters of the function that answers. */
export const guardsOfParameters = (program: Python, { node, module }: Located): readonly Guard[] =>
  namedOf(childOf(node, 'parameters'))
    .flatMap((parameter) => dependencies(program, { node: parameter, module }))
    .map((one) => guard(program, one));
