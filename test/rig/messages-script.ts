// The calls of a script, as a model would make them over the wire: the same edits by another way.
import { readScript } from '../../plugins/script/read.ts';
import { callsToPlay, chooseAttempt } from '../../plugins/script/shape.ts';
import type { MessagesBody, WireMessage } from './messages-server.ts';
import { calls, type ServerTurn, say } from './messages-wire.ts';

const textOf = ({ content }: WireMessage): string | undefined => {
  if (typeof content === 'string') return content;
  const texts = content.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
  return texts.length === 0 ? undefined : texts.join('\n');
};
const callsIn = ({ role, content }: WireMessage): number =>
  role === 'assistant' && typeof content !== 'string' ? content.filter(({ type }) => type === 'tool_use').length : 0;

/** Finding codes that a message names, as `[tests/failed]`. */
const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\d+\. \[([a-z0-9-]+\/[a-z0-9-]+)\]/gm)].map(([, code = '']) => code);

/**
 * Answers requests with the calls of a script, one a reply, and ends the turn after the last. Everything is read from the request, so that
 * it does not matter how often the conversation was resumed: a user message that holds text begins an attempt.
 */
export function playScript(text: string): (body: MessagesBody) => ServerTurn {
  return ({ messages, tools }) => {
    const script = readScript(text, { file: 'script', tools: (tools ?? []).map(({ name }) => name) });
    const begins = messages.flatMap((message, index) =>
      message.role === 'user' && textOf(message) !== undefined ? [index] : [],
    );
    const played: number[] = [];
    for (const begin of begins) {
      const message = messages[begin];
      const chosen = chooseAttempt(script, played, message === undefined ? [] : codesIn(textOf(message) ?? ''));
      if (chosen === undefined)
        return calls(['report_blocked', { reason: 'The script has no further attempt.', evidence: 'the script' }]);
      played.push(chosen);
    }
    const attempt = script.attempts[played.at(-1) ?? -1];
    if (attempt === undefined) return say('There is no task.');
    const done = messages.slice(begins.at(-1)).reduce((count, message) => count + callsIn(message), 0);
    const next = callsToPlay(attempt.calls, 0)[done];
    return next === undefined ? say(attempt.say === '' ? 'Done.' : attempt.say) : calls([next.call.tool, next.call.input]);
  };
}
