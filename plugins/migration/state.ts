// What the gate knows of a database at one moment, and how it asks for it. Shared with the script that runs beside the database.

/** One object of the catalogue. */
export interface CatalogueEntry {
  /** "column", "index", "function", … */
  readonly kind: string;
  /** Qualified by its schema: "public.orders.total". */
  readonly name: string;
  /** The table that it belongs to, where it does. */
  readonly table?: string;
  /** Everything about it that counts, as the server itself prints it. */
  readonly definition: string;
}
interface Column {
  readonly name: string;
  /** Its values may differ between two runs of the same statement: times, random keys, sequences. */
  readonly volatile: boolean;
}
/** Digests of 8 hex digits per cell in the order of the columns; `nullDigest` for NULL. */
export interface Row {
  /** Values of the primary key as a JSON list; '' where there is none. */
  readonly key: string;
  readonly cells: readonly string[];
}
export const nullDigest = '--NULL--';
export interface TableState {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly count: number;
  /** Missing where the table is too large; `digests` stands for it. */
  readonly rows?: readonly Row[];
  /** One digest per column over all rows. */
  readonly digests?: readonly string[];
}
export interface DatabaseState {
  readonly catalogue: readonly CatalogueEntry[];
  readonly tables: readonly TableState[];
}
export interface Canaries {
  readonly inserted: Readonly<Record<string, number>>;
  /** Tables that took no canary row, with the server's reason. */
  readonly refused: Readonly<Record<string, string>>;
}

/** `modest`: values of every day. `extreme`: also the largest and smallest that the types take. */
export type Flavour = 'modest' | 'extreme';
export type StateRequest =
  | { readonly do: 'state'; readonly url: string; readonly rowsInDetail: number }
  | {
      readonly do: 'canaries';
      readonly url: string;
      readonly rows: number;
      readonly flavour: Flavour;
      /** Tables, without their schema, that a migration tool keeps for itself. */
      readonly leave: readonly string[];
      /** Number of the first row, so that a second call makes other rows. */
      readonly first: number;
    };
