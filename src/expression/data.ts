// Between JSON and the library's values.

import type { ExpressionData, Pair } from '@actions/expressions/data/expressiondata';
import { BooleanData, Dictionary, Kind, Array as ListData, Null, NumberData, StringData } from '@actions/expressions/data/index';
import type { Json } from '../plugin-api.ts';

/**
 * The library's own dictionary keeps keys in a plain object, and so loses `constructor` and finds `toString`. This one prefers the
 * exact key before one that differs in upper and lower case.
 */
export class ObjectData extends Dictionary {
  readonly #entries = new Map<string, ExpressionData>();
  readonly #lower = new Map<string, ExpressionData>();

  constructor(entries: Iterable<readonly [string, ExpressionData]>) {
    super();
    for (const [key, value] of entries) this.add(key, value);
  }
  override add(key: string, value: ExpressionData): void {
    this.#entries.set(key, value);
    const lower = key.toLowerCase();
    if (!this.#lower.has(lower)) this.#lower.set(lower, value);
  }
  override get(key: string): ExpressionData | undefined {
    return this.#entries.get(key) ?? this.#lower.get(key.toLowerCase());
  }
  override values(): ExpressionData[] {
    return [...this.#entries.values()];
  }
  override pairs(): Pair[] {
    return [...this.#entries].map(([key, value]) => ({ key, value }));
  }
}

export function toData(value: Json): ExpressionData {
  if (value === null) return new Null();
  switch (typeof value) {
    case 'string':
      return new StringData(value);
    case 'number':
      return new NumberData(value);
    case 'boolean':
      return new BooleanData(value);
    default:
  }
  if (isList(value)) return new ListData(...value.map(toData));
  return new ObjectData(Object.entries(value).map(([key, item]) => [key, toData(item)] as const));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Throws a RangeError for a number that JSON does not have. */
export function toJson(data: ExpressionData): Json {
  switch (data.kind) {
    case Kind.Null:
      return null;
    case Kind.String:
      return data.coerceString();
    case Kind.Boolean:
      return data.number() === 1;
    case Kind.Number: {
      const value = data.number();
      if (!Number.isFinite(value)) throw new RangeError(`its value is ${value}, which is no number that can be used`);
      return value;
    }
    case Kind.Array:
      return (data as ListData).values().map(toJson);
    default:
      return Object.fromEntries((data as Dictionary).pairs().map(({ key, value }) => [key, toJson(value)]));
  }
}
