/** The words of a code without an occurrence: every fact is its own name in braces, a list of one or a text where a list will not do. */
export function placeholderWords(form: (facts: never) => string): string {
  const named = (value: (name: string) => unknown): never =>
    new Proxy({}, { get: (_, name) => (name === 'near' ? undefined : value(`{${String(name)}}`)) }) as never;
  for (const value of [(name: string) => [name], (name: string) => name]) {
    try {
      return form(named(value)).replaceAll('\n', ' ');
    } catch {
      // The next form of the facts.
    }
  }
  return '';
}
