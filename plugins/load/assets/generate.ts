// The process that sends requests, in the network of the services and apart from the runner. One order a line on standard input, one
// answer a line on standard output, one after the other; it ends with its input.
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Answer, Checked, Order } from '../order.ts';
import { calibrate } from './parts/calibrate.ts';
import { oneConnection, send } from './parts/call.ts';
import { judges, SchemaFault } from './parts/expectation.ts';
import { runStorm } from './parts/storm.ts';
import { connections, takeTurn } from './parts/turn.ts';

const judgeOf = judges();
const kept = connections();

async function check({ target, timeoutMs }: Extract<Order, { kind: 'check' }>): Promise<Checked> {
  const judge = judgeOf(target.expect);
  const agent = oneConnection();
  try {
    const { status, body } = await send({ url: target.url, call: target.calls[0], agent, timeoutMs });
    return { status, wrong: judge.whole(status, body), bodied: body !== '', excerpt: body.slice(0, 500) };
  } catch (error) {
    return { status: undefined, wrong: error instanceof Error ? error.message : String(error), bodied: false, excerpt: '' };
  } finally {
    agent.destroy();
  }
}

async function obey(order: Order): Promise<Answer> {
  try {
    switch (order.kind) {
      case 'check':
        return { ok: true, value: await check(order) };
      case 'calibrate':
        return { ok: true, value: calibrate() };
      case 'load':
        return { ok: true, value: await runStorm(order, judgeOf(order.target.expect)) };
      case 'turn':
        return { ok: true, value: await takeTurn(order, { judge: judgeOf(order.target.expect), agent: kept(order.target.url) }) };
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof SchemaFault ? 'load/schema' : 'load/client', message };
  }
}

let before = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  before = before.then(async () => {
    process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as Order))}\n`);
  });
}
