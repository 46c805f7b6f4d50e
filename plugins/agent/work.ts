// An attempt: requests and tool calls until the model ends its turn, or something else ends it.
import type { BetaMessage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ActionResult, Host, Inputs, Json, Outcome, Outputs, Turn } from '../../src/plugin-api.ts';
import { connect } from './client.ts';
import { asJson, type Conversation, hasOpenCalls, openConversation } from './conversation.ts';
import { brokenAnswers } from './defaults.ts';
import { answerOpenCalls, type Desk, exchange } from './exchange.ts';
import type { manifest } from './manifest.ts';
import { lookUpModel } from './model.ts';
import { toolSet } from './tool-set.ts';

type Manifest = typeof manifest;
type Result = ActionResult<Outputs<Manifest>>;

/** The same call with the same answer so often: the attempt turns in a circle. */
const circle = 5;

const textOf = (message: BetaMessage): string =>
  message.content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();

const short = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit)}...`);

/** What a call is about, for the screen. */
function about(input: Json): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return '';
  const facts = input as { readonly [key: string]: Json };
  const value = facts.TargetFile ?? facts.AbsolutePath ?? facts.CommandLine ?? facts.Query ?? facts.CommandId ?? '';
  return short(String(value).replaceAll(/\s+/g, ' '), 80);
}

export async function work(inputs: Inputs<Manifest>, host: Host<Manifest>, turn: Turn): Promise<Result> {
  const { signal } = host;
  const client = connect({ env: host.env, fetch: host.fetch });
  const model = await lookUpModel({ client, wanted: inputs.model, effort: inputs.effort, budget: turn.budget, signal });
  let talk: Conversation = openConversation(inputs, turn);
  const mostTurns = inputs['max-turns'];
  const set = toolSet({
    tools: turn.tools,
    strict: model.strictTools,
    repeats: talk.repeats,
    called: (name, input) =>
      host.progress(Math.min(1, talk.turns / mostTurns), `reply ${talk.turns}: ${name} ${about(input)}`.trim()),
  });
  const desk: Desk = { client, model, effort: inputs.effort, turn, set, signal };
  const ended = (outcome: Outcome, summary: string): Result => ({
    outputs: { model: model.name, turns: talk.turns },
    outcome,
    summary: short(summary, 2000),
  });

  if (talk.summary !== undefined) return ended('ok', talk.summary);
  if (hasOpenCalls(talk)) talk = await answerOpenCalls(desk, talk);
  let room = Math.min(inputs['max-output-tokens'], model.mostOutputTokens);
  let doubled = false;
  let broken = 0;
  for (;;) {
    signal.throwIfAborted();
    if (turn.tools.blocked !== undefined) return ended('blocked', turn.tools.blocked.reason);
    if (Object.values(talk.repeats).some((count) => count >= circle)) {
      return ended('looping', `The model made the same call with the same answer ${circle} times.`);
    }
    if (talk.turns >= mostTurns) return ended('budget', `The model did not end within ${mostTurns} replies (\`max-turns\`).`);
    host.progress(Math.min(1, talk.turns / mostTurns), `waiting for reply ${talk.turns + 1} of ${model.name}`);
    const answer = await exchange(desk, talk, room);
    if (answer.kind === 'failure') {
      const { failure } = answer;
      if (failure.kind === 'budget') return ended('budget', failure.reason);
      if (failure.kind === 'unavailable') return ended('infrastructure', failure.reason);
      broken += 1;
      if (broken > brokenAnswers)
        return ended('infrastructure', `The answer of the model service broke off ${broken} times: ${failure.reason}`);
      host.log.warn(`The answer of the model service broke off; asking again: ${failure.reason}`);
      continue;
    }
    const { message } = answer;
    talk = answer.talk;
    const said = textOf(message);
    if (said !== '') host.log.info(short(said, 2000));
    switch (message.stop_reason) {
      case 'tool_use':
      case 'pause_turn':
      case 'compaction':
        break;
      case 'end_turn':
      case 'stop_sequence':
        talk = { ...talk, summary: short(said, 4000) };
        await turn.checkpoint(asJson(talk));
        return ended('ok', said === '' ? 'The model ended its turn and said nothing.' : said);
      case 'max_tokens':
        // A call that was cut off is not made; with more room the whole reply comes again.
        if (doubled || room >= model.mostOutputTokens) return ended('truncated', `A reply was cut off at ${room} tokens.`);
        doubled = true;
        room = Math.min(room * 2, model.mostOutputTokens);
        host.log.warn(`A reply was cut off; asking again with room for ${room} tokens.`);
        break;
      case 'model_context_window_exceeded':
        return ended('truncated', `The conversation no longer fits ${model.name}.`);
      case 'refusal': {
        const { category, explanation } = message.stop_details ?? { category: null, explanation: null };
        return ended(
          'refused',
          `The model refused (${category ?? 'no category'}): ${explanation ?? (said === '' ? 'no reason given' : said)}`,
        );
      }
      case null:
        broken += 1;
        if (broken > brokenAnswers)
          return ended('infrastructure', `The answer of the model service ended early ${broken} times.`);
        host.log.warn('The answer of the model service ended early; asking again.');
        break;
      default:
        return ended('infrastructure', `The model stopped for a reason that is not known: ${String(message.stop_reason)}.`);
    }
  }
}
