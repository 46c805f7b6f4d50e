import {
  type ActionResult,
  defineAction,
  isPluginError,
  type Json,
  pluginError,
  type ToolResult,
  type Turn,
} from '../../src/plugin-api.ts';
import { manifest } from './manifest.ts';
import { readScript } from './read.ts';
import { callsToPlay, chooseAttempt, type ScriptCall } from './shape.ts';

/** Where the play stands. A resume goes on at `next`; a later attempt knows what was `played`. */
interface Position {
  readonly attempt: number;
  readonly entry: number;
  readonly next: number;
  readonly played: readonly number[];
}

function positionOf(state: Json | undefined): Position | undefined {
  if (typeof state !== 'object' || state === null || !('attempt' in state) || !('played' in state)) return undefined;
  return state as unknown as Position;
}

const ended = (outcome: ActionResult['outcome'], summary: string): ActionResult<Record<string, never>> => ({
  outputs: {},
  outcome,
  summary,
});

/** A call of a script that was answered otherwise than the script expects ends the step: the script does not fit the tree. */
function judge(file: string, call: ScriptCall, answer: ToolResult): void {
  const where = `${file}:${call.line}`;
  const quote = answer.content.length > 1500 ? `${answer.content.slice(0, 1500)}...` : answer.content;
  if (call.expectError === false && answer.isError) {
    throw pluginError({
      code: 'script/call-failed',
      message: `The call of ${call.tool} at ${where} was answered with an error: ${quote}`,
      hint: 'Make the script fit the tree that it is played on, or say `expect-error: true` where the error is meant.',
    });
  }
  if (call.expectError === false) return;
  const wanted = typeof call.expectError === 'string' ? call.expectError : '';
  if (answer.isError && answer.content.includes(wanted)) return;
  throw pluginError({
    code: 'script/no-error',
    message: `The call of ${call.tool} at ${where} should have been answered with an error${wanted === '' ? '' : ` that holds "${wanted}"`}; the answer was: ${quote}`,
  });
}

async function textOf(
  inputs: { readonly script: string; readonly 'script-text'?: string },
  read: (path: string) => Promise<string>,
): Promise<string> {
  if (inputs['script-text'] !== undefined) return inputs['script-text'];
  try {
    return await read(inputs.script);
  } catch (error) {
    if (!isPluginError(error)) throw error;
    throw pluginError({
      code: 'script/not-found',
      message: `The script ${inputs.script} is not in base.`,
      hint: 'Commit it, or mend its path.',
      cause: error,
    });
  }
}

function start(turn: Turn, entry: number | undefined, played: readonly number[]): Position | undefined {
  return entry === undefined ? undefined : { attempt: turn.attempt, entry, next: 0, played: [...played, entry] };
}

export default defineAction(manifest, async (inputs, host, turn) => {
  const text = await textOf(inputs, (path) => host.trees.base.read(path));
  const script = readScript(text, { file: inputs.script, tools: turn.tools.specs.map(({ name }) => name) });
  const known = positionOf(turn.state);
  const codes = turn.feedback.map(({ code }) => code);
  const played = known?.played ?? [];
  const position = known?.attempt === turn.attempt ? known : start(turn, chooseAttempt(script, played, codes), played);
  const attempt = position === undefined ? undefined : script.attempts[position.entry];
  if (position === undefined || attempt === undefined) {
    const why =
      codes.length === 0 ? 'nothing is left to play' : `none that is left fits the findings ${[...new Set(codes)].join(', ')}`;
    return ended(
      'blocked',
      `The script ${inputs.script} has ${script.attempts.length} attempts, and ${why} in attempt ${turn.attempt}.`,
    );
  }
  await turn.checkpoint({ ...position });
  for (const { call, index } of callsToPlay(attempt.calls, position.next)) {
    host.signal.throwIfAborted();
    host.progress(
      (index ?? 0) / attempt.calls.length,
      `${call.tool} ${String(call.input.TargetFile ?? call.input.AbsolutePath ?? call.input.CommandLine ?? '')}`.trim(),
    );
    judge(inputs.script, call, await turn.tools.call(call.tool, call.input));
    if (turn.tools.blocked !== undefined) return ended('blocked', turn.tools.blocked.reason);
    if (index !== undefined) await turn.checkpoint({ ...position, next: index + 1 });
  }
  return ended('ok', attempt.say === '' ? playedWords(attempt.calls.length, inputs.script) : attempt.say);
});

const playedWords = (calls: number, script: string): string => `Played ${calls} ${calls === 1 ? 'call' : 'calls'} of ${script}.`;
