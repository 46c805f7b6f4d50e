// The YAML language server that editors use, as a child process that speaks the Language Server Protocol.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../contract/sources.ts';

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: never;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};
export interface Completion {
  readonly label: string;
  readonly detail?: string;
  readonly insertText?: string;
  readonly documentation?: string | { readonly value: string };
}
export interface Problem {
  readonly message: string;
  readonly line: number;
}

export class LanguageServer implements AsyncDisposable {
  readonly #child = spawn(
    process.execPath,
    [path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  readonly #answers = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  readonly #problems = new Map<string, (problems: readonly Problem[]) => void>();
  #last = 0;
  #unread = Buffer.alloc(0);

  static async start(): Promise<LanguageServer> {
    const server = new LanguageServer();
    server.#child.stdout.on('data', (bytes: Buffer) => server.#read(bytes));
    await server.#ask('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
          hover: { contentFormat: ['markdown', 'plaintext'] },
        },
        workspace: { configuration: true },
      },
    });
    server.#send({ method: 'initialized', params: {} });
    return server;
  }

  /** Opens a text under the name of a file and gives what is underlined in it. */
  async open(file: string, text: string): Promise<readonly Problem[]> {
    const uri = pathToFileURL(file).href;
    const problems = new Promise<readonly Problem[]>((resolve) => this.#problems.set(uri, resolve));
    this.#send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
    return problems;
  }

  /** What is offered where `‸` stands in the text. */
  async complete(file: string, marked: string): Promise<readonly Completion[]> {
    const result = (await this.#at('textDocument/completion', file, marked)) as { readonly items: readonly Completion[] } | null;
    return result?.items ?? [];
  }

  /** What is shown for the word at `‸`. */
  async hover(file: string, marked: string): Promise<string> {
    const result = (await this.#at('textDocument/hover', file, marked)) as {
      readonly contents: { readonly value: string };
    } | null;
    return result?.contents.value ?? '';
  }

  async #at(method: string, file: string, marked: string): Promise<unknown> {
    const before = marked.slice(0, marked.indexOf('‸')).split('\n');
    const text = marked.replace('‸', '');
    const uri = pathToFileURL(file).href;
    this.#send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const answer = await this.#ask(method, { textDocument: { uri }, position });
    this.#send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
    return answer;
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const head = this.#unread.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(this.#unread.subarray(0, Math.max(head, 0)).toString())?.[1]);
      if (head < 0 || this.#unread.length < head + 4 + length) return;
      const body = this.#unread.subarray(head + 4, head + 4 + length).toString();
      this.#unread = this.#unread.subarray(head + 4 + length);
      this.#take(JSON.parse(body) as Message);
    }
  }

  #take(message: Message): void {
    if (message.method === undefined) {
      const waiting = this.#answers.get(message.id ?? 0);
      this.#answers.delete(message.id ?? 0);
      if (message.error === undefined) waiting?.resolve(message.result);
      else waiting?.reject(new Error(message.error.message));
      return;
    }
    if (message.method === 'workspace/configuration') {
      // Nothing but what the first line of a file names: no catalogue is fetched.
      const settings = [{ schemaStore: { enable: false }, validate: true, hover: true, completion: true }, {}, {}, {}, {}];
      const { items } = message.params as unknown as { readonly items: readonly unknown[] };
      this.#send({ id: message.id, result: settings.slice(0, items.length) });
    } else if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as unknown as {
        readonly uri: string;
        readonly diagnostics: readonly {
          readonly message: string;
          readonly range: { readonly start: { readonly line: number } };
        }[];
      };
      this.#problems.get(uri)?.(diagnostics.map(({ message, range }) => ({ message, line: range.start.line + 1 })));
    } else if (message.id !== undefined) this.#send({ id: message.id, result: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.#ask('shutdown', null);
    this.#send({ method: 'exit' });
    await ended;
  }
}
