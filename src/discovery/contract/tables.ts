// What the tables of a project are, whatever says so. Types are written as the dialect's own catalogue prints them.
import type { Place } from './place.ts';
import type { Stack } from './reading.ts';

export type Dialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite' | 'mssql' | 'oracle' | 'mongodb';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** As it is written. */
  readonly default: string | null;
  readonly generated: string | null;
  /** The enum type that it is of. */
  readonly enum: string | null;
  readonly at: Place;
}
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}
export interface ForeignKey extends Key {
  readonly table: string;
  readonly references: readonly string[];
  /** `no action`, `restrict`, `cascade`, `set null` or `set default`. */
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
  /** The class or model that stands for it. */
  readonly entity: string | null;
  readonly kind: 'table' | 'collection';
  readonly at: Place;
  readonly columns: readonly Column[];
  readonly primaryKey: Key | null;
  readonly uniques: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly indexes: readonly Index[];
  readonly partitionOf: string | null;
}
export interface Enum {
  readonly name: string;
  readonly values: readonly string[];
}
export interface View {
  readonly name: string;
  readonly materialized: boolean;
  readonly reads: readonly string[];
}
export interface Relation {
  readonly from: string;
  readonly to: string;
  readonly kind: 'many-to-one' | 'one-to-one' | 'many-to-many';
  readonly columns: readonly string[];
  readonly optional: boolean;
  /** Of a many-to-many relation: the table between. */
  readonly through: string | null;
  /** What the code calls it. */
  readonly names: readonly string[];
}
export interface Migration {
  readonly file: string;
  /** `creates table orders`, in order. */
  readonly does: readonly string[];
  /** The file that takes it back, which may be the same one. */
  readonly down: string | null;
}
export type SourceKind = 'models' | 'migrations' | 'dump' | 'live';
/** What one source says. */
export interface SchemaPart {
  readonly source: {
    readonly kind: SourceKind;
    readonly stack: string;
    readonly dialect: Dialect | null;
    readonly files: readonly string[];
  };
  readonly scope: string;
  readonly tables: readonly Table[];
  readonly enums: readonly Enum[];
  readonly views: readonly View[];
  /** Relations that only the code knows; those of foreign keys follow from the tables. */
  readonly relations: readonly Relation[];
  readonly migrations: readonly Migration[];
}
export interface Disagreement {
  readonly table: string;
  readonly column: string | null;
  readonly what: string;
  readonly in: readonly SourceKind[];
  readonly notIn: readonly SourceKind[];
  readonly at: Place | null;
}
/** A project may say one thing in several places: one part for each source. */
export type TableStack = Stack<readonly SchemaPart[]>;
