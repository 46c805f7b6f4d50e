import type { Json } from '../../contract/schema.ts';
import type { Place } from './place.ts';
import type { Stack } from './reading.ts';

/** What runs before a handler. */
export interface Guard {
  /** As it is written: `app.requireScope`, `AuthGuard('jwt')`. */
  readonly by: string;
  /** Texts that it is given. */
  readonly scopes: readonly string[];
  /** `onRequest`, `preHandler`, `middleware`, `class`, `module` and so on. */
  readonly stage: string;
  /** Does it look like authentication? */
  readonly isAuth: boolean;
  readonly at: Place;
}
export interface Route {
  /** In capitals; `ALL`: any. */
  readonly method: string;
  /** In full, in OpenAPI's notation: `/orders/{id}`; a tail as `/files/{rest*}`. */
  readonly path: string;
  readonly stack: string;
  readonly scope: string;
  readonly registered: Place;
  /** `name`: of the function or method that answers; null: written in place. */
  readonly handler: Place & { readonly name: string | null };
  /** Outermost first. */
  readonly guards: readonly Guard[];
  readonly request: Json;
  readonly response: Json;
  readonly version: string | null;
  /** Where each part of the prefix comes from, outermost first. */
  readonly mounted: readonly Place[];
  /** False: a condition or a loop over unknown data decides whether it exists. */
  readonly certain: boolean;
}
export type RouteStack = Stack<readonly Route[]>;
