// Files that a person names: read at most as far as one is of use, and in words where that does not work.
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { fail, type Result, succeed } from '../model/result.ts';

export interface Unread {
  /** Nothing is there by that name. */
  readonly missing: boolean;
  /** Without a full stop: "it is a folder". */
  readonly why: string;
}

/** More than any file of YAML may have; what has no end (`/dev/zero`) ends here. */
const most = 16 * 1024 * 1024;

export function readNamed(file: string): Result<Uint8Array, Unread> {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const status = fstatSync(fd);
    if (status.isDirectory()) return fail({ missing: false, why: 'it is a folder' });
    if (status.size > most) return fail({ missing: false, why: `it has ${status.size} bytes, and ${most} are the limit` });
    return succeed(contentOf(fd, status.size));
  } catch (error) {
    return fail(unreadWords(error, file));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Pipes and devices have no size: they are read until they end. */
function contentOf(fd: number, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (let room = size + 1; total <= most; room = 64 * 1024) {
    const part = Buffer.allocUnsafe(room);
    const read = readSync(fd, part, 0, room, null);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    total += read;
  }
  return parts.length === 1 ? (parts[0] ?? new Uint8Array()) : Buffer.concat(parts);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ELOOP: 'it is a link that leads to itself',
  ENXIO: 'it is no file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  ENAMETOOLONG: 'its name is too long',
};

/** Why the system did not do what was asked of a file, for people. */
export function faultWords(error: unknown): string {
  const known = error instanceof Error && 'code' in error ? words[String(error.code)] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}

function unreadWords(error: unknown, file: string): Unread {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOENT') return { missing: code === 'ENOTDIR', why: faultWords(error) };
  const link = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return link
    ? { missing: false, why: 'it is a link to something that is not there' }
    : { missing: true, why: faultWords(error) };
}
