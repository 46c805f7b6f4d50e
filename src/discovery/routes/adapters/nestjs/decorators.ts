// Decorators, and those that a decorator of the project puts together: https://docs.nestjs.com/custom-decorators#decorator-composition
import type { Decorator, Node } from 'oxc-parser';
import type { Element, Round, Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, isFunction } from '../../../ecma/node.ts';

/** A decorator as it counts in the end. */
export interface Applied {
  /** The package that it is of; null: the project's own. */
  readonly from: string | null;
  readonly name: string;
  /** As it is called in the project. */
  readonly as: string;
  readonly arguments: readonly Node[];
  readonly unit: EcmaUnit;
  readonly round: Round | undefined;
  /** Where it is written, and what it is given there: of the project's own decorator where that one stands for it. */
  readonly written: { readonly unit: EcmaUnit; readonly node: Node; readonly arguments: readonly Node[]; readonly name: string };
}
interface Made {
  readonly unit: EcmaUnit;
  readonly round: Round | undefined;
  readonly written: Applied['written'];
  readonly depth: number;
}

/** `@nestjs/common/decorators` is a part of `@nestjs/common`. */
export const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
export const plainName = (name: string): string => name.replace(/^(default|\*)\./, '');

export function decoratorsOf(reading: Reading, unit: EcmaUnit, of: readonly Decorator[] | undefined): readonly Applied[] {
  return (of ?? []).flatMap((node) => {
    const expression = bare(node.expression);
    const given = expression.type === 'CallExpression' ? expression.arguments : [];
    const callee = expression.type === 'CallExpression' ? bare(expression.callee) : expression;
    const written = { unit, node, arguments: given, name: unit.excerpt(callee) };
    return applied(reading, expression, { unit, round: undefined, written, depth: 0 });
  });
}

function applied(reading: Reading, expression: Node, made: Made): readonly Applied[] {
  if (made.depth > 4) return [];
  const { unit, round, written, depth } = made;
  const call = expression.type === 'CallExpression' ? expression : undefined;
  const callee = bare(call?.callee ?? expression);
  const given = call?.arguments ?? [];
  const as = unit.excerpt(callee);
  const value = reading.js.meaningOf(unit, callee, question(round));
  if (value === undefined) return [{ from: null, name: as, as, arguments: given, unit, round, written }];
  switch (value.kind) {
    case 'external': {
      const name = plainName(value.name);
      if (name === 'applyDecorators') return given.flatMap((one) => applied(reading, bare(one), { ...made, depth: depth + 1 }));
      return [{ from: packageOf(value.from), name, as, arguments: given, unit, round, written }];
    }
    // `const Open = SetMetadata('open', true)`, `const Roles = Reflector.createDecorator<string[]>()`
    case 'made': {
      const name = plainName(value.name);
      const inner = { ...made, unit: value.unit, round: value.round, depth: depth + 1 };
      if (name === 'applyDecorators') return value.call.arguments.flatMap((one) => applied(reading, bare(one), inner));
      return [
        { from: packageOf(value.from), name, as, arguments: value.call.arguments, unit: value.unit, round: value.round, written },
      ];
    }
    case 'function':
      return [
        { from: null, name: as, as, arguments: given, unit, round, written },
        ...inside(reading, value, { ...made, given }),
      ];
    default:
      return [];
  }
}
export const question = (round: Round | undefined) => (round === undefined ? {} : { round });

/** What a decorator of the project calls, wherever it does: `applyDecorators(…)`, or one after the other on its target. */
function inside(
  reading: Reading,
  fn: Value & { readonly kind: 'function' },
  made: Made & { readonly given: readonly Node[] },
): readonly Applied[] {
  if (!isFunction(fn.node)) return [];
  const { js } = reading;
  const values = made.given.map((one) => js.meaningOf(made.unit, one, question(made.round)));
  const turn: Element = { value: values[0], key: '0', given: values };
  const round: Round = new Map([...(made.round ?? []), [js.keyOf(fn.unit, fn.node), turn] as const]);
  const inner = { unit: fn.unit, round, written: made.written, depth: made.depth + 1 };
  return fn.unit.nodes('CallExpression').flatMap((call) => {
    if (call.start < fn.node.start || call.end > fn.node.end) return [];
    const value = js.meaningOf(fn.unit, call.callee);
    if (value?.kind !== 'external' && value?.kind !== 'function' && value?.kind !== 'made') return [];
    if (value.kind !== 'function' && (!value.from.startsWith('@nestjs/') || plainName(value.name) === 'applyDecorators'))
      return [];
    return applied(reading, call, inner);
  });
}
