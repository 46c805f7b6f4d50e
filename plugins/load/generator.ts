// The plugin's end of the process that generates load (assets/generate.ts).
import { type Host, type OwnedProcess, pluginError, type ServiceInstance } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import type { Answer, AnswerTo, Order } from './order.ts';

export interface Generator extends AsyncDisposable {
  ask<K extends Order['kind']>(order: Extract<Order, { readonly kind: K }>): Promise<AnswerTo[K]>;
}

/** Starts it in the pod of an instance; it serves all instances of the step, one order after the other. */
export async function startGenerator(host: Host<typeof manifest>, pod: ServiceInstance): Promise<Generator> {
  const running = await host.commands.spawn('node', [host.asset('generate.mjs')], { services: [pod] });
  const input = running.stdin.getWriter();
  const errors = textOf(running.stderr);
  const lines = linesOf(running.stdout);
  return {
    async ask<K extends Order['kind']>(order: Extract<Order, { readonly kind: K }>) {
      // A process that ended says so by the end of its output.
      input.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`)).catch(() => undefined);
      const { value: line } = await lines.next();
      if (line === undefined) throw await ended(running, errors);
      const answer = JSON.parse(line) as Answer;
      if (answer.ok) return answer.value as AnswerTo[K];
      throw pluginError({
        code: answer.code,
        message:
          answer.code === 'load/schema'
            ? `\`expect.schema\` is no JSON Schema that can be used: ${answer.message}`
            : `The load generator failed: ${answer.message}`,
      });
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
    },
  };
}

async function ended(running: OwnedProcess, errors: Promise<string>): Promise<Error> {
  const result = await running.ended;
  return pluginError({
    code: 'load/client',
    message: `The load generator ended (${result.exitCode ?? result.status}) before it answered. ${(await errors).trim().slice(-1000)}`,
  });
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  } catch {
    // A stream that breaks ends here; the process's end is told apart.
  }
  return undefined;
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-10_000);
  } catch {
    // As above.
  }
  return text;
}
