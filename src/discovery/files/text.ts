// From bytes to a text that may be parsed.

const largest = 1024 * 1024;
/** No hand-written file has a line this long. */
const longestLine = 20_000;

export type TextRead =
  /** `but`: what is to be said of it. */
  { readonly text: string; readonly but: string | undefined } | { readonly why: string };

export function textOf(bytes: Uint8Array): TextRead {
  if (bytes.length > largest) return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 1 MiB are not read` };
  const { text, but } = decoded(bytes);
  if (text.includes('\0')) return { why: 'it is a binary file' };
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    if ((end < 0 ? text.length : end) - from > longestLine)
      return { why: 'it looks minified or generated: a line has over 20,000 characters' };
    if (end < 0) break;
    from = end + 1;
  }
  return { text, but };
}

function decoded(bytes: Uint8Array): { readonly text: string; readonly but: string | undefined } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), but: undefined };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), but: undefined };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), but: undefined };
  } catch {
    // Whatever the encoding was, code is ASCII nearly everywhere; only letters in texts and comments may be others.
    return {
      text: new TextDecoder('latin1').decode(bytes),
      but: 'it is not UTF-8 text; it was read as Latin-1, so letters may be wrong',
    };
  }
}
