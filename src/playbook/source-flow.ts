// Inside `{ }` and `[ ]` braces end text without quotes: `{path: /orders/{id}}` and `{goal: ${{ inputs.goal }}}` are not what they look.

/** The text without quotes around a `{` at `offset` that was meant as one value. */
export function unquoted(
  text: string,
  offset: number,
):
  | { readonly code: 'yaml/unquoted-expression' | 'yaml/unquoted-pattern'; readonly range: readonly [number, number] }
  | undefined {
  if (text.charAt(offset) !== '{') return undefined;
  const before = /[^\s,[\]{}'"]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0] ?? '';
  if (before === '' || before.endsWith(':')) return undefined;
  const start = offset - before.length;
  const expression = before.endsWith('$') && text.charAt(offset + 1) === '{';
  const end = endOf(text, start);
  return { code: expression ? 'yaml/unquoted-expression' : 'yaml/unquoted-pattern', range: [start, end] };
}

/** Behind the text that begins at `start`: up to a separator outside of braces that belong together. */
export function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\n' || character === '\r') return at;
    if (character === '{') depth++;
    else if (character === '}') {
      if (depth === 0) return at;
      depth--;
    } else if (depth === 0 && /[\s,\]]/.test(character)) return at;
  }
  return text.length;
}
