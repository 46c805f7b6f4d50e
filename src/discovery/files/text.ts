// From bytes to a text that may be parsed.

const largest = 1024 * 1024;
/** No hand-written file has a line this long. */
const longestLine = 20_000;

export type TextRead = { readonly text: string } | { readonly why: string };

export function textOf(bytes: Uint8Array): TextRead {
  if (bytes.length > largest) return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 1 MiB are not read` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { why: 'it is not UTF-8 text' };
  }
  if (text.includes('\0')) return { why: 'it is a binary file' };
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    if ((end < 0 ? text.length : end) - from > longestLine)
      return { why: 'it looks minified or generated: a line has over 20,000 characters' };
    if (end < 0) break;
    from = end + 1;
  }
  return { text };
}
