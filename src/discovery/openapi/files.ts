// OpenAPI files of a tree, with the files that they refer to.
import type { NotUnderstood } from '../contract/place.ts';
import type { Files } from '../contract/reading.ts';
import { isDocument, type Operation } from './operation.ts';
import { operationsOf } from './operations.ts';
import { fileOf, referencesIn } from './references.ts';
import { type Source, sourceOf, versionOf } from './source.ts';

const usual = ['**/*{openapi,swagger}*.{yml,yaml,json}', '**/{openapi,swagger}/**/*.{yml,yaml,json}'];
/** What a repository tests with, or relies on of others, is not its own contract. */
const elsewhere = [
  '**/{node_modules,dist,build,coverage,vendor}/**',
  '**/{test,tests,__tests__,spec,specs,e2e,fixtures,__fixtures__,__mocks__,mocks,clients,upstream,third-party}/**',
];
const largest = 4 * 1024 * 1024;
/** Files that one description may be split into. */
const mostParts = 500;

type Readable = Pick<Files, 'glob' | 'readBytes'>;
interface Contract {
  readonly files: readonly string[];
  readonly operations: readonly Operation[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** `globs`: files that are meant to be OpenAPI files; none: those that are named so, outside tests. */
export async function operationsIn(tree: Readable, globs: readonly string[]): Promise<Contract> {
  const meant = globs.length > 0;
  const left = new Set(meant ? [] : await tree.glob(elsewhere));
  const candidates = (await tree.glob(meant ? globs : usual)).filter((file) => !left.has(file));
  const reader = new Reader(tree);
  const files: string[] = [];
  const operations: Operation[] = [];
  const notUnderstood: NotUnderstood[] = [];
  const say = (file: string, why: string): void => {
    notUnderstood.push({ file, line: null, what: file.split('/').at(-1) ?? file, why, about: 'contract', stack: 'openapi' });
  };
  for (const file of candidates) {
    const source = await reader.read(file);
    if (typeof source === 'string') {
      say(file, source);
      continue;
    }
    if (versionOf(source) === undefined) {
      const written = isDocument(source.root) ? (source.root.openapi ?? source.root.swagger) : undefined;
      if (typeof written === 'string' || typeof written === 'number')
        say(file, `it says that it is OpenAPI ${written}; 2.0 and 3.x are read`);
      else if (meant) say(file, 'it does not say `openapi: 3.x` or `swagger: "2.0"`');
      continue;
    }
    const { sources, missing } = await reader.withReferences(source);
    const described = operationsOf(source, sources);
    if (described === undefined) continue;
    files.push(file);
    operations.push(...described.operations);
    notUnderstood.push(...described.notUnderstood);
    for (const why of missing) say(file, why);
  }
  return { files, operations, notUnderstood };
}

class Reader {
  readonly #tree: Readable;
  readonly #read = new Map<string, Promise<Source | string>>();
  #names: Promise<ReadonlySet<string>> | undefined;

  constructor(tree: Readable) {
    this.#tree = tree;
  }
  read(file: string): Promise<Source | string> {
    const before = this.#read.get(file);
    if (before !== undefined) return before;
    const reading = this.#fresh(file);
    this.#read.set(file, reading);
    return reading;
  }
  async #fresh(file: string): Promise<Source | string> {
    const bytes = await this.#tree.readBytes(file);
    if (bytes.length > largest) return 'it has over 4 MiB and is not read';
    return sourceOf(file, new TextDecoder().decode(bytes));
  }
  /** Nothing outside the tree is read, and nothing is fetched. */
  async withReferences(
    root: Source,
  ): Promise<{ readonly sources: ReadonlyMap<string, Source>; readonly missing: readonly string[] }> {
    const sources = new Map([[root.file, root]]);
    const missing = new Set<string>();
    for (const source of sources.values()) {
      for (const reference of referencesIn(source.root)) {
        const file = fileOf(source.file, reference);
        if (file === undefined) missing.add(`it refers to ${reference}, which is outside this repository`);
        if (file === undefined || sources.has(file)) continue;
        this.#names ??= this.#tree.glob(['**/*']).then((all) => new Set(all));
        if (!(await this.#names).has(file)) {
          missing.add(`${source.file === root.file ? 'it' : source.file} refers to ${reference}, and there is no such file`);
          continue;
        }
        if (sources.size >= mostParts) return { sources, missing: [...missing, `it has over ${mostParts} parts`] };
        const next = await this.read(file);
        if (typeof next === 'string') missing.add(`it refers to ${file}: ${next}`);
        else sources.set(file, next);
      }
    }
    return { sources, missing: [...missing] };
  }
}
