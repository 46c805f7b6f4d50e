// A closed loop of some connections through autocannon. Times come from its `response` event in microseconds: its own histogram holds
// whole milliseconds, leaves out time-outs, and corrects for coordinated omission by a wrong interval.
import autocannon from 'autocannon';
import { Int32Histogram } from 'hdr-histogram-js';
import type { Loaded, Order } from '../../order.ts';
import { mendClient } from './autocannon-client.ts';
import { watchClient } from './client-state.ts';
import type { Judge } from './expectation.ts';

const bodiesChecked = 100;
const mostStretches = 10;
const fewestStretches = 4;
const kept = 5;
const closed = 'the connection was closed before the answer';

class Tally {
  readonly names: Record<string, number> = {};
  total = 0;
  add(name: string, count = 1): void {
    this.total += count;
    if (this.names[name] !== undefined || Object.keys(this.names).length < kept)
      this.names[name] = (this.names[name] ?? 0) + count;
  }
}

export async function runStorm(order: Extract<Order, { kind: 'load' }>, judge: Judge): Promise<Loaded> {
  const { target, work } = order;
  const histogram = new Int32Histogram(1, 7_200_000_000, 3);
  const [wrong, failed, unanswered] = [new Tally(), new Tally(), new Tally()];
  const doneAt: number[] = [];
  let seen = 0;
  let named = 0;
  let last = 0;
  let stopped = false;
  const every = 'amount' in work ? Math.max(1, Math.floor(work.amount / bodiesChecked)) : 20;

  const problemOf = (status: number, body: string): string | undefined => {
    const wholly = seen % every === 0;
    seen += 1;
    const basic = judge.status(status);
    if (basic !== undefined) return basic;
    if (order.bodied && body === '') return 'an empty body';
    // autocannon decodes a body piece by piece, so a character of several bytes may be torn.
    return wholly && !body.includes('\uFFFD') ? judge.whole(status, body) : undefined;
  };
  const onResponse = (status: number, body: string) => {
    const problem = problemOf(status, body);
    if (problem === undefined) doneAt.push(performance.now());
    else if (status >= 500) failed.add(`status ${status}`);
    else wrong.add(problem);
    stopWhenHopeless();
  };
  const requests = target.calls.map(({ method, path, headers, body }) => ({
    method: method as 'GET',
    path,
    headers,
    ...(body === undefined ? {} : { body }),
    onResponse,
  }));

  const state = watchClient();
  const started = performance.now();
  let connection = 0;
  const running = autocannon(
    {
      url: target.url,
      connections: 'amount' in work ? Math.min(order.connections, work.amount) : order.connections,
      ...('amount' in work ? { amount: work.amount } : { duration: work.durationMs / 1000 }),
      timeout: order.timeoutMs / 1000,
      sampleInt: 20,
      requests,
      setupClient: (client) => {
        const offset = connection++ % requests.length;
        client.setRequests([...requests.slice(offset), ...requests.slice(0, offset)]);
        mendClient(client, (count) => {
          last = performance.now();
          histogram.recordValueWithCount(order.timeoutMs * 1000, count);
          unanswered.total += count;
          // An error of the connection was told just before and has the name already.
          if (named > 0) named -= 1;
          else unanswered.add(closed, 0);
          stopWhenHopeless();
        });
      },
    },
    () => undefined,
  );
  function stopWhenHopeless(): void {
    if (stopped || failed.total + unanswered.total + wrong.total < order.stopAfterErrors) return;
    stopped = true;
    running.stop();
  }
  running.on('response', (_client, _status, _bytes, milliseconds) => {
    last = performance.now();
    histogram.recordValue(Math.max(1, Math.round(milliseconds * 1000)));
  });
  running.on('reqError', (error: Error) => {
    if (error.message === 'request timed out') {
      last = performance.now();
      histogram.recordValue(order.timeoutMs * 1000);
      unanswered.add(`no answer within ${order.timeoutMs / 1000} s`);
      stopWhenHopeless();
    } else {
      named += 1;
      unanswered.add(error.message, 0);
    }
  });
  await new Promise<void>((resolve, reject) => {
    running.on('done', () => resolve());
    running.on('error', reject);
  });

  return {
    sent: doneAt.length + wrong.total + failed.total + unanswered.total,
    right: doneAt.length,
    wrong: wrong.total,
    failed: failed.total,
    unanswered: unanswered.total,
    wrongs: wrong.names,
    errors: { ...failed.names, ...unanswered.names },
    elapsedMs: Math.max(0.001, last - started),
    ...stretchesOf(doneAt, { started, connections: order.connections }),
    histogram: valuesOf(histogram),
    stoppedEarly: stopped,
    client: state(),
  };
}

/** Connections that began together are answered in waves, so a stretch holds at least two of them. */
function stretchesOf(
  doneAt: readonly number[],
  o: { readonly started: number; readonly connections: number },
): Pick<Loaded, 'stretches' | 'perStretch'> {
  const count = Math.min(mostStretches, Math.floor(doneAt.length / (2 * o.connections)));
  if (count < fewestStretches) return { stretches: [], perStretch: 0 };
  const size = Math.floor(doneAt.length / count);
  const stretches = Array.from({ length: count }, (_, index) => {
    const from = index === 0 ? o.started : (doneAt[index * size - 1] ?? 0);
    return (doneAt[(index + 1) * size - 1] ?? 0) - from;
  });
  return { stretches, perStretch: size };
}

function valuesOf(histogram: Int32Histogram): readonly (readonly [number, number])[] {
  const values: [number, number][] = [];
  const steps = histogram.recordedValuesIterator;
  steps.reset();
  while (steps.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = steps.next();
    values.push([valueIteratedTo, countAddedInThisIterationStep]);
  }
  return values;
}
