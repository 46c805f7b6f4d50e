import picomatch from 'picomatch';
import { type Files, openReading, type Reading } from '../../src/discovery/index.ts';

/** Files that are only written in a test. */
export const filesOf = (files: Readonly<Record<string, string | Uint8Array>>): Files => ({
  hash: '',
  glob: async (patterns) => {
    const matches = picomatch([...patterns], { dot: true });
    return Object.keys(files)
      .filter((file) => matches(file))
      .sort();
  },
  readBytes: async (file) => {
    const content = files[file] ?? '';
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  },
});
export const readingOf = (files: Readonly<Record<string, string | Uint8Array>>): Promise<Reading> =>
  openReading({ tree: filesOf(files), stacks: [] });
