// The turn of one side of a comparison: some requests, one at a time.
import type { Agent } from 'node:http';
import type { Order, TurnTaken } from '../../order.ts';
import { oneConnection, send } from './call.ts';
import type { Judge } from './expectation.ts';

/** A service that stood still for longer may close a connection as idle as soon as it goes on. */
const idleMs = 1000;
const enoughTrouble = 5;

/** The connection of each service, by its address. */
export function connections(): (url: string) => Agent {
  const open = new Map<string, { readonly agent: Agent; used: number }>();
  return (url) => {
    const now = performance.now();
    const known = open.get(url);
    if (known !== undefined && now - known.used < idleMs) {
      known.used = now;
      return known.agent;
    }
    known?.agent.destroy();
    const agent = oneConnection();
    open.set(url, { agent, used: now });
    return agent;
  };
}

export async function takeTurn(
  order: Extract<Order, { kind: 'turn' }>,
  o: { readonly judge: Judge; readonly agent: Agent },
): Promise<TurnTaken> {
  const { target, timeoutMs, bodied } = order;
  const times: number[] = [];
  let [sent, wrong, failed] = [0, 0, 0];
  let example: string | undefined;
  while (sent < order.requests && wrong + failed < enoughTrouble) {
    const call = target.calls[(order.from + sent) % target.calls.length] ?? target.calls[0];
    sent += 1;
    try {
      const { status, body, microseconds } = await send({ url: target.url, call, agent: o.agent, timeoutMs });
      const problem = o.judge.whole(status, body) ?? (bodied && body === '' ? 'an empty body' : undefined);
      if (problem === undefined) {
        if (sent > 1) times.push(microseconds);
        continue;
      }
      example ??= problem;
      if (status >= 500 && o.judge.status(status) !== undefined) failed += 1;
      else wrong += 1;
    } catch (error) {
      example ??= error instanceof Error ? error.message : String(error);
      failed += 1;
    }
  }
  return { times, sent, wrong, failed, example };
}
