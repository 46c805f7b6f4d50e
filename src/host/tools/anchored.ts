// Opening files below a folder so that no link that is put in place meanwhile can lead elsewhere: every part of the path is opened by
// itself, without following links, and what comes next is named through the descriptor of the part before (open(2), O_NOFOLLOW).
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../../model/result.ts';
import { onLinux } from '../machine.ts';
import type { Place } from './place.ts';

/** A folder that is held open. */
interface AnchoredFolder extends AsyncDisposable {
  /** Path of an entry that stays inside this folder even when the folder is moved or replaced. */
  entry(name: string): string;
}

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

function anchored(handle: FileHandle, folder: string): AnchoredFolder {
  return {
    entry: (name) => (onLinux() ? `/proc/self/fd/${handle.fd}/${name}` : path.join(folder, name)),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** Opens the folder that holds a place; with `create` the folders that are missing are made. */
export async function openParent(place: Place, options: { readonly create: boolean }): Promise<Result<AnchoredFolder, string>> {
  let folder = place.root;
  let current = anchored(await open(folder, folderFlags), folder);
  for (const segment of place.segments.slice(0, -1)) {
    const entry = current.entry(segment);
    folder = path.join(folder, segment);
    try {
      if (options.create) await mkdir(entry).catch((error: unknown) => ignoreExisting(error));
      const next = anchored(await open(entry, folderFlags), folder);
      await current[Symbol.asyncDispose]();
      current = next;
    } catch (error) {
      await current[Symbol.asyncDispose]();
      return fail(`${place.name} cannot be reached: ${codeOf(error)} at ${segment}.`);
    }
  }
  return succeed(current);
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
