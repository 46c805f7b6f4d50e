// What the driver that runs Vitest is told, and what it tells: one signed line of JSON an event.
import { createHmac } from 'node:crypto';

/** Given on standard input, so that no process that the tests start can read the key in an environment or an argument list. */
export interface Order {
  /** Signs every line of the event file. */
  readonly key: string;
  /** Absolute path of a file that does not exist yet. */
  readonly events: string;
  /** Absolute folder of the scope. */
  readonly root: string;
  /** Configuration file relative to the root; false: none is loaded, whatever lies in the tree. */
  readonly config: string | false;
  /** Absolute path of the set-up file with the canaries. */
  readonly guard: string;
  readonly cacheFolder: string;
  /** `collect` lists the tests without running them. */
  readonly mode: 'run' | 'collect';
  /** Files relative to the root; undefined: all. */
  readonly files?: readonly string[];
  /** Globs that replace those of the configuration. */
  readonly include?: readonly string[];
  /** Milliseconds. */
  readonly testTimeout?: number;
  readonly seed: number;
}

export interface TestError {
  readonly name: string;
  readonly message: string;
  readonly diff?: string;
  readonly stack?: string;
}

/** What the canaries left behind in the test process. */
export interface GuardMark {
  /** Calls of `expect` in the test; undefined where it cannot be told. */
  readonly assertions?: number;
  /** What was found changed: "expect().toBe", "Date.now". */
  readonly tampered: readonly string[];
}
export type Mode = 'run' | 'skip' | 'todo' | 'fails';

export type DriverEvent =
  | {
      readonly type: 'begin';
      readonly version: string;
      /** Relative to the root. */
      readonly files: readonly string[];
      /** Files that run before the tests, relative to the root. */
      readonly setUp: readonly string[];
    }
  | { readonly type: 'collected'; readonly file: string; readonly name: string; readonly mode: Mode }
  | {
      readonly type: 'test';
      readonly file: string;
      readonly name: string;
      readonly state: 'passed' | 'failed' | 'skipped';
      readonly mode: Mode;
      readonly line?: number;
      readonly durationMs: number;
      readonly errors: readonly TestError[];
      readonly guard?: GuardMark;
    }
  | { readonly type: 'file'; readonly file: string; readonly errors: readonly TestError[]; readonly guard?: GuardMark }
  | { readonly type: 'end'; readonly passed: number; readonly failed: number; readonly unhandled: readonly TestError[] }
  /** It could not begin. */
  | { readonly type: 'broken'; readonly reason: 'not-installed' | 'version' | 'start'; readonly message: string };

/** Each signature covers the one before, so that lines can neither be dropped nor moved. */
export function signature(key: string, before: string, line: string): string {
  return createHmac('sha256', key).update(`${before}\n${line}`).digest('hex');
}

/** The events up to the first line that is not signed in its place. */
export function readEvents(text: string, key: string): { readonly events: readonly DriverEvent[]; readonly forged: boolean } {
  const events: DriverEvent[] = [];
  let before = '';
  for (const row of text.split('\n')) {
    if (row === '') continue;
    const [signed, line] = [row.slice(0, 64), row.slice(65)];
    if (signature(key, before, line) !== signed) return { events, forged: true };
    events.push(JSON.parse(line) as DriverEvent);
    before = signed;
  }
  return { events, forged: false };
}
