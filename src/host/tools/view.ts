import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../../model/result.ts';
import type { Access } from '../../workspace/contract.ts';
import { codeOf, openParent } from './anchored.ts';
import { linesOf, numbered } from './excerpt.ts';
import type { ToolInputs } from './input.ts';
import type { Place } from './place.ts';
import { hashMark, type TextFile } from './text-file.ts';

const viewLines = 800;
const largestListing = 300;

/** The asked lines with their numbers, under a line that says which they are. */
export function viewText(place: Place, file: TextFile, input: ToolInputs['view_file']): Result<string, string> {
  const lines = linesOf(file.text);
  if (lines.length === 0) return succeed(`${place.name}: empty file`);
  const first = Math.max(1, input.StartLine ?? 1);
  if (first > lines.length) return fail(`${place.name} has ${lines.length} lines; line ${first} is behind its end.`);
  const last = Math.min(lines.length, input.EndLine ?? Number.POSITIVE_INFINITY, first + viewLines - 1);
  if (last < first) return fail(`EndLine ${input.EndLine} lies before StartLine ${first}.`);
  const head = `${place.name}, lines ${first}-${last} of ${lines.length}, ${hashMark(file.hash)}${file.text.includes('\r\n') ? ', CRLF line ends' : ''}`;
  return succeed(`${head}\n${numbered(lines, { first, last })}`);
}

/** Names in a folder, folders first; undefined when the place is no folder. */
export async function viewFolder(place: Place, access: Access): Promise<Result<string, string> | undefined> {
  const parent = await openParent({ ...place, segments: [...place.segments, '.'] }, { create: false });
  if (!parent.ok) return undefined;
  await using folder = parent.value;
  try {
    const entries = (await readdir(folder.entry('.'), { withFileTypes: true }))
      .filter(({ name }) => access.mayRead(place.name === '.' ? name : path.posix.join(place.name, name)))
      .map((entry) => `${entry.name}${entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : ''}`)
      .sort((a, b) => Number(b.endsWith('/')) - Number(a.endsWith('/')) || a.localeCompare(b, 'en'));
    const more = entries.length > largestListing ? `\n[... ${entries.length - largestListing} more]` : '';
    return succeed(`${place.name}, ${entries.length} entries\n${entries.slice(0, largestListing).join('\n')}${more}`);
  } catch (error) {
    return fail(`${place.name} cannot be listed: ${codeOf(error)}.`);
  }
}
