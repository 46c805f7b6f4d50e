import { createInterface } from 'node:readline/promises';

/** Asks for one line. Undefined at the end of the input, and when the call is interrupted. */
export async function promptOn(options: {
  readonly question: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}): Promise<string | undefined> {
  const { question, input, output, signal } = options;
  // Lines as they are typed: Ctrl-C stays a signal of the process.
  const lines = createInterface({ input, output, terminal: false });
  try {
    const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}
