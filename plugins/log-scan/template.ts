/** What differs from one message to the next; the longest forms first, so that a UUID is not eaten as numbers. Each is linear. */
const variable: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, '<jwt>'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '<email>'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/gi, '<url>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  // Identifiers in hexadecimal are digits only by chance now and then, so they are numbers too.
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<number>'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{18,}\b/gi, '<id>'],
  [/"[^"\n]{1,200}"|'[^'\n]{1,200}'|`[^`\n]{1,200}`/g, '<text>'],
  [/(?:\/[\w.@~+%-]+){2,}/g, '<path>'],
  [/\b\d+(?:\.\d+)?/g, '<number>'],
];

/** A message without what differs from one time to the next. */
export function templateOf(message: string): string {
  return variable
    .reduce((text, [pattern, name]) => text.replace(pattern, name), message.slice(0, 2000))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

/** Does a message match? A part of it that the pattern spells out; `*` stands for any text, also none. */
export function matches(pattern: string, message: string): boolean {
  let at = 0;
  for (const part of pattern.split('*')) {
    const found = message.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
