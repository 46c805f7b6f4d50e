// The stand-in's process, started and known to listen.
import { type OwnedProcess, pluginError } from '../../src/plugin-api.ts';
import type { StandInConfiguration } from './control.ts';

const logLimit = 4 * 1024 * 1024;

export class AccessLog {
  text = '';
  add(chunk: string): void {
    this.text = (this.text + chunk).slice(-logLimit);
  }
}

/** Resolves once it listens; throws a PluginError when it ends before. */
export async function listening(running: OwnedProcess, configuration: StandInConfiguration, log: AccessLog): Promise<void> {
  const input = running.stdin.getWriter();
  input.write(new TextEncoder().encode(`${JSON.stringify(configuration)}\n`)).catch(() => undefined);
  void follow(running.stderr, (text) => log.add(text));
  const said = new Promise<true>((resolve) => {
    let text = '';
    void follow(running.stdout, (chunk) => {
      text += chunk;
      if (text.includes('listening')) resolve(true);
    });
  });
  const first = await Promise.race([said, running.ended]);
  if (first === true) return;
  throw pluginError({
    code: 'upstream/not-started',
    message: `The stand-in ended (${first.exitCode ?? first.status}) before it listened: ${log.text.trim().slice(-1000) || first.stderr.slice(-1000)}`,
  });
}

async function follow(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  } catch {
    // A stream that breaks ends the log; the process's end is told apart.
  }
}
