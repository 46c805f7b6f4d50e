// What keeps the processor from everybody else, and what fills the memory.
import { isFunction, propertyName } from '../../ecma/node.ts';
import { nodesOf } from '../graph.ts';
import { packaged } from '../leaving.ts';
import { blocking, heavy, requestNames } from '../rules.ts';
import { calleeText, calls, type Finder } from './finder.ts';

export const blockingCalls: Finder = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    const of = packaged(reading, code.unit, call.callee);
    if (of === undefined || blocking[of.from]?.test(of.name) !== true) return [];
    return [{ node: call, what: `${calleeText(code, call)} blocks while it works.` }];
  });

export const heavyWork: Finder = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    const of = packaged(reading, code.unit, call.callee);
    const rule = of === undefined ? undefined : heavy.find((one) => one.from.test(of.from) && one.name.test(of.name));
    if (rule === undefined) return [];
    const given = Number(
      reading.js.constantText(code.unit, call.arguments[rule.argument]) ??
        reading.js.jsonOf(code.unit, call.arguments[rule.argument]),
    );
    if (!(given >= rule.least)) return [];
    return [
      { node: call, what: `${calleeText(code, call)} works with ${given} ${rule.unit}; from ${rule.least} on it takes long.` },
    ];
  });

/** A body that is gathered piece by piece, and its length compared with nothing. */
export const bodyWithoutLimit: Finder = (_, code) => {
  const { unit, fn } = code;
  const pieces = [
    ...calls(code).filter(
      ({ callee, arguments: [event, take] }) =>
        propertyName(callee) === 'on' &&
        callee.type === 'MemberExpression' &&
        requestNames.test(unit.textOf(callee.object)) &&
        event?.type === 'Literal' &&
        event.value === 'data' &&
        take !== undefined &&
        isFunction(take),
    ),
    ...nodesOf(code, 'ForOfStatement').filter((loop) => loop.await && requestNames.test(unit.textOf(loop.right))),
  ];
  const text = unit.textOf(fn);
  if (
    pieces.length === 0 ||
    /\b(length|byteLength|size|received|total|bytes)\b\s*(>|<)|\blimit\b|\bmax[A-Z_]|content-length/.test(text)
  )
    return [];
  if (!/\+=|\.push\(|concat\(/.test(text)) return [];
  return pieces.map((node) => ({ node, what: 'The body of the request is gathered whole, however long it is.' }));
};
