/** Renames a column in a text that is kept as written. */
export function renameIn(text: string, from: string, to: string): string {
  const quoted = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(
    new RegExp(`(?<![\\w"'.])("?)${quoted}\\1(?![\\w"'(])`, 'g'),
    (_, quote: string) => `${quote}${to}${quote}`,
  );
}
