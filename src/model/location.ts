/** 1-based line and column. Columns count UTF-16 code units, as editors and the Language Server Protocol do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
/** End exclusive. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}
/** Where something stands in a file that a person wrote; `file` as the person would type it. */
export interface Place {
  readonly file: string;
  readonly range: Range;
}
/** Keys and indexes from the root of a document. */
export type Path = readonly (string | number)[];
