import { Agent, request } from 'node:http';
import type { Call } from '../../order.ts';

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly microseconds: number;
}

/** One connection that is kept open. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Sends one request and reads the whole answer. Rejects with an error in words when none comes. */
export function send(o: {
  readonly url: string;
  readonly call: Call;
  readonly agent: Agent;
  readonly timeoutMs: number;
}): Promise<Answered> {
  const { hostname, port } = new URL(o.url);
  const { method, path, headers, body } = o.call;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const sent = request({ hostname, port, method, path, headers, agent: o.agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => fail(error));
      response.on('aborted', () => fail(new Error('the connection was closed within the answer')));
      response.on('end', () => {
        clearTimeout(limit);
        if (!response.complete) return;
        const microseconds = (performance.now() - started) * 1000;
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), microseconds });
      });
    });
    const limit = setTimeout(() => sent.destroy(new Error(`no answer within ${o.timeoutMs / 1000} s`)), o.timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(limit);
      reject(error);
    };
    sent.on('error', fail);
    sent.end(body);
  });
}
