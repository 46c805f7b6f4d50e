/** Index of the bracket that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  let inClass = false;
  for (let n = open; n < text.length; n += 1) {
    if (text[n] === '\\') n += 1;
    else if (inClass) inClass = text[n] !== ']';
    else if (text[n] === '[') inClass = true;
    else if (text[n] === '(') depth += 1;
    else if (text[n] === ')' && --depth === 0) return n;
  }
  return text.length;
}

/** `^books/(?P<id>\d+)/?$` as `books/{id}`. */
function expression(pattern: string): string {
  let path = '';
  let unnamed = 0;
  for (let n = 0; n < pattern.length; n += 1) {
    const rest = pattern.slice(n);
    if (rest.startsWith('(')) {
      const end = closing(pattern, n);
      const [, name] = /^\(\?P<(\w+)>/.exec(rest) ?? [];
      const isOptional = /^[?*]/.test(pattern.slice(end + 1));
      if (rest.startsWith('(?:')) path += isOptional ? '' : expression(pattern.slice(n + 3, end));
      else if (!/^\(\?[=!<#]/.test(rest) || name !== undefined) {
        unnamed += 1;
        const inner = pattern.slice(n, end + 1);
        path += `{${name ?? `arg${unnamed}`}${/\.[*+]/.test(inner) ? '*' : ''}}`;
      }
      n = end;
    } else if (rest.startsWith('\\')) {
      if (!/^\\[AZzbB]/.test(rest)) path += rest[1] ?? '';
      n += 1;
    } else if (/^[/\w.-]\?/.test(rest)) n += 1;
    else if (!/^[\^$?+]/.test(rest)) path += rest[0];
  }
  return path;
}

/** The path of a pattern, in OpenAPI's notation. */
export const pathOf = (written: string, isExpression: boolean): string =>
  isExpression
    ? expression(written)
    : written.replace(/<(?:(\w+):)?(\w+)>/g, (_, converter, name) => (converter === 'path' ? `{${name}*}` : `{${name}}`));
