// JSON as configuration files hold it: with comments, and with commas after the last element.

export type JsonObject = Readonly<Record<string, unknown>>;
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined: no JSON object. */
export function jsonObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const plain = text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : ' '));
  const exact = plain.replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part === ',' ? '' : part));
  try {
    const value: unknown = JSON.parse(exact);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
