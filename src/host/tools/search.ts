import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import picomatch from 'picomatch';
import { fail, type Result, succeed } from '../../model/result.ts';
import type { Access } from '../../workspace/contract.ts';
import type { ToolInputs } from './input.ts';
import type { Place } from './place.ts';
import { searchProgram } from './search-worker.ts';

const limit = 50;
const mostFiles = 50_000;
/** Not searched unless the search starts inside one. */
const left = new Set(['.git', 'node_modules', '.venv', '__pycache__']);

interface Found {
  readonly matches: readonly string[];
  readonly total: number;
  readonly searched: number;
}
interface FileToSearch {
  readonly name: string;
  readonly full: string;
}

/** Regular files below a place that may be read, without following links. */
async function filesBelow(place: Place, access: Access, includes: readonly string[]): Promise<readonly FileToSearch[]> {
  const files: FileToSearch[] = [];
  const positive = includes.filter((glob) => !glob.startsWith('!'));
  const negative = includes.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const matcher = (globs: readonly string[]) =>
    // A glob without a slash means the file's name, in any folder, as in .gitignore.
    picomatch(
      globs.map((glob) => (glob.includes('/') ? glob : `**/${glob}`)),
      { dot: true },
    );
  const wanted = positive.length === 0 ? () => true : matcher(positive);
  const unwanted = negative.length === 0 ? () => false : matcher(negative);
  const walk = async (name: string, full: string): Promise<void> => {
    const entries = await readdir(full, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= mostFiles) return;
      const child = name === '.' ? entry.name : path.posix.join(name, entry.name);
      const at = path.join(full, entry.name);
      if (entry.isDirectory() && !left.has(entry.name)) await walk(child, at);
      else if (entry.isFile() && wanted(child) && !unwanted(child) && access.mayRead(child))
        files.push({ name: child, full: at });
    }
  };
  const full = path.join(place.root, ...place.segments);
  const folder = await readdir(full).then(
    () => true,
    () => false,
  );
  if (folder) await walk(place.name, full);
  else if (access.mayRead(place.name)) files.push({ name: place.name, full: await realpath(full).catch(() => full) });
  return files;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Searches line by line in a thread that is ended after a while, so that no expression can hold the run. */
export async function search(
  place: Place,
  input: ToolInputs['grep_search'],
  options: { readonly access: Access; readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<Result<string, string>> {
  const source = input.IsRegex === true ? input.Query : escaped(input.Query);
  const flags = input.CaseInsensitive === true ? 'i' : '';
  if (source === '') return fail('Query is empty.');
  try {
    new RegExp(source, flags);
  } catch (error) {
    return fail(`Query is no regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
  const files = await filesBelow(place, options.access, input.Includes ?? []);
  const perLine = input.MatchPerLine ?? true;
  const found = await inThread(
    {
      files,
      source,
      flags,
      perLine,
      limit,
      hardLinks: place.tracked === undefined,
      longestLine: 300,
      largestFile: 2 * 1024 * 1024,
    },
    options,
  );
  if (found === undefined) {
    return fail(`The search was ended after ${options.deadlineMs / 1000} s. Use a simpler expression, or search fewer files.`);
  }
  const many = `${files.length >= mostFiles ? 'the first ' : ''}${found.searched} files`;
  if (found.total === 0) return succeed(`No match in ${many}.`);
  const more = found.total > limit ? `\n[... ${found.total - limit} more; narrow the search]` : '';
  return succeed(
    `${found.total} ${perLine ? 'matching lines' : 'matching files'} in ${many}\n${found.matches.join('\n')}${more}`,
  );
}

function inThread(
  data: object,
  { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<Found | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(searchProgram, { eval: true, workerData: data, env: {}, stdin: false });
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      void worker.terminate();
    };
    const stop = () => {
      end();
      resolve(undefined);
    };
    const timer = setTimeout(stop, deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', (found: Found) => {
      end();
      resolve(found);
    });
    worker.once('error', (error) => {
      end();
      reject(error);
    });
  });
}
