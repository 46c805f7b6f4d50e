// The schema as migrations build it up or as models declare it. Every change replaces a record; only the maps of the model change.
import type { Place } from '../contract/place.ts';
import type { Column, Dialect, Table, View } from '../contract/tables.ts';

export type { Place } from '../contract/place.ts';
export type { Column, Dialect, ForeignKey, Key, Table, View } from '../contract/tables.ts';

export interface Model {
  readonly tables: Map<string, Table>;
  /** Values by name. */
  readonly enums: Map<string, readonly string[]>;
  readonly views: Map<string, View>;
  readonly dialect: Dialect;
  /** The schema of names without one. */
  searchPath: string;
}

export const emptyModel = (dialect: Dialect = 'postgresql'): Model => ({
  tables: new Map(),
  enums: new Map(),
  views: new Map(),
  dialect,
  searchPath: 'public',
});

export const emptyTable = (name: string, at: Place): Table => ({
  name,
  entity: null,
  kind: 'table',
  at,
  columns: [],
  primaryKey: null,
  uniques: [],
  foreignKeys: [],
  checks: [],
  indexes: [],
  partitionOf: null,
});

export const plainColumn = (name: string, type: string, at: Place): Column => ({
  name,
  type,
  nullable: true,
  default: null,
  generated: null,
  enum: null,
  at,
});

/** What a reader met and could not put into the map; who reads says of what it is. */
export interface Unclear extends Place {
  readonly what: string;
  readonly why: string;
}
