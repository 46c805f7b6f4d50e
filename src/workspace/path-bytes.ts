// Git and Linux know paths as bytes. Inside the workspace a path is a string of bytes (one character a byte), so that names that are
// no UTF-8 survive and sorting is git's; at the edge it is text.
export type BytePath = string;

export const toBytes = (text: string): BytePath => Buffer.from(text, 'utf8').toString('latin1');
export const toText = (bytes: BytePath): string => Buffer.from(bytes, 'latin1').toString('utf8');
/** For calls of node:fs. */
export const toBuffer = (bytes: BytePath): Buffer => Buffer.from(bytes, 'latin1');

/** Every folder above a path, the nearest first, without the root. */
export function* parents(path: BytePath): Generator<BytePath> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
}
