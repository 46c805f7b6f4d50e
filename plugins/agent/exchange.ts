// One request and its answer: reserved before it is sent, settled with what it used, its calls done, all of it in a checkpoint.
import type Anthropic from '@anthropic-ai/sdk';
import type { BetaToolRunnerParams } from '@anthropic-ai/sdk/lib/tools/BetaToolRunner';
import type { BetaMessage, BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Turn } from '../../src/plugin-api.ts';
import { asJson, type Conversation } from './conversation.ts';
import { actualCost, mostTokens, priceOf, promptTokens, worstCase } from './cost.ts';
import { leastOutputTokens } from './defaults.ts';
import { type Failure, failureOf } from './failures.ts';
import type { Effort, Model } from './model.ts';
import { systemPrompt } from './prompt.ts';
import type { ToolSet } from './tool-set.ts';

export interface Desk {
  readonly client: Anthropic;
  readonly model: Model;
  readonly effort: Effort | undefined;
  readonly turn: Turn;
  readonly set: ToolSet;
  readonly signal: AbortSignal;
}
export type Answer =
  | { readonly kind: 'message'; readonly message: BetaMessage; readonly talk: Conversation }
  | { readonly kind: 'failure'; readonly failure: Failure };

function paramsOf(desk: Desk, talk: Conversation, room: number): BetaToolRunnerParams & { stream: true } {
  const { model, effort, set } = desk;
  return {
    model: model.name,
    max_tokens: room,
    // The provider-held conversation that the SDK would use breaks gateways and cannot be resumed from a checkpoint.
    thread: false,
    stream: true,
    max_iterations: 1,
    cache_control: { type: 'ephemeral' },
    system: systemPrompt,
    tools: [...set.tools],
    messages: [...talk.messages],
    ...(model.thinks ? { thinking: { type: 'adaptive', display: 'summarized' } } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
  };
}

/** Tokens that the prompt has at most: what the service counted last time, and three bytes a token for what came since. */
function promptAtMost(desk: Desk, talk: Conversation): number {
  const whole = mostTokens([systemPrompt, desk.turn.tools.specs, talk.messages]);
  if (talk.tokens === 0) return whole;
  const since = talk.messages.slice(talk.messages.findLastIndex(({ role }) => role === 'assistant') + 1);
  return Math.min(whole, talk.tokens + mostTokens(since) + 64);
}

/** The room for a reply that the budget allows. */
function affordable(desk: Desk, prompt: number, room: number): number {
  const { tokens, usd } = desk.turn.budget.left;
  const price = priceOf(desk.model.name, prompt);
  const byTokens = tokens === undefined ? room : tokens - prompt;
  const byMoney =
    usd === undefined || price === undefined ? room : ((usd * 1e6 - prompt * price.cacheWrite) / price.output) * 0.999;
  return Math.max(leastOutputTokens, Math.floor(Math.min(room, byTokens, byMoney)));
}

/** The reply as it is sent back: JSON only, nothing that the SDK adds. */
const replyOf = (message: BetaMessage): BetaMessageParam =>
  JSON.parse(JSON.stringify({ role: 'assistant', content: message.content }));

/** Reasons to stop after which the reply is part of the conversation. */
const complete = new Set(['end_turn', 'stop_sequence', 'tool_use', 'pause_turn', 'compaction']);

export async function exchange(desk: Desk, before: Conversation, room: number): Promise<Answer> {
  const { model, turn, set, signal } = desk;
  const prompt = promptAtMost(desk, before);
  const limit = affordable(desk, prompt, room);
  try {
    const reservation = await turn.budget.reserve(worstCase(model.name, prompt, limit));
    try {
      const runner = desk.client.beta.messages.toolRunner(paramsOf(desk, before, limit), { signal });
      for await (const stream of runner) {
        const message = await stream.finalMessage();
        await reservation.settle(actualCost(model.name, message.usage));
        let talk: Conversation = { ...before, turns: before.turns + 1 };
        if (!complete.has(message.stop_reason ?? '')) return { kind: 'message', message, talk };
        // A reply without content cannot be sent back.
        if (message.content.length > 0) talk = { ...talk, messages: [...talk.messages, replyOf(message)] };
        talk = { ...talk, tokens: promptTokens(message.usage) + message.usage.output_tokens };
        await turn.checkpoint(asJson(talk));
        if (message.stop_reason !== 'tool_use') return { kind: 'message', message, talk };
        await recordUnknown(desk, message);
        return { kind: 'message', message, talk: withResults(desk, talk, await runner.generateToolResponse(signal)) };
      }
    } catch (error) {
      // What was never answered costs nothing; what broke off may have cost anything up to its reservation.
      const failure = settled(error, desk);
      if (failure.kind === 'unavailable' && !failure.billed) await reservation.settle({ tokens: 0, usd: 0 });
      return { kind: 'failure', failure };
    }
  } catch (error) {
    return { kind: 'failure', failure: settled(error, desk) };
  }
  throw new Error(`the SDK's runner gave no reply to ${set.tools.length} tools`);
}

/** The SDK answers calls of tools that do not exist itself; the journal has to know of them too. */
async function recordUnknown({ turn }: Desk, message: BetaMessage): Promise<void> {
  for (const block of message.content) {
    if (block.type !== 'tool_use' || turn.tools.specs.some(({ name }) => name === block.name)) continue;
    await turn.tools.call(block.name, JSON.parse(JSON.stringify(block.input)));
  }
}

function settled(error: unknown, { signal, set, model }: Desk): Failure {
  signal.throwIfAborted();
  if (set.fault !== undefined) throw set.fault;
  return failureOf(error, model.name);
}

function withResults(desk: Desk, talk: Conversation, results: BetaMessageParam | null): Conversation {
  if (desk.set.fault !== undefined) throw desk.set.fault;
  return { ...talk, repeats: desk.set.repeats, messages: results === null ? talk.messages : [...talk.messages, results] };
}

/** Answers the calls with which a conversation from a checkpoint ends. */
export async function answerOpenCalls(desk: Desk, talk: Conversation): Promise<Conversation> {
  const runner = desk.client.beta.messages.toolRunner(paramsOf(desk, talk, leastOutputTokens), { signal: desk.signal });
  const results = await runner.generateToolResponse(desk.signal);
  desk.signal.throwIfAborted();
  return withResults(desk, talk, results);
}
