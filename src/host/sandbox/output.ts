/** Keeps the first and the last half of a stream, so that a flood shows how it began and how it ended. */
export class KeptOutput {
  readonly #half: number;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #total = 0;

  /** `keepBytes`: how many bytes are kept in all. */
  constructor(keepBytes: number) {
    this.#half = Math.max(1, Math.floor(keepBytes / 2));
  }

  get total(): number {
    return this.#total;
  }

  get truncated(): boolean {
    return this.#total > this.#half * 2;
  }

  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const room = this.#half - this.#headBytes;
    if (room > 0) {
      const piece = chunk.subarray(0, room);
      this.#head.push(piece);
      this.#headBytes += piece.length;
    }
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    // Joined only now and then: one copy per `half` bytes, not per chunk.
    if (this.#tailBytes > this.#half * 2) this.#compact();
  }

  #compact(): void {
    const kept = Buffer.concat(this.#tail).subarray(-this.#half);
    this.#tail = [Buffer.from(kept)];
    this.#tailBytes = kept.length;
  }

  text(): string {
    if (this.#tailBytes > this.#half) this.#compact();
    const decoder = new TextDecoder();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (!this.truncated) return decoder.decode(Buffer.concat([head, tail]));
    const left = this.#total - head.length - tail.length;
    return `${decoder.decode(head)}\n[... ${left} bytes left out ...]\n${decoder.decode(tail)}`;
  }
}
