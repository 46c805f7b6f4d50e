// What the stand-in is told and what it tells: shared by the plugin and the process that answers.
import type { Json } from '../../src/plugin-api.ts';

/** No path of an outside service starts like this. */
export const controlPath = '/__bexpert';
/** The code under test knows the address, but not this header's value: it cannot clear the log of its own calls. */
export const controlHeader = 'x-bexpert-control';

export interface Route {
  readonly method: string;
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined: no body. */
  readonly body?: Json;
  readonly delayMs: number;
}
export interface StandInConfiguration {
  readonly socketPath: string;
  readonly token: string;
  readonly routes: readonly Route[];
  /** Paths that may stand in front of every route, from `servers:` of an OpenAPI file. */
  readonly prefixes: readonly string[];
}

/** How calls are treated from now on; `times` calls only, where it is given, and only those that match `method` and `path`. */
export type Mode = { readonly method?: string; readonly path?: string; readonly times?: number } & (
  | { readonly mode: 'answer' }
  /** Another status, with an error as its body. */
  | { readonly mode: 'fail'; readonly status?: number }
  /** The normal answer, later. */
  | { readonly mode: 'delay'; readonly delayMs: number }
  /** The connection is cut before an answer. */
  | { readonly mode: 'reset' }
  /** No answer, and the connection stays. */
  | { readonly mode: 'hang' }
);

export interface Call {
  /** Milliseconds since the stand-in started. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Without the values of authorization and cookie. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KiB. */
  readonly body: string;
  /** undefined: it got no answer. */
  readonly status: number | undefined;
  /** "POST /charges/{id}"; undefined: no route matched. */
  readonly route: string | undefined;
}
export interface Calls {
  /** All calls, also those that the list no longer holds. */
  readonly total: number;
  readonly unmatched: number;
  readonly byRoute: Readonly<Record<string, number>>;
  /** The newest 10,000. */
  readonly calls: readonly Call[];
}
