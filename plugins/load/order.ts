// What the gate asks of the process that generates load, and what it gets back: one line of JSON each way.
import type { Json } from '../../src/plugin-api.ts';

/** One request as it goes over the wire. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface Expectation {
  /** Undefined: 200 to 299. */
  readonly status?: number;
  readonly includes: readonly string[];
  readonly schema?: Json;
}
/** A request of the playbook for one instance: with that instance's token and with the values drawn. Sent in turn. */
export interface Target {
  readonly url: string;
  readonly calls: readonly [Call, ...Call[]];
  readonly expect: Expectation;
}

export type Order =
  | { readonly kind: 'check'; readonly target: Target; readonly timeoutMs: number }
  | { readonly kind: 'calibrate' }
  | {
      readonly kind: 'load';
      readonly target: Target;
      readonly connections: number;
      /** Requests in total, or milliseconds. */
      readonly work: { readonly amount: number } | { readonly durationMs: number };
      readonly timeoutMs: number;
      /** Ends early after as many errors. */
      readonly stopAfterErrors: number;
      /** Bodies were not empty without load, so empty ones are wrong. */
      readonly bodied: boolean;
    }
  | {
      /** Requests one after the other, on a connection that is kept for the next turn. */
      readonly kind: 'turn';
      readonly target: Target;
      /** Which of its calls comes first. */
      readonly from: number;
      readonly requests: number;
      readonly timeoutMs: number;
      readonly bodied: boolean;
    };

/** How busy the client was itself. */
export interface ClientState {
  /** Share of one core. */
  readonly cpu: number;
  /** 99th percentile of the delay of its event loop, milliseconds. */
  readonly delayMs: number;
}
export interface Checked {
  /** Undefined: no answer. */
  readonly status: number | undefined;
  /** What is wrong, in words; undefined: right. */
  readonly wrong: string | undefined;
  readonly bodied: boolean;
  readonly excerpt: string;
}
export interface Loaded {
  readonly sent: number;
  /** Right ones, answers that are not as expected, 500 to 599 that nobody expects, and requests without an answer. */
  readonly right: number;
  readonly wrong: number;
  readonly failed: number;
  readonly unanswered: number;
  /** The first few of each kind, in words, with how often. */
  readonly wrongs: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** Milliseconds of some stretches with as many right answers each; empty: too few answers for that. */
  readonly stretches: readonly number[];
  readonly perStretch: number;
  /** Microseconds and how often, ascending: an HdrHistogram with three significant digits. A request without an answer counts as its time-out. */
  readonly histogram: readonly (readonly [number, number])[];
  readonly stoppedEarly: boolean;
  readonly client: ClientState;
}
export interface TurnTaken {
  /** Microseconds of the right answers, without that of the first request, which wakes the service up. */
  readonly times: readonly number[];
  readonly sent: number;
  /** Answers that are not as expected; 500 to 599 that nobody expects, and requests without an answer. */
  readonly wrong: number;
  readonly failed: number;
  readonly example: string | undefined;
}
export interface Calibrated {
  /** How many times as long as on an idle machine a computation takes: 1 where nothing else runs. */
  readonly slowdown: number;
}
export interface AnswerTo {
  readonly calibrate: Calibrated;
  readonly check: Checked;
  readonly load: Loaded;
  readonly turn: TurnTaken;
}
export type Answer =
  | { readonly ok: true; readonly value: AnswerTo[keyof AnswerTo] }
  | { readonly ok: false; readonly code: string; readonly message: string };
