import type { Node } from 'oxc-parser';
import type { Round } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare } from '../../../ecma/node.ts';
import { plainName, question } from './decorators.ts';

interface At {
  readonly unit: EcmaUnit;
  readonly round?: Round | undefined;
}
/** One text or a list of them, as paths and versions are given; null: `VERSION_NEUTRAL`. Undefined: known only while the program runs. */
export function textsOf(reading: Reading, at: At, node: Node | undefined): readonly (string | null)[] | undefined {
  if (node === undefined) return undefined;
  const { js } = reading;
  const asked = question(at.round);
  const one = js.constantText(at.unit, node, asked);
  if (one !== undefined) return [one];
  const value = js.meaningOf(at.unit, node, asked);
  if (value?.kind === 'external' && plainName(value.name) === 'VERSION_NEUTRAL') return [null];
  if (value?.kind === 'text') return [value.text];
  if (value?.kind !== 'array' || value.node.type !== 'ArrayExpression') return undefined;
  const parts = value.node.elements.map((element) =>
    element === null || element.type === 'SpreadElement'
      ? undefined
      : textsOf(reading, { unit: value.unit, round: value.round }, element),
  );
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

/** The text of an expression with what only a running program knows left out. */
export function knownText(reading: Reading, unit: EcmaUnit, node: Node): { readonly text: string; readonly whole: boolean } {
  const text = reading.js.constantText(unit, node);
  if (text !== undefined) return { text, whole: true };
  const written = bare(node);
  const declaration = written.type === 'Identifier' ? reading.js.declarationOf(unit, written) : undefined;
  if (declaration?.kind === 'value' && declaration.path.length === 0 && declaration.node !== written)
    return { ...knownText(reading, unit, declaration.node), whole: false };
  if (written.type !== 'TemplateLiteral') return { text: '', whole: false };
  const parts = written.quasis.map((quasi, n) => {
    const expression = written.expressions[n];
    const inner = expression === undefined ? '' : (reading.js.constantText(unit, expression) ?? '');
    return `${quasi.value.cooked ?? ''}${inner}`;
  });
  return { text: parts.join(''), whole: false };
}
