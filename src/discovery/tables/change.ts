// What one step of a migration does to a schema, whatever language it is written in.
import type { Column, Table, View } from './model.ts';

/** Null as a name: the database gives one. */
export type Name = string | null;
export interface KeyWritten {
  readonly name: Name;
  readonly columns: readonly string[];
}
export interface ForeignKeyWritten extends KeyWritten {
  readonly table: string;
  /** Empty: the primary key of the table. */
  readonly references: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}
export interface IndexWritten extends KeyWritten {
  /** As written, with expressions; `columns` are those that it depends on. */
  readonly parts: readonly string[];
  readonly unique: boolean;
  readonly method: string;
  readonly where: string | null;
}
export interface CheckWritten extends KeyWritten {
  readonly expression: string;
}

/** A part of a table that is no column. */
export type Part =
  | { readonly kind: 'primary-key'; readonly key: KeyWritten }
  | { readonly kind: 'unique'; readonly key: KeyWritten }
  | { readonly kind: 'foreign-key'; readonly key: ForeignKeyWritten }
  | { readonly kind: 'check'; readonly key: CheckWritten }
  | { readonly kind: 'index'; readonly key: IndexWritten };

export type Change =
  | {
      readonly kind: 'create-table';
      readonly table: string;
      readonly columns: readonly Column[];
      readonly parts: readonly Part[];
      readonly ifMissing: boolean;
      readonly more?: Partial<Pick<Table, 'entity' | 'kind' | 'partitionOf'>>;
    }
  | { readonly kind: 'copy-table'; readonly table: string; readonly of: string }
  | { readonly kind: 'drop-table'; readonly table: string; readonly ifExists: boolean }
  | { readonly kind: 'rename-table'; readonly table: string; readonly to: string }
  | {
      readonly kind: 'add-column';
      readonly table: string;
      readonly column: Column;
      readonly ifMissing: boolean;
      /** Where it stands: `''` first, null last. */
      readonly after: string | null;
    }
  | { readonly kind: 'drop-column'; readonly table: string; readonly column: string; readonly ifExists: boolean }
  | { readonly kind: 'rename-column'; readonly table: string; readonly column: string; readonly to: string }
  | { readonly kind: 'change-column'; readonly table: string; readonly column: string; readonly to: Partial<Column> }
  | { readonly kind: 'add-part'; readonly table: string; readonly part: Part; readonly ifMissing: boolean }
  /** `of`: which kind of part where it has no name; `columns` where only these say which one is meant. */
  | {
      readonly kind: 'drop-part';
      readonly table: string;
      readonly of: Part['kind'] | 'constraint';
      readonly name: Name;
      readonly columns?: readonly string[];
      readonly ifExists: boolean;
    }
  | { readonly kind: 'drop-index'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'rename-part'; readonly table: string; readonly name: string; readonly to: string }
  | { readonly kind: 'create-enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'drop-enum'; readonly name: string }
  | { readonly kind: 'create-view'; readonly view: View }
  | { readonly kind: 'drop-view'; readonly name: string; readonly ifExists: boolean }
  /** Leaves the schema as it is. Empty: not worth a word. */
  | { readonly kind: 'says'; readonly what: string };
