// A folder of this machine as files to be read. Links are not followed: what is outside is not the project's.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Files } from '../contract/reading.ts';

const never = new Set(['.git', 'node_modules']);

export function filesIn(folder: string): Files {
  let all: Promise<readonly string[]> | undefined;
  return {
    hash: '',
    glob: async (patterns) => {
      all ??= walked(folder);
      const matches = picomatch([...patterns], { dot: true });
      return (await all).filter((file) => matches(file));
    },
    readBytes: (file) => readFile(path.join(folder, file)),
  };
}

async function walked(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of await readdir(path.join(folder, at), { withFileTypes: true })) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !never.has(entry.name)) open.push(name);
      else if (entry.isFile()) found.push(name);
    }
  }
  return found.sort();
}
