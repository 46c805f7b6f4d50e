import { isUtf8 } from 'node:buffer';

/** The text of a file's bytes, and its first byte that is no UTF-8. The byte order mark stays. */
export function decode(bytes: Uint8Array): {
  readonly text: string;
  readonly problem?: {
    readonly code: 'yaml/not-utf-8';
    readonly facts: { readonly byte: number; readonly offset: number };
    readonly start: number;
    readonly end: number;
  };
} {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const bad = isUtf8(bytes) ? undefined : firstBadByte(bytes, text);
  if (bad === undefined) return { text };
  const { offset, at } = bad;
  const start = text.startsWith('\uFEFF') ? at - 1 : at;
  return { text, problem: { code: 'yaml/not-utf-8', facts: { byte: bytes[offset] ?? 0, offset }, start, end: start + 1 } };
}

/** Where a replacement character was put that the file does not hold itself: its offset in the bytes and in the text. */
function firstBadByte(bytes: Uint8Array, text: string): { readonly offset: number; readonly at: number } | undefined {
  let offset = 0;
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0xfffd && !(bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd))
      return { offset, at };
    offset += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += character.length;
  }
  return undefined;
}
