/** English, code and SQL have about four characters per token in the tokenisers of today's models. */
const charactersPerToken = 4;

const leftOut = (count: number): string => `(${count} more are left out)`;

/** As many of the texts as fit in so many tokens, the first ones first, and a line for those that do not. */
export function fitted(texts: readonly string[], tokens: number, left: (count: number) => string = leftOut): readonly string[] {
  const kept: string[] = [];
  let room = tokens * charactersPerToken;
  for (const text of texts) {
    room -= text.length + 1;
    if (room < 0) break;
    kept.push(text);
  }
  return kept.length === texts.length ? kept : [...kept, left(texts.length - kept.length)];
}
