// From bytes to SQL. A line of a dump may be as long as it likes.
const largest = 1024 * 1024;

export function sqlText(
  bytes: Uint8Array,
): { readonly text: string; readonly but: string | undefined } | { readonly why: string } {
  if (bytes.length > largest) return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 1 MiB are not read` };
  if (bytes.includes(0) && bytes[0] !== 0xff && bytes[0] !== 0xfe) return { why: 'it is a binary file' };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), but: undefined };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), but: undefined };
  } catch {
    return {
      text: new TextDecoder('latin1').decode(bytes),
      but: 'it is not UTF-8 text; it was read as Latin-1, so letters may be wrong',
    };
  }
}
