// The Messages API on the wire: what a streaming answer looks like (https://platform.claude.com/docs/en/api/messages-streaming).
import type { Json } from '../../src/plugin-api.ts';

export type ServerBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | {
      readonly type: 'tool_use';
      readonly name: string;
      readonly input: Json;
      /** Sent in place of the input's JSON: cut off or malformed. */
      readonly rawInput?: string;
    };
export interface ServerUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
}
export interface ServerMessage {
  readonly kind: 'message';
  readonly content: readonly ServerBlock[];
  /** Default: `tool_use` when there is a call, else `end_turn`. */
  readonly stopReason?: string;
  readonly stopDetails?: Json;
  readonly usage?: Partial<ServerUsage>;
  /** The connection breaks after so many events. `end`: the stream ends early but in order. */
  readonly cut?: { readonly afterEvents: number; readonly how: 'destroy' | 'end' };
}
export interface ServerError {
  readonly kind: 'error';
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}
/** Never answers; the client must give up. */
export interface ServerSilence {
  readonly kind: 'silence';
}
export type ServerTurn = ServerMessage | ServerError | ServerSilence;

export const say = (text: string, more: Partial<ServerMessage> = {}): ServerMessage => ({
  kind: 'message',
  content: [{ type: 'text', text }],
  ...more,
});
export const calls = (...list: readonly (readonly [string, Json])[]): ServerMessage => ({
  kind: 'message',
  content: list.map(([name, input]) => ({ type: 'tool_use', name, input })),
});
export const failing = (status: number, type: string, headers: Readonly<Record<string, string>> = {}): ServerError => ({
  kind: 'error',
  status,
  type,
  message: `${type} of the test`,
  headers,
});
/** Overloaded, with the shortest of waits before the client tries again. */
export const overloaded = failing(529, 'overloaded_error', { 'retry-after-ms': '1' });

export interface WireEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

function pieces(text: string): readonly string[] {
  const size = Math.max(1, Math.ceil(text.length / 3));
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [''];
}

function blockEvents(block: ServerBlock, index: number, id: string): readonly WireEvent[] {
  const delta = (value: object): WireEvent => ({ type: 'content_block_delta', index, delta: value });
  const start = (value: object): WireEvent => ({ type: 'content_block_start', index, content_block: value });
  const stop: WireEvent = { type: 'content_block_stop', index };
  switch (block.type) {
    case 'text':
      return [start({ type: 'text', text: '' }), ...pieces(block.text).map((text) => delta({ type: 'text_delta', text })), stop];
    case 'thinking':
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...pieces(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ];
    case 'tool_use':
      return [
        start({ type: 'tool_use', id, name: block.name, input: {} }),
        ...pieces(block.rawInput ?? JSON.stringify(block.input)).map((text) =>
          delta({ type: 'input_json_delta', partial_json: text }),
        ),
        stop,
      ];
  }
}

/** The events of an answer, in the order in which the service sends them. */
export function eventsOf(
  turn: ServerMessage,
  facts: { readonly id: string; readonly model: string; readonly usage: ServerUsage },
): readonly WireEvent[] {
  const { id, model, usage } = facts;
  const stopReason = turn.stopReason ?? (turn.content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn');
  return [
    {
      type: 'message_start',
      message: {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    { type: 'ping' },
    ...turn.content.flatMap((block, index) => blockEvents(block, index, `toolu_${id}_${index}`)),
    {
      type: 'message_delta',
      delta: {
        stop_reason: stopReason,
        stop_sequence: null,
        ...(turn.stopDetails === undefined ? {} : { stop_details: turn.stopDetails }),
      },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: 'message_stop' },
  ];
}
