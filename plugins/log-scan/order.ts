// What the gate asks of the process that sends requests, on standard input, and what it hears back, on standard output; both JSON.
import type { Json } from '../../src/plugin-api.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status?: number;
  readonly includes: readonly string[];
  /** JSON Schema 2020-12 of the body. */
  readonly schema?: Json;
  /** Headers that only carry a marker: the call is sent once more without them when it is not answered as expected. */
  readonly markers: readonly string[];
}
export interface Order {
  readonly url: string;
  readonly calls: readonly Call[];
  readonly timeoutMs: number;
}
export interface Sent {
  /** What is wrong with the answer, in words; undefined: nothing. */
  readonly wrong: string | undefined;
  /** It was answered as expected only without its markers. */
  readonly markersRefused: boolean;
}
