// JavaScript and TypeScript files of a tree, parsed.
import { Lang, parseAsync } from '@ast-grep/napi';
import type { Tree } from '../plugin-api.ts';
import { Node } from './node.ts';

export interface Module {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
}
/** Something that was met and could not be read, with its place. */
export interface NotRead {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
}
export interface Modules {
  /** By path, in the order of their paths. */
  readonly byFile: ReadonlyMap<string, Module>;
  readonly notRead: readonly NotRead[];
}

/** Where an application's own code usually is not. */
const elsewhere = [
  '**/{node_modules,dist,build,out,coverage,vendor,.next,.nuxt}/**',
  '**/{test,tests,__tests__,spec,specs,e2e,fixtures,__fixtures__,__mocks__,mocks}/**',
  '**/*.{test,spec,config,stories}.{js,mjs,cjs,jsx,ts,mts,cts,tsx}',
  '**/*.d.{ts,mts,cts}',
  '**/*.min.js',
];
const sources = ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'];

const largest = 1024 * 1024;
/** Syntax trees take about 300 times the size of the source; what is beyond is not read, and that is said. */
const largestTogether = 4 * 1024 * 1024;
/** No hand-written file has a line this long. */
const longestLine = 20_000;

const languageOf = (file: string): Lang => (/\.[mc]?ts$/.test(file) ? Lang.TypeScript : Lang.Tsx);

export const lineOf = (node: Node): number => node.range().start.line + 1;

export async function readModules(o: {
  readonly tree: Tree;
  /** Globs; empty: all sources but those that are `elsewhere`. */
  readonly files: readonly string[];
  readonly signal: AbortSignal;
  progress(fraction: number, file: string): void;
}): Promise<Modules> {
  const left = new Set(o.files.length > 0 ? [] : await o.tree.glob(elsewhere));
  const files = (await o.tree.glob(o.files.length > 0 ? o.files : sources)).filter((file) => !left.has(file));
  const byFile = new Map<string, Module>();
  const notRead: NotRead[] = [];
  let together = 0;
  for (const [n, file] of files.entries()) {
    o.signal.throwIfAborted();
    o.progress(n / files.length, file);
    const bytes = await o.tree.readBytes(file);
    const read = textOf(bytes);
    together += 'why' in read ? 0 : bytes.length;
    if (together > largestTogether) {
      const why = `more than 4 MiB of source were read before it; ${files.length - n} files from here on are not: say with \`files:\` which matter`;
      notRead.push({ file, line: null, what: file.split('/').at(-1) ?? file, why });
      break;
    }
    if ('why' in read) {
      notRead.push({ file, line: null, what: file.split('/').at(-1) ?? file, why: read.why });
      continue;
    }
    const root = Node.root((await parseAsync(languageOf(file), read.text)).root());
    const broken = root.find('ERROR');
    if (broken !== undefined) {
      const what = broken.text().split('\n')[0]?.trim().slice(0, 80) ?? '';
      notRead.push({ file, line: lineOf(broken), what, why: 'a syntax error; what surrounds it may be missing' });
    }
    byFile.set(file, { file, text: read.text, root });
  }
  return { byFile, notRead };
}

function textOf(bytes: Uint8Array): { readonly text: string } | { readonly why: string } {
  if (bytes.length > largest) return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 1 MiB are not read` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { why: 'it is not UTF-8 text' };
  }
  if (text.includes('\0')) return { why: 'it is a binary file' };
  if (text.split('\n').some((line) => line.length > longestLine))
    return { why: 'it looks minified or generated: a line has over 20,000 characters' };
  return { text };
}
