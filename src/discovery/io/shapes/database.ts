// Queries and transactions.
import type { CallExpression, Node } from 'oxc-parser';
import { bare, nameOf, propertyName } from '../../ecma/node.ts';
import { followed } from '../graph.ts';
import { isQuery } from '../leaving.ts';
import { transactionMethods } from '../rules.ts';
import { calleeText, calls, type Finder, outermost, whatWaits } from './finder.ts';

const opens = /^\s*(begin|start\s+transaction)\b/i;
const closes = /^\s*(commit|rollback|end)\b/i;

export const outboundInTransaction: Finder = (o, code) => {
  const { reading } = o;
  const all = calls(code);
  const text = (call: CallExpression): string =>
    isQuery(reading, code.unit, call) ? (reading.js.constantText(code.unit, call.arguments[0], followed) ?? '') : '';
  const begin = all.find((call) => opens.test(text(call)))?.start;
  const ends = begin === undefined ? [] : all.filter((call) => closes.test(text(call))).map(({ start }) => start);
  const inside = (call: CallExpression): boolean => {
    if (begin !== undefined && call.start > begin && ends.some((end) => end > call.start)) return true;
    for (let up: Node | null | undefined = call.parent; up !== null && up !== undefined && up !== code.fn; up = up.parent) {
      if (up.type !== 'CallExpression') continue;
      const callee = bare(up.callee);
      const name = propertyName(callee) ?? nameOf(callee);
      if (name !== undefined && transactionMethods.test(name)) return true;
    }
    return false;
  };
  return outermost(all.filter((call) => inside(call) && whatWaits(o, code, call).has('outbound')).map((call) => ({ call }))).map(
    ({ call }) => ({ node: call, what: `${calleeText(code, call)} calls another service inside a transaction.` }),
  );
};

export const textInQuery: Finder = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    if (!isQuery(reading, code.unit, call)) return [];
    const first = call.arguments[0];
    const value = reading.js.meaningOf(code.unit, first, followed);
    const written = value?.kind === 'other' ? value : first === undefined ? undefined : { node: first, unit: code.unit };
    if (written === undefined) return [];
    const node = bare(written.node);
    const joins =
      (node.type === 'TemplateLiteral' && node.expressions.length > 0) ||
      (node.type === 'BinaryExpression' && node.operator === '+');
    if (!joins || reading.js.constantText(written.unit, node, followed) !== undefined) return [];
    return [{ node: call, what: `The query of ${calleeText(code, call)} is put together from text and values.` }];
  });
