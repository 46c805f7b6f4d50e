// Inputs and outputs of plugins: a subset of JSON Schema, and the TypeScript types that follow from it.

/** Any JSON value; everything that crosses the contract survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The documented subset of JSON Schema 2020-12 for inputs and outputs. */
export type Schema = { readonly description: string; readonly nullable?: true } & (
  | {
      readonly type: 'string';
      readonly enum?: readonly string[];
      readonly pattern?: string;
      readonly default?: string;
      readonly format?: StringFormat;
    }
  | {
      readonly type: 'number' | 'integer';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly default?: number;
      /** `percent`, `duration` and `size` are written as text ("10%", "2s", "64KiB") and arrive as a number: percent 0 to 100, milliseconds, bytes. */
      readonly format?: NumberFormat;
    }
  | { readonly type: 'boolean'; readonly default?: boolean }
  | {
      readonly type: 'array';
      readonly items: Schema;
      readonly minItems?: number;
      readonly default?: readonly Json[];
    }
  | {
      readonly type: 'map';
      readonly values: Schema;
      readonly default?: { readonly [key: string]: Json };
    }
  | { readonly type: 'json' }
  | ObjectSchema
);
export type StringFormat = 'glob' | 'path' | 'service' | 'auth' | 'secret';
export type NumberFormat = 'duration' | 'percent' | 'size';

export interface ObjectSchema {
  readonly type: 'object';
  readonly description?: string;
  readonly properties: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

// ---- From schema to type: a property is present when it is required or has a default -----------------

export type Infer<S> = S extends { nullable: true } ? InferValue<S> | null : InferValue<S>;
type InferValue<S> = S extends { type: 'string'; enum: readonly (infer E)[] }
  ? E
  : S extends { type: 'string' }
    ? string
    : S extends { type: 'number' | 'integer' }
      ? number
      : S extends { type: 'boolean' }
        ? boolean
        : S extends { type: 'array'; items: infer I }
          ? readonly Infer<I>[]
          : S extends { type: 'map'; values: infer V }
            ? { readonly [key: string]: Infer<V> }
            : S extends { type: 'json' }
              ? Json
              : S extends { type: 'object'; properties: infer P }
                ? InferObject<P, S extends { required: readonly (infer R)[] } ? R : never>
                : never;
type InferObject<P, R> = {
  readonly [K in keyof P as K extends R ? K : P[K] extends { default: unknown } ? K : never]: Infer<P[K]>;
} & {
  readonly [K in keyof P as K extends R ? never : P[K] extends { default: unknown } ? never : K]?: Infer<P[K]>;
};
