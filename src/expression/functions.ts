import { Binary, type Expr, FunctionCall, Grouping, IndexAccess, Logical, Unary } from '@actions/expressions/ast';
import { wellKnownFunctions } from '@actions/expressions/funcs';
import type { FunctionInfo } from '@actions/expressions/funcs/info';
import { nearest } from '../diagnostics/nearest.ts';
import { type ExpressionProblem, expressionProblem } from './problem.ts';
import type { Spans } from './span.ts';
import { describeType, type ExpressionType, eitherOf, types } from './type.ts';

/** An argument with what is known about it. */
export interface Argument {
  readonly tree: Expr;
  readonly type: ExpressionType;
  /** When it is written as a text. */
  readonly text: string | undefined;
}

/** The library's functions by their lower-case names. Its table is an object, and so seems to have `constructor`. */
function functionOf(name: string): FunctionInfo | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(wellKnownFunctions, lower) ? wellKnownFunctions[lower] : undefined;
}

/** How a function is called, from its description: `contains(search, item)`. */
function usage({ name, description }: FunctionInfo): string {
  const shown = /`([^`]+)`/.exec(description ?? '')?.[1] ?? `${name}()`;
  return shown.replace(/\(\s+/, '(').replace(/\s+\)/, ')');
}
const nameOf = (info: FunctionInfo): string => usage(info).replace(/\(.*/s, '');
const functionNames = (): readonly string[] => Object.values(wellKnownFunctions).map((info) => nameOf(info as FunctionInfo));

/** What stands in for the functions of GitHub Actions that ask about a job or about files. */
const instead: Readonly<Record<string, string>> = {
  always: 'All gates of a phase run to their end, also behind a red one. Leave the condition out.',
  success: 'It is what happens without it: a step with `needs: [tests]` runs when the step `tests` ended green.',
  failure:
    'What follows a red gate is said by its phase: `on-failure: { retry-from: action, attempts: 3 }`. A gate that is not to block has `level: warn`.',
  cancelled: 'A run that was interrupted goes on with `bexpert resume`; no step runs because of it.',
  hashfiles:
    'A step that depends on files has `when-changed: ["src/**"]`; a set-up step whose result is kept has `cache-key: [package-lock.json]`.',
};

/** Checks a call and gives the type of its value. */
export function checkCall(options: {
  readonly call: FunctionCall;
  readonly given: readonly Argument[];
  readonly spans: Spans;
  readonly report: (problem: ExpressionProblem) => void;
}): ExpressionType {
  const { call, given, spans, report } = options;
  const written = call.functionName.lexeme;
  const info = functionOf(written);
  if (info === undefined) {
    report(unknown(written, spans.ofToken(call.functionName)));
    return types.any;
  }
  const name = nameOf(info);
  const expected = wrongCount(info, given.length);
  if (expected !== undefined) {
    const facts = { name, given: given.length, expected, usage: usage(info) };
    report(expressionProblem('expression/argument-count', facts, spans.of(call)));
    return resultOf(name, given);
  }
  for (const [index, argument] of given.entries()) {
    const what = wrongArgument(name, { ...argument, index }, given);
    if (what !== undefined) {
      report(expressionProblem('expression/argument', { name, what, usage: usage(info) }, spans.of(argument.tree)));
    }
  }
  return resultOf(name, given);
}

function unknown(written: string, span: { readonly offset: number; readonly length: number }): ExpressionProblem {
  const lower = written.toLowerCase();
  const other = Object.hasOwn(instead, lower) ? instead[lower] : undefined;
  if (other !== undefined) return expressionProblem('expression/github-function', { name: written, instead: other }, span);
  const known = functionNames();
  const near = nearest(written, known);
  return expressionProblem(
    'expression/unknown-function',
    { name: written, known, ...(near === undefined ? {} : { near }) },
    span,
  );
}

/** Why an expression cannot be evaluated although it can be parsed: the library would call whatever has that name. */
export function unknownCall(tree: Expr): string | undefined {
  for (const call of callsOf(tree)) {
    const info = functionOf(call.functionName.lexeme);
    if (info === undefined) return `there is no function \`${call.functionName.lexeme}\``;
    const expected = wrongCount(info, call.args.length);
    if (expected !== undefined) return `\`${nameOf(info)}\` takes ${expected}`;
  }
  return undefined;
}

