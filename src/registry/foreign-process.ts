// One call of a plugin in another language: a request in, notes on the way, an answer out.
import { type ExecHost, type ExecResult, type Json, type Logger, type PluginError, pluginError } from '../plugin-api.ts';
import { noteForms } from './foreign-protocol.ts';
import { misfits } from './misfit.ts';

const mostOutput = 16 * 1024 * 1024;
const mostNotes = 64 * 1024 * 1024;
const longestLine = 64 * 1024;

export interface ForeignCall {
  readonly plugin: string;
  readonly argv: readonly string[];
  readonly request: Json;
  /** Milliseconds until it is told to stop. */
  readonly withinMs: number;
}
export type ForeignHost = Pick<ExecHost, 'commands' | 'asset' | 'trees' | 'log' | 'progress' | 'signal'>;

/** What it printed on standard output. Throws a PluginError where it did not come to an end of its own. */
export async function callForeign(
  host: ForeignHost,
  call: ForeignCall,
  options: Parameters<ExecHost['commands']['spawn']>[2] = {},
): Promise<Uint8Array> {
  const [file = '', ...args] = call.argv;
  const tree = options.tree ?? host.trees.candidate;
  await using started = await host.commands.spawn(file, args, {
    ...options,
    cwd: relative(tree.path, host.asset('')),
    // A compiled module beside its source would change what is pinned.
    env: { PYTHONDONTWRITEBYTECODE: '1', ...options.env },
  });
  let why: PluginError | undefined;
  let toldToStop = false;
  const end = (reason: PluginError) => {
    why ??= reason;
    void started.stop('SIGKILL');
  };
  const timer = setTimeout(() => {
    toldToStop = true;
    void started.stop();
  }, call.withinMs);
  try {
    const flood = (stream: string, most: number) => () =>
      end(
        pluginError({
          code: 'foreign/flood',
          message: `The plugin ${call.plugin} printed more than ${most / 1024 / 1024} MiB on standard ${stream} and was ended.`,
          hint: 'Large results belong in files of the folder `output`, which the answer names as artifacts.',
        }),
      );
    const printed = collect(started.stdout, mostOutput, flood('output', mostOutput));
    const noted = notes(started.stderr, host, flood('error', mostNotes));
    // It may end before it has read all: what it answers, or how it ended, says more.
    await feed(started.stdin, JSON.stringify(call.request)).catch(() => undefined);
    const result = await started.ended;
    host.signal.throwIfAborted();
    const output = await printed;
    await noted;
    const fault = why ?? faultOf(result, { ...call, toldToStop });
    if (fault !== undefined) throw fault;
    return output;
  } finally {
    clearTimeout(timer);
  }
}

/** Both are absolute, and folders as commands see them. */
function relative(from: string, to: string): string {
  return `${from.split('/').filter(Boolean).fill('..').join('/')}/${to.replace(/^\/+/, '')}`;
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

async function collect(stream: ReadableStream<Uint8Array>, most: number, tooMuch: () => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > most) tooMuch();
    else chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** JSON lines are progress and log lines; all other text is for whoever looks for a fault. */
async function notes(stream: ReadableStream<Uint8Array>, host: ForeignHost, tooMuch: () => void): Promise<void> {
  const decoder = new TextDecoder();
  let line = '';
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > mostNotes) tooMuch();
    else {
      const lines = (line + decoder.decode(chunk, { stream: true })).split('\n');
      line = (lines.pop() ?? '').slice(0, longestLine);
      for (const whole of lines) note(whole, host);
    }
  }
  note(line, host);
}

function note(line: string, host: ForeignHost): void {
  const text = line.trim();
  if (text === '') return;
  const value = text.startsWith('{') ? parsed(text) : undefined;
  if (fits<{ progress: number; label: string }>(noteForms.progress, value)) {
    host.progress(Math.min(1, Math.max(0, value.progress)), value.label);
  } else if (fits<{ log: keyof Logger; message: string }>(noteForms.log, value)) host.log[value.log](value.message);
  else host.log.debug(text);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
const fits = <T>(form: Parameters<typeof misfits>[0], value: Json | undefined): value is Json & T =>
  value !== undefined && misfits(form, value).length === 0;

function faultOf(result: ExecResult, call: ForeignCall & { readonly toldToStop: boolean }): PluginError | undefined {
  const { plugin, argv } = call;
  if (result.status === 'exited' && result.exitCode === 0) return undefined;
  const said = result.stderr.trim().slice(-2000);
  const words = said === '' ? 'It said nothing on standard error.' : `It said on standard error: ${said}`;
  if (result.status === 'not-found') {
    return pluginError({
      code: 'foreign/no-command',
      message: `The command \`${argv[0]}\` of the plugin ${plugin} was not found.`,
      hint: 'Commands see the folder of the plugin, the tree, the set-up outputs and the programs of the system, not your home folder.',
    });
  }
  if (result.status === 'denied') {
    return pluginError({
      code: 'foreign/not-executable',
      message: `The command \`${argv[0]}\` of the plugin ${plugin} is no program that may be executed.`,
      hint: `Let git know that it is one, \`git update-index --chmod=+x\`, or name what runs it: ["python3", "${argv[0]}"].`,
    });
  }
  if (result.status === 'limit') {
    const message = `The plugin ${plugin} was ended: ${result.limit ?? 'it needed more than a step may have'}.`;
    return pluginError({ code: 'foreign/limit', message });
  }
  if (call.toldToStop || result.status === 'timed-out') {
    return pluginError({
      code: 'foreign/deadline',
      message: `The plugin ${plugin} had no answer within ${Math.round(call.withinMs / 100) / 10} s and was told to stop. ${words}`,
      hint: 'Raise `timeout:` of the step. Its request says when it has to answer (`deadline`); after SIGTERM it has 2 s.',
    });
  }
  if (result.status === 'signalled') {
    return pluginError({ code: 'foreign/killed', message: `The plugin ${plugin} was killed before it had answered. ${words}` });
  }
  return pluginError({
    code: 'foreign/failed',
    message: `The plugin ${plugin} ended with exit code ${result.exitCode}; it has to end with 0, whatever it found. ${words}`,
    hint: 'What it found wrong belongs in `findings` of its answer; that it cannot do its job, in `error`.',
  });
}
