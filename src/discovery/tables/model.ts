// The schema as migrations build it up or as models declare it. Every change replaces a record; only the maps of the model change.
export interface Place {
  readonly file: string;
  readonly line: number | null;
}
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly generated: string | null;
}
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}
export interface ForeignKey extends Key {
  readonly table: string;
  readonly references: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}
export interface Check extends Key {
  readonly expression: string;
}
export interface Index {
  readonly name: string;
  /** Columns and expressions, as written. */
  readonly parts: readonly string[];
  /** All columns that it depends on. */
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly method: string;
  readonly where: string | null;
}
export interface Table {
  readonly name: string;
  /** The class or model that stands for it in code. */
  readonly entity: string | null;
  readonly kind: 'table' | 'collection';
  readonly columns: readonly Column[];
  readonly primaryKey: Key | null;
  readonly uniques: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly indexes: readonly Index[];
  readonly partitionOf: string | null;
  readonly file: string;
}
export interface View {
  readonly name: string;
  readonly materialized: boolean;
  readonly reads: readonly string[];
}
export type Dialect = 'postgresql' | 'mysql' | 'sqlite' | 'mssql' | 'mongodb';
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

export const emptyTable = (name: string, file: string): Table => ({
  name,
  entity: null,
  kind: 'table',
  columns: [],
  primaryKey: null,
  uniques: [],
  foreignKeys: [],
  checks: [],
  indexes: [],
  partitionOf: null,
  file,
});

export const plainColumn = (name: string, type: string): Column => ({
  name,
  type,
  nullable: true,
  default: null,
  generated: null,
});

export interface NotUnderstood extends Place {
  readonly what: string;
  readonly why: string;
}
