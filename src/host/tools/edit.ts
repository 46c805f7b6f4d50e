// What an edit makes of a file: every chunk is searched in the file as it is, then all are applied or none.
import { fail, type Result, succeed } from '../../model/result.ts';
import { around, lineAt, linesOf, nearestPassage } from './excerpt.ts';
import type { Chunk } from './input.ts';
import { type Normalised, normalise, toLf } from './line-ends.ts';
import { findMatches, type Match, type Strategy } from './match.ts';
import { placeholders } from './placeholder.ts';

export interface Edited {
  readonly text: string;
  readonly strategies: readonly Strategy[];
  /** Lines of the new text that the edit wrote. */
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
}
/** Why an edit cannot be made; `near`: the lines of the file that it is about. */
export interface Unedited {
  readonly reason: string;
  readonly near: { readonly first: number; readonly last: number } | undefined;
}
interface Found {
  readonly strategy: Strategy;
  readonly matches: readonly Match[];
}

/** Begins the answer to an edit whose result is in the file already, so that a repeated call can be told from a wrong one. */
export const alreadyApplied = 'Already applied';

function search(file: Normalised, raw: string, chunk: Chunk): Result<Found, Unedited> {
  const target = toLf(chunk.TargetContent);
  const replacement = toLf(chunk.ReplacementContent);
  const refuse = (reason: string, near?: Unedited['near']) => fail({ reason, near });
  if (target === '') return refuse('TargetContent is empty, and the file exists. Give the text to replace.');
  if (target === replacement) return refuse('TargetContent and ReplacementContent are equal: nothing would change.');
  const [omitted] = placeholders(replacement, target);
  if (omitted !== undefined) {
    return refuse(`ReplacementContent has a placeholder instead of code: "${omitted}". Give the complete text.`);
  }
  const found = findMatches({
    text: file.text,
    target,
    replacement,
    carriageReturns: file.eol === '\r\n' && target.includes('\n') && !raw.includes(chunk.TargetContent),
  });
  if (found === undefined) return fail(notFound(file, target, replacement));
  const lines = found.matches.map(({ start, end }) => ({
    first: lineAt(file.text, start),
    last: lineAt(file.text, Math.max(start, end - 1)),
  }));
  const hinted = found.matches.filter((_, index) => {
    const range = lines[index];
    return (
      range !== undefined && range.first <= (chunk.EndLine ?? Number.POSITIVE_INFINITY) && range.last >= (chunk.StartLine ?? 1)
    );
  });
  const counted = hinted.length === 0 ? found.matches : hinted;
  if (counted.length > 1 && chunk.AllowMultiple !== true) {
    return refuse(
      `TargetContent occurs ${counted.length} times, at lines ${lines.map(({ first }) => first).join(', ')}. Give more lines around it, StartLine and EndLine, or AllowMultiple.`,
      lines[0],
    );
  }
  return succeed({ strategy: found.strategy, matches: counted });
}

function notFound(file: Normalised, target: string, replacement: string): Unedited {
  const lines = linesOf(file.text);
  // A short text may stand there for other reasons.
  const at = replacement.trim().length < 8 ? -1 : file.text.indexOf(replacement);
  if (at >= 0) {
    const range = { first: lineAt(file.text, at), last: lineAt(file.text, at + replacement.length) };
    return {
      reason: `${alreadyApplied}: the target is not in the file, and the replacement is, at line ${range.first}.`,
      near: range,
    };
  }
  const near = nearestPassage(lines, linesOf(target));
  if (near === undefined) return { reason: 'TargetContent is not in the file, and nothing like it.', near: undefined };
  return {
    reason: `TargetContent is not in the file. The passage most like it is at lines ${near.first} to ${near.last}:\n${around(lines, near, 0)}`,
    near,
  };
}

/** Applies all chunks to a text, or says which one cannot be applied and why. */
export function applyChunks(raw: string, chunks: readonly Chunk[]): Result<Edited, Unedited> {
  const file = normalise(raw);
  const edits: (Match & { readonly chunk: number })[] = [];
  const strategies: Strategy[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const found = search(file, raw, chunk);
    if (!found.ok) {
      const which = chunks.length === 1 ? '' : `Chunk ${index + 1} of ${chunks.length}: `;
      const none = chunks.length === 1 ? '' : ' No chunk was applied.';
      return fail({ ...found.error, reason: `${which}${found.error.reason}${none}` });
    }
    strategies.push(found.value.strategy);
    edits.push(...found.value.matches.map((match) => ({ ...match, chunk: index })));
  }
  edits.sort((a, b) => a.start - b.start);
  for (const [index, edit] of edits.entries()) {
    const next = edits[index + 1];
    if (next !== undefined && next.start < edit.end) {
      const near = { first: lineAt(file.text, next.start), last: lineAt(file.text, edit.end) };
      return fail({
        reason: `Chunks ${edit.chunk + 1} and ${next.chunk + 1} overlap at line ${near.first}. Join them into one. No chunk was applied.`,
        near,
      });
    }
  }
  let text = '';
  let from = 0;
  const ranges: { first: number; last: number }[] = [];
  for (const edit of edits) {
    text += raw.slice(from, file.original(edit.start));
    const first = lineAt(text, text.length);
    text += edit.replacement.replaceAll('\n', file.eol);
    ranges.push({ first, last: lineAt(text, Math.max(0, text.length - 1)) });
    from = file.original(edit.end);
  }
  return succeed({ text: text + raw.slice(from), strategies, ranges });
}
