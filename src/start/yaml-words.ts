// Values as a person writes them in YAML: plain where that is safe, else in double quotes, which YAML reads as JSON does.

const word = /^[A-Za-z_./][\w./@+=-]*( [\w./@+=-]+)*$/;
const other = /^(true|false|yes|no|on|off|null|y|n|~)$/i;

/** In a flow collection, or anywhere. */
export const flow = (text: string): string => (word.test(text) && !other.test(text) ? text : JSON.stringify(text));

/** Behind a key on a line of its own. */
export function block(text: string): string {
  const plain = /^[A-Za-z_./(][^\n]*$/.test(text) && !/: |:$| #|\s$/.test(text) && !other.test(text) && !text.includes('${{ ');
  return plain ? text : JSON.stringify(text);
}

export const list = (items: readonly string[]): string => `[${items.map(flow).join(', ')}]`;
export const map = (fields: Readonly<Record<string, string | readonly string[]>>): string =>
  `{ ${Object.entries(fields)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? flow(value) : list(value)}`)
    .join(', ')} }`;

/** A comment of at most 120 characters a line. */
export function comment(text: string, indent = ''): readonly string[] {
  const lines: string[] = [];
  for (const each of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + each.length > 119)
      lines.push(`${indent}# ${last !== undefined && text.startsWith('- ') ? '  ' : ''}${each}`);
    else lines[lines.length - 1] = `${last} ${each}`;
  }
  return lines;
}