function callsOf(tree: Expr): readonly FunctionCall[] {
  if (tree instanceof FunctionCall) return [tree, ...tree.args.flatMap(callsOf)];
  if (tree instanceof Logical) return tree.args.flatMap(callsOf);
  if (tree instanceof Binary) return [...callsOf(tree.left), ...callsOf(tree.right)];
  if (tree instanceof IndexAccess) return [...callsOf(tree.expr), ...callsOf(tree.index)];
  if (tree instanceof Unary) return callsOf(tree.expr);
  return tree instanceof Grouping ? callsOf(tree.group) : [];
}

/** What a function takes, in words, when it is not what it is given. */
function wrongCount({ name, minArgs, maxArgs }: FunctionInfo, given: number): string | undefined {
  if (name.toLowerCase() === 'case' && given % 2 === 0) return 'an odd number of arguments, the last one for all other cases';
  if (given >= minArgs && given <= maxArgs) return undefined;
  const noun = (count: number): string => `${count} ${count === 1 ? 'argument' : 'arguments'}`;
  if (minArgs === maxArgs) return noun(minArgs);
  return given < minArgs ? `at least ${noun(minArgs)}` : `at most ${noun(maxArgs)}`;
}

function wrongArgument(
  name: string,
  argument: Argument & { readonly index: number },
  all: readonly Argument[],
): string | undefined {
  const { type, text, index } = argument;
  const is = (...kinds: readonly ExpressionType['kind'][]): boolean =>
    (type.kind === 'either' ? type.types : [type]).every(({ kind }) => kinds.includes(kind));
  switch (name) {
    case 'case':
      if (index === all.length - 1 || index % 2 === 1 || !is('null', 'number', 'string', 'list', 'map', 'object'))
        return undefined;
      return `needs a condition here, and this is ${describeType(type)}`;
    case 'fromJSON':
      if (is('list', 'map', 'object', 'null')) return `reads a text, and this is ${describeType(type)}`;
      return text === undefined || isJson(text) ? undefined : 'cannot read this text: it is no JSON';
    case 'format':
      if (index === 0 && text !== undefined) return wrongFormat(text, all.length - 1);
      return is('list', 'map', 'object') ? `puts texts together, and this is ${describeType(type)}` : undefined;
    case 'join':
      return index === 0 && is('map', 'object', 'null')
        ? `joins the items of a list, and this is ${describeType(type)}`
        : undefined;
    case 'contains':
      if (index === 0) return is('map', 'object') ? `looks into a list or a text, and this is ${describeType(type)}` : undefined;
      return is('list', 'map', 'object')
        ? `looks for a text, a number or a boolean, and this is ${describeType(type)}`
        : undefined;
    case 'startsWith':
    case 'endsWith':
      return is('list', 'map', 'object') ? `compares texts, and this is ${describeType(type)}` : undefined;
    default:
      return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The rules of `format`: `{0}` is a value, `{{` and `}}` are braces. */
function wrongFormat(text: string, values: number): string | undefined {
  const rest = text.replace(/\{\{|\}\}/g, '');
  for (const [, number] of rest.matchAll(/\{(\d+)[^{}]*\}/g)) {
    if (Number(number) >= values)
      return `has ${values === 0 ? 'no value' : `${values} value${values === 1 ? '' : 's'}`}, and its text asks for \`{${number}}\`; the first one is \`{0}\``;
  }
  return /[{}]/.test(rest.replace(/\{\d+[^{}]*\}/g, ''))
    ? 'needs a number in braces, such as `{0}`; a brace itself is written twice'
    : undefined;
}

function resultOf(name: string, given: readonly Argument[]): ExpressionType {
  switch (name) {
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return types.boolean;
    case 'format':
    case 'join':
    case 'toJSON':
      return types.string;
    case 'case':
      return eitherOf(given.filter((_, index) => index % 2 === 1 || index === given.length - 1).map(({ type }) => type));
    default:
      return types.any;
  }
}
