// Careful reading of JSON that anybody may have written.

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
export const listOf = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
export const mapsOf = (value: unknown): readonly Fields[] =>
  (listOf(value) ?? []).map(fieldsOf).filter((item) => item !== undefined);
/** The same where anything else in the list would be lost: undefined then, and where there is no list. */
export function onlyMapsOf(value: unknown): readonly Fields[] | undefined {
  const maps = mapsOf(value);
  return listOf(value)?.length === maps.length ? maps : undefined;
}
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A line or a column: whole and from 1; tools that do not know one write 0. */
const positionOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 ? number : undefined;
};

export interface Span {
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}
/** Positions without those that are not known; a column without its line says nothing. */
export function spanOf(given: { readonly [Key in keyof Span]: unknown }): Span {
  const [line, column] = [positionOf(given.line), positionOf(given.column)];
  const [endLine, endColumn] = [positionOf(given.endLine), positionOf(given.endColumn)];
  if (line === undefined) return {};
  return {
    line,
    ...(column === undefined ? {} : { column }),
    ...(endLine === undefined || endLine < line ? {} : { endLine }),
    ...(endLine === undefined || endLine < line || endColumn === undefined ? {} : { endColumn }),
  };
}

/** The value of a JSON text, or what is wrong with it in the words of the parser. */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: `it is no JSON: ${(error as Error).message}` };
  }
}
