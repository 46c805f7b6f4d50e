const unreadLimit = 16 * 1024 * 1024;

/**
 * A web stream fed by callbacks. A process must never block because nobody reads its output, so what nobody reads is kept up to 16 MiB;
 * beyond that the stream breaks for a reader that comes late, and the process goes on.
 */
export class UnreadStream {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(name: string) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
        },
      },
      { highWaterMark: unreadLimit, size: (chunk) => chunk.length },
    );
    this.#name = name;
  }
  readonly #name: string;

  push(chunk: Uint8Array): void {
    if (this.#controller === undefined) return;
    if ((this.#controller.desiredSize ?? 0) < 0) {
      this.#controller.error(new Error(`more than ${unreadLimit} bytes of ${this.#name} were not read`));
      this.#controller = undefined;
      return;
    }
    this.#controller.enqueue(chunk);
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
