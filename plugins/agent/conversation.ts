// The conversation over all attempts of a step, as checkpoints hold it.
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Json, Turn } from '../../src/plugin-api.ts';
import { feedbackMessage, taskMessage } from './messages.ts';

export interface Conversation {
  readonly version: 1;
  readonly attempt: number;
  readonly messages: readonly BetaMessageParam[];
  /** Replies of the model in this attempt. */
  readonly turns: number;
  /** Tokens of the last request and its reply; 0: not known. */
  readonly tokens: number;
  /** How often each call of this attempt, with its answer, occurred, by a hash. */
  readonly repeats: Readonly<Record<string, number>>;
  /** Set when the model has ended its turn in this attempt. */
  readonly summary?: string;
}

function known(state: Json | undefined): Conversation | undefined {
  if (typeof state !== 'object' || state === null || !('version' in state) || state.version !== 1) return undefined;
  // Only this plugin writes the state of its step.
  return state as unknown as Conversation;
}

const user = (content: string): BetaMessageParam => ({ role: 'user', content });

/** Goes on where the last checkpoint stands: in the middle of this attempt, or after an earlier one with what the gates found. */
export function openConversation(inputs: { readonly goal: string; readonly instructions?: string }, turn: Turn): Conversation {
  const before = known(turn.state);
  if (before?.attempt === turn.attempt) return before;
  const fresh = { version: 1, attempt: turn.attempt, turns: 0, tokens: before?.tokens ?? 0, repeats: {} } as const;
  if (before === undefined) return { ...fresh, messages: [user(taskMessage(inputs, turn))] };
  return { ...fresh, messages: [...before.messages, user(feedbackMessage(turn.feedback))] };
}

/** What a checkpoint takes: JSON, without anything that the SDK adds. */
export const asJson = (conversation: Conversation): Json => JSON.parse(JSON.stringify(conversation)) as Json;

/** Does the conversation end with calls that were not answered? */
export function hasOpenCalls({ messages }: Conversation): boolean {
  const last = messages.at(-1);
  return last?.role === 'assistant' && typeof last.content !== 'string' && last.content.some(({ type }) => type === 'tool_use');
}
