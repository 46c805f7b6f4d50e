import path from 'node:path';
import { nearest } from '../diagnostics/nearest.ts';
import type { Answer, Fact } from '../explain/answer.ts';
import { codesOf, explainCode } from '../explain/codes.ts';
import { explainMeaning, explainPlugin, keysNamed, languageKeys, meaningAt } from '../explain/language.ts';
import { explainVerdict, verdictNames } from '../explain/verdicts.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import { partsOf } from '../playbook/policy-path.ts';
import type { Prepared } from '../playbook/prepare.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { createInk, type Ink, wantsColor } from '../report/ink.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { builtInPlugins, teamPlugins } from './known-plugins.ts';
import { prepareHere } from './prepare-here.ts';

export interface ExplainCall {
  /** A code, a key, a plugin, or a path in the playbook. */
  readonly what?: string;
  readonly playbook?: string;
  /** A file of the repository. */
  readonly path?: string;
  readonly repo?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** `bexpert explain`: what a code or a key means; what a playbook says at a path, and where; which rule decides about a file. */
export async function explain(call: ExplainCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) return refuse(io, scope.error);
  if ((call.what === undefined) === (call.path === undefined) || (call.path !== undefined && call.playbook === undefined)) {
    const why =
      call.path === undefined ? 'name one thing to explain' : '`--path` asks about a playbook: name it with `--playbook`';
    return refuse(io, [problem('cli/usage', { what: why, command: 'explain' })]);
  }
  const prepared = call.playbook === undefined ? undefined : await preparedFor(call.playbook, call, io);
  if (prepared !== undefined && !prepared.ok) return refuse(io, prepared.error, prepared.sources);
  // A repository's own plugins are built only where what is asked about is none of bexpert's.
  const shipped = await builtInPlugins();
  const answers = await answersTo(call, { scope: scope.value, prepared: prepared?.value, plugins: shipped, io });
  if (answers.length > 0) return show(answers, call, io);
  const own = await teamPlugins(scope.value);
  const plugins = [...shipped, ...(own.ok ? own.value : [])];
  const late = await answersTo(call, { scope: scope.value, prepared: prepared?.value, plugins, io });
  if (late.length > 0) return show(late, call, io);
  const { pathsIn } = await import('../explain/value.ts');
  const paths = prepared?.value.merged === undefined ? [] : pathsIn(prepared.value.merged.root);
  return refuse(io, [unknown(call.what ?? '', plugins, paths)]);
}

interface Surroundings {
  readonly scope: string;
  readonly prepared: Prepared | undefined;
  readonly plugins: readonly NamedPlugin[];
  readonly io: Io;
}

async function answersTo(
  { what = '', path: file }: ExplainCall,
  { scope, prepared, plugins, io }: Surroundings,
): Promise<readonly Answer[]> {
  if (file !== undefined) {
    const { explainAccess } = await import('../explain/access.ts');
    const relative = path.relative(scope, path.resolve(io.cwd, file)).split(path.sep).join('/');
    return prepared?.plan === undefined ? [] : explainAccess(relative, prepared.plan, scope);
  }
  const code = explainCode(what, plugins) ?? explainVerdict(what);
  if (code !== undefined) return [code];
  if (prepared?.merged !== undefined) {
    const { explainValue } = await import('../explain/value.ts');
    const value = explainValue(what, prepared.merged, plugins);
    if (value !== undefined) return [value];
  }
  const meaning = meaningAt(partsOf(what), plugins);
  const named = what.includes('.') ? [] : keysNamed(what);
  const plugin = explainPlugin(what, plugins);
  const keys =
    meaning === undefined ? named : [meaning, ...named.filter((each) => each.kind !== 'key' || each.part !== 'playbook')];
  return [...keys.map(explainMeaning), ...(plugin === undefined ? [] : [plugin])];
}

/** A playbook whose inputs are not given says enough. */
async function preparedFor(playbook: string, call: ExplainCall, io: Io) {
  const { repo, state } = call;
  const options = {
    playbook,
    input: [],
    mode: 'verify' as const,
    ...(repo === undefined ? {} : { repo }),
    ...(state === undefined ? {} : { state }),
  };
  const prepared = await prepareHere(options, io);
  if (!prepared.ok) return { ok: false as const, error: prepared.error, sources: [] };
  const { diagnostics, merged, plan, sources } = prepared.value;
  const errors = diagnostics.filter(({ code, severity }) => severity === 'error' && code !== 'input/missing');
  const usable = call.path === undefined ? merged !== undefined : plan !== undefined;
  return usable && errors.length === 0
    ? { ok: true as const, value: prepared.value }
    : { ok: false as const, error: diagnostics, sources };
}

async function refuse(io: Io, list: readonly Diagnostic[], sources: Prepared['sources'] = []): Promise<number> {
  await complain(io, list, { sources });
  return exitCodes.badPlaybook;
}

/** `paths`: of the playbook that was named; its last names are enough to be understood. */
function unknown(what: string, plugins: readonly NamedPlugin[], paths: readonly string[]): Diagnostic {
  const known = [...paths, ...codesOf(plugins), ...languageKeys, ...plugins.map(({ uses }) => uses), ...verdictNames];
  const near = paths.find((path) => path.endsWith(`.${what}`)) ?? nearest(what, known);
  return problem('cli/nothing-to-explain', { what, ...(near === undefined ? {} : { near }) });
}

function show(answers: readonly Answer[], call: ExplainCall, io: Io): number {
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  io.stdout.write(
    call.json === true
      ? `${JSON.stringify({ format: 1, answers: answers.map(({ facts: list, ...answer }) => ({ ...answer, facts: list.map(([name, text]) => ({ name, text })) })) }, undefined, 2)}\n`
      : `${wrapLines(
          answers.flatMap((answer, index) => [...(index === 0 ? [] : ['']), ...lines(answer, ink)]),
          wrapAt(io.stdout),
        ).join('\n')}\n`,
  );
  return exitCodes.proven;
}

function lines({ subject, means, facts: list }: Answer, ink: Ink): readonly string[] {
  const width = Math.max(0, ...list.map(([name]) => name.length));
  return [ink.bold(subject), `  ${means}`, ...list.map(([name, text]: Fact) => `  ${ink.dim(name.padEnd(width))}  ${text}`)];
}
