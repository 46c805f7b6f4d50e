// The log of a service: masked where people look, and as it was written for the gates of this run, which must see a secret to tell of it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { StreamMask } from '../../host/mask.ts';
import { LogSection } from './log-section.ts';

const cipher = 'aes-256-ctr';
/** Bytes that are read at once. */
const slice = 1024 * 1024;

/**
 * What a service wrote, both streams in the order in which it came. Written at once, so that a service that floods its log waits for the
 * disk in place of filling the memory.
 */
export class LogFile implements AsyncDisposable {
  readonly #file: string;
  readonly #mask: StreamMask;
  readonly #shown: number;
  /** Not masked, so it is sealed with a key that only this process has and that ends with it: a log may be larger than memory. */
  readonly #sealed: number;
  readonly #key = { secret: randomBytes(32), start: randomBytes(16) };
  readonly #seal = createCipheriv(cipher, this.#key.secret, this.#key.start);
  #section = new LogSection(undefined);
  #over = false;
  /** What was read of the sealed file: whoever waits for a log to fall silent reads it again and again. */
  readonly #read = { to: 0, text: '' };
  readonly #unseal = createDecipheriv(cipher, this.#key.secret, this.#key.start);
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: string, mask: StreamMask) {
    this.#file = file;
    this.#mask = mask;
    this.#shown = openSync(file, 'w', 0o600);
    this.#sealed = openSync(sealedOf(file), 'w', 0o600);
  }

  /** Takes a stream of a process until it ends. */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of stream) this.#write(decoder.decode(chunk, { stream: true }));
      this.#write(decoder.decode());
    } catch (error) {
      this.#write(`\n[the log is not complete: ${error instanceof Error ? error.message : String(error)}]\n`);
    }
  }

  /** What it wrote elsewhere. */
  write(text: string): void {
    this.#write(text);
  }

  #write(text: string): void {
    if (this.#over || text === '') return;
    this.#section.push(text);
    written(this.#sealed, this.#seal.update(text, 'utf8'));
    written(this.#shown, Buffer.from(this.#mask.push(text), 'utf8'));
  }

  /** All of it so far; once it is disposed of, with its secrets masked. */
  async text(): Promise<string> {
    if (this.#over) return readFile(this.#file, 'utf8').catch(() => '');
    // One after the other: each goes on where the last one ended.
    const reading = this.#reading.then(() => this.#readOn());
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #readOn(): Promise<string> {
    const opened = await open(sealedOf(this.#file)).catch(() => undefined);
    if (opened === undefined) return this.#read.text;
    await using file = opened;
    const buffer = Buffer.allocUnsafe(slice);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, slice, this.#read.to);
      if (bytesRead === 0) return this.#read.text;
      this.#read.to += bytesRead;
      this.#read.text += this.#decoder.decode(this.#unseal.update(buffer.subarray(0, bytesRead)), { stream: true });
    }
  }

  /** What comes from now on: a service that starts again must not be taken at its earlier word. `word`: what it is listened for. */
  section(word?: string): LogSection {
    this.#section = new LogSection(word);
    return this.#section;
  }

  /** A service may have written a token before anybody could know that it is one. */
  async #hideLate(): Promise<void> {
    const mask = this.#mask.again?.();
    if (mask === undefined) return;
    const cleaned = `${this.#file}.masked`;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    await using from = await open(this.#file);
    await using to = await open(cleaned, 'w', 0o600);
    for await (const chunk of from.createReadStream({ highWaterMark: slice, autoClose: false }) as AsyncIterable<Uint8Array>)
      await to.writeFile(mask.push(decoder.decode(chunk, { stream: true })));
    await to.writeFile(mask.push(decoder.decode()) + mask.end());
    await rename(cleaned, this.#file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    try {
      written(this.#shown, Buffer.from(this.#mask.end(), 'utf8'));
    } finally {
      closeSync(this.#shown);
      closeSync(this.#sealed);
      await this.#reading;
      this.#read.text = '';
      await rm(sealedOf(this.#file), { force: true });
    }
    await this.#hideLate();
  }
}

const sealedOf = (file: string): string => `${file}.sealed`;

/** A write may take a part only. */
function written(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
