import { parseQuantity, type QuantityFormat } from '../registry/quantity.ts';
import { type Node, numberOf, textOf } from './tree.ts';

/** The amount of a node that the grammar has found to be one; undefined where there is none. */
export function amountOf(node: Node | undefined, format: QuantityFormat): number | undefined {
  const text = textOf(node);
  return text === undefined ? numberOf(node) : parseQuantity(format, text.trim());
}
