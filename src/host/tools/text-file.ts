// Text files as the tools read and write them: bytes that are not touched stay as they are.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { fail, type Result, succeed } from '../../model/result.ts';
import { codeOf, openParent } from './anchored.ts';
import type { Place } from './place.ts';

export interface TextFile {
  readonly bytes: Uint8Array;
  /** Without a byte order mark; line ends as they are. */
  readonly text: string;
  readonly bom: boolean;
  readonly mode: number;
  /** sha256 of the bytes, hexadecimal. */
  readonly hash: string;
}

const largestFile = 8 * 1024 * 1024;
/** How answers name a state of a file; the journal keeps answers, so that a resume can read it there. */
export const hashMark = (hash: string): string => `sha256:${hash.slice(0, 12)}`;
export const shownHash = (answer: string): string | undefined => /\bsha256:[0-9a-f]{12}\b/.exec(answer)?.[0];

const bomBytes = Buffer.from([0xef, 0xbb, 0xbf]);

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What stands at a place. A missing file is `undefined`; anything but a readable text file is a reason. */
export async function readText(place: Place): Promise<Result<TextFile | undefined, string>> {
  const name = place.segments.at(-1);
  if (name === undefined) return fail(`${place.name} is a folder.`);
  const parent = await openParent(place, { create: false });
  if (!parent.ok) return parent.error.includes('ENOENT') ? succeed(undefined) : parent;
  await using folder = parent.value;
  try {
    // Without O_NONBLOCK a named pipe would hold the runner.
    await using handle = await open(folder.entry(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await handle.stat();
    if (status.isDirectory()) return fail(`${place.name} is a folder.`);
    if (!status.isFile()) return fail(`${place.name} is no regular file.`);
    if (status.nlink > 1 && place.tracked !== undefined) {
      return fail(`${place.name} is a hard link to a file that may lie elsewhere; it is neither shown nor changed.`);
    }
    if (status.size > largestFile) {
      return fail(
        `${place.name} has ${status.size} bytes; files of at most ${largestFile} bytes are shown. Use grep_search or run_command.`,
      );
    }
    const bytes = await handle.readFile();
    if (bytes.includes(0)) return fail(`${place.name} is a binary file of ${bytes.length} bytes.`);
    const bom = bytes.subarray(0, 3).equals(bomBytes);
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bom ? bytes.subarray(3) : bytes);
    return succeed({ bytes, text, bom, mode: status.mode & 0o7777, hash: hashOf(bytes) });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return succeed(undefined);
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return fail(`${place.name} is not UTF-8 text.`);
    return fail(`${place.name} cannot be read: ${codeOf(error)}.`);
  }
}

export function encode(text: string, bom: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return bom ? Buffer.concat([bomBytes, bytes]) : bytes;
}

/** Writes all or nothing: a temporary file beside it, flushed, then moved in place. */
export async function writeText(place: Place, bytes: Uint8Array, mode: number | undefined): Promise<Result<undefined, string>> {
  const name = place.segments.at(-1);
  if (name === undefined) return fail(`${place.name} is a folder.`);
  const parent = await openParent(place, { create: true });
  if (!parent.ok) return parent;
  await using folder = parent.value;
  const temporary = folder.entry(`.bexpert-${randomBytes(6).toString('hex')}`);
  try {
    {
      await using handle = await open(
        temporary,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o644,
      );
      await handle.writeFile(bytes);
      if (mode !== undefined) await handle.chmod(mode);
      await handle.sync();
    }
    await rename(temporary, folder.entry(name));
    return succeed(undefined);
  } catch (error) {
    await rm(temporary, { force: true });
    return fail(`${place.name} cannot be written: ${codeOf(error)}.`);
  }
}
