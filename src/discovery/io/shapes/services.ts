// Calls of other services: what limits them, what repeats them.
import { outboundCall } from '../leaving.ts';
import { guardNames, guards } from '../rules.ts';
import { calls, type Finder, loopAround } from './finder.ts';

export const withoutTimeout: Finder = (o, code) =>
  calls(code).flatMap((call) => {
    const found = outboundCall(o.reading, code.unit, call);
    if (found === undefined || found.limited === 'yes') return [];
    if (found.limited === 'unknown') {
      o.unknown(code, call, `whether ${found.name} has a time-out is decided by options that the source does not show here`);
      return [];
    }
    const text = code.unit.textOf(code.fn);
    // node:http sets its limit on the request.
    if (/\.setTimeout\(/.test(text) || /\.race\(|withTimeout|pTimeout/.test(text)) return [];
    return [{ node: call, what: `${found.name} calls another service without a time limit.` }];
  });

export const withoutRetry: Finder = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    const found = outboundCall(reading, code.unit, call);
    if (found === undefined || loopAround(code, call) !== undefined) return [];
    if (code.unit.facts.imports.some(({ from }) => guards.test(from)) || guardNames.test(code.unit.text)) return [];
    return [
      { node: call, what: `Nothing near ${found.name} repeats it when it fails, or stops asking while the other side is down.` },
    ];
  });
