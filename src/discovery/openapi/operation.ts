import type { Json } from '../../contract/schema.ts';
import type { Place } from '../contract/place.ts';

/** An operation of an OpenAPI file, whatever its version, in the shape of version 3. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string | null;
  readonly at: Place & { readonly line: number };
  readonly security: Json;
  readonly parameters: Json;
  readonly request: Json;
  readonly response: Json;
  /** Paths of the servers that stand before it. */
  readonly prefixes: readonly string[];
}

export type Document = { readonly [key: string]: Json };
export const isDocument = (value: Json | undefined): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
