// A local HTTP server that speaks the Messages API: scripted answers, recorded requests. No model.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../src/plugin-api.ts';
import { eventsOf, type ServerMessage, type ServerTurn, type ServerUsage } from './messages-wire.ts';

export interface ServerRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: MessagesBody;
}
export interface MessagesBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly system?: Json;
  readonly tools?: readonly { readonly name: string; readonly [key: string]: Json }[];
  readonly messages: readonly WireMessage[];
  readonly [key: string]: unknown;
}
export interface WireMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly WireBlock[];
}
export interface WireBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string;
  readonly is_error?: boolean;
  readonly [key: string]: unknown;
}
export interface MessagesServer extends AsyncDisposable {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** Of `POST /v1/messages`, in order, retries included. */
  readonly requests: readonly ServerRequest[];
  /** Other paths that were asked for. */
  readonly others: readonly string[];
  /** Resolves when so many requests for a message have come. */
  asked(count: number): Promise<void>;
}
export interface MessagesServerOptions {
  /** Answers in order; when they are used up the server answers 400 and says so. */
  readonly turns?: readonly ServerTurn[];
  /** In place of `turns`: the answer to a request. */
  readonly respond?: (body: MessagesBody, index: number) => ServerTurn | Promise<ServerTurn>;
  /** What `GET /v1/models/<name>` says; default: any model, without capabilities. `none`: no such route. */
  readonly model?: { readonly [key: string]: Json } | 'none';
}

const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value ?? '').length / 4);

/** What a request whose prefix was sent before reads from the cache, as the service counts. */
function usageOf(turn: ServerMessage, body: MessagesBody, before: MessagesBody | undefined): ServerUsage {
  const same =
    before !== undefined &&
    isDeepStrictEqual([before.system, before.tools], [body.system, body.tools]) &&
    isDeepStrictEqual(before.messages, body.messages.slice(0, before.messages.length));
  const total = tokensOf([body.system, body.tools, body.messages]);
  const read = same ? tokensOf([before.system, before.tools, before.messages]) : 0;
  return {
    input_tokens: 4,
    cache_creation_input_tokens: Math.max(0, total - read),
    cache_read_input_tokens: read,
    output_tokens: tokensOf(turn.content),
    ...turn.usage,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_test', ...headers });
  response.end(JSON.stringify(value));
}

const errorBody = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_test' });

function stream(response: ServerResponse, turn: ServerMessage, facts: Parameters<typeof eventsOf>[1]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_test' });
  const events = eventsOf(turn, facts);
  const sent = turn.cut === undefined ? events : events.slice(0, turn.cut.afterEvents);
  const text = sent.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  if (turn.cut?.how === 'destroy') response.write(text, () => response.destroy());
  else response.end(text);
}

export async function startMessagesServer(options: MessagesServerOptions): Promise<MessagesServer> {
  const requests: ServerRequest[] = [];
  const others: string[] = [];
  const waiting = new Set<() => void>();
  let answered: MessagesBody | undefined;

  async function message(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = requests.length;
    const body = JSON.parse(await bodyOf(request)) as MessagesBody;
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    for (const look of [...waiting]) look();
    const turn = options.respond === undefined ? options.turns?.[index] : await options.respond(body, index);
    if (turn === undefined) {
      return sendJson(response, 400, errorBody('invalid_request_error', `the test has no answer to request ${index + 1}`));
    }
    switch (turn.kind) {
      case 'silence':
        return;
      case 'error':
        return sendJson(response, turn.status, errorBody(turn.type, turn.message), turn.headers);
      case 'message': {
        const usage = usageOf(turn, body, answered);
        answered = body;
        return stream(response, turn, { id: `msg_${index}`, model: body.model, usage });
      }
    }
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const model = /^\/v1\/models\/(.+)$/.exec(pathname)?.[1];
    if (pathname === '/v1/messages' && request.method === 'POST') {
      message(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
      return;
    }
    others.push(`${request.method} ${pathname}`);
    if (pathname === '/v1/messages/count_tokens') {
      void bodyOf(request).then((text) => sendJson(response, 200, { input_tokens: tokensOf(JSON.parse(text)) }));
    } else if (model !== undefined && options.model !== 'none') {
      const known = {
        id: decodeURIComponent(model),
        type: 'model',
        display_name: model,
        max_tokens: 64_000,
        max_input_tokens: 200_000,
        capabilities: null,
      };
      sendJson(response, 200, { ...known, ...options.model });
    } else sendJson(response, 404, errorBody('not_found_error', `no route ${pathname}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    others,
    asked: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (requests.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
