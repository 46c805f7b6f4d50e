// What a script says: attempts, and the tool calls of each.
import type { Json } from '../../src/plugin-api.ts';

export interface ScriptCall {
  readonly tool: string;
  readonly input: { readonly [key: string]: Json };
  /** True: the call must be answered with an error; a text: with one that holds it. */
  readonly expectError: boolean | string;
  /** 1-based line of the file. */
  readonly line: number;
}
export interface ScriptAttempt {
  readonly calls: readonly ScriptCall[];
  /** What the attempt says it did. */
  readonly say: string;
  /** Globs over finding codes; undefined: whatever was found. */
  readonly whenFeedback: readonly string[] | undefined;
}
export interface Script {
  readonly attempts: readonly ScriptAttempt[];
}

function matches(glob: string, code: string): boolean {
  const pattern = glob.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${pattern}$`).test(code);
}

/** Index of the first attempt that was not played yet and fits the findings; undefined: none is left. */
export function chooseAttempt(script: Script, played: readonly number[], codes: readonly string[]): number | undefined {
  const index = script.attempts.findIndex(
    ({ whenFeedback }, at) =>
      !played.includes(at) &&
      (whenFeedback === undefined || codes.some((code) => whenFeedback.some((glob) => matches(glob, code)))),
  );
  return index < 0 ? undefined : index;
}

const edits = ['replace_file_content', 'multi_replace_file_content'];

/**
 * The calls from `from` on, with a view before the first edit of each file and after each command: the rule to read before writing holds
 * for scripts too, and a script need not spell it out. `index`: which call of the attempt it is; undefined for a view that was put in.
 */
export function callsToPlay(
  calls: readonly ScriptCall[],
  from: number,
): readonly { readonly call: ScriptCall; readonly index: number | undefined }[] {
  const seen = new Set<Json>();
  return calls.slice(from).flatMap((call, offset) => {
    const file = call.input.TargetFile;
    const itself = { call, index: from + offset };
    if (call.tool === 'run_command' || call.tool === 'command_status') seen.clear();
    if (call.tool === 'view_file') seen.add(call.input.AbsolutePath ?? '');
    // A call that is meant to be refused is played as it stands.
    if (!edits.includes(call.tool) || typeof file !== 'string' || call.expectError !== false) return [itself];
    const known = seen.has(file) || call.input.TargetContent === '';
    seen.add(file);
    const view: ScriptCall = { tool: 'view_file', input: { AbsolutePath: file }, expectError: false, line: call.line };
    return known ? [itself] : [{ call: view, index: undefined }, itself];
  });
}
