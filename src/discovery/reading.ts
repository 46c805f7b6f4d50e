// A scope that was opened: all texts are read once, syntax trees are made when they are asked for.
import type { Ecma } from './contract/meaning.ts';
import type { NotUnderstood } from './contract/place.ts';
import type { EcmaUnit, FileFacts, Files, Reading, Stack, Unit } from './contract/reading.ts';
import { Answers } from './ecma/asking.ts';
import { ecmaOf } from './ecma/questions.ts';
import { Resolver } from './ecma/resolve.ts';
import { FactsCache } from './files/facts-cache.ts';
import { indexed, reparsed, unread } from './files/index-file.ts';
import { KeptTrees } from './files/kept.ts';
import { languageOf, listed } from './files/list.ts';
import { type TextRead, textOf } from './files/text.ts';
import { type Grammars, grammarLanguages, openGrammars } from './grammar/parse.ts';
import { type Plain, SourceText } from './grammar/plain.ts';
import { canIndexApart, indexApart, indexVersion } from './mapper/pool.ts';
import { packagesOf } from './packages.ts';

export interface ReadingOptions {
  readonly tree: Files;
  /** Folder of the scope relative to the tree; default: all of it. */
  readonly scope?: string;
  /** Globs of source files; empty: all but tests, built files and what is vendored. */
  readonly files?: readonly string[];
  readonly stacks: readonly Pick<Stack<unknown>, 'reads'>[];
  readonly signal?: AbortSignal;
  progress?(fraction: number, file: string): void;
}

const atOnce = 16;
/** Characters of source whose trees are kept: a tree takes about 20 times the size of its source, */
const mostEcma = 6 * 1024 * 1024;
/** and one of a grammar, which has a node for each word and sign, about 30 times. */
const mostPlain = 6 * 1024 * 1024;
/** Characters that cannot end the parser: the shortest text that does, of 40 kinds of nesting, has 8,000 with brackets and 16,000 without. */
const harmless = 7000;
/** Source that takes less time here than a process takes to start. */
const much = 256 * 1024;

export async function openReading(options: ReadingOptions): Promise<Reading> {
  const scope = (options.scope ?? '').replace(/^(\.\/)+|\/+$/g, '').replace(/^\.$/, '');
  const all = (await options.tree.glob([scope === '' ? '**' : `${scope}/**`])).filter(
    (file) => !file.split('/').includes('.git'),
  );
  const list = listed({ all, globs: options.files ?? [], wanted: options.stacks.flatMap(({ reads }) => reads ?? []) });
  const texts = new Map<string, string>();
  const trouble: NotUnderstood[] = [];
  const wanted = [...list.sources, ...list.data];
  let next = 0;
  const readers = Array.from({ length: atOnce }, async () => {
    for (let n = next++; n < wanted.length; n = next++) {
      const file = wanted[n] ?? '';
      options.signal?.throwIfAborted();
      options.progress?.((0.3 * n) / wanted.length, file);
      const read = await textRead(options.tree, file);
      if ('text' in read) texts.set(file, read.text);
      const said = 'text' in read ? read.but : read.why;
      if (said !== undefined) trouble.push(unread(file, said));
    }
  });
  await Promise.all(readers);
  const open = new OpenReading({ scope, files: list.all, texts });
  await open.begin(list.sources, trouble, options);
  return open;
}

const textRead = async (tree: Files, file: string): Promise<TextRead> =>
  tree.readBytes(file).then(textOf, (error: unknown) => ({
    // A link to itself or to nowhere, or a file that went away.
    why: `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  }));

class OpenReading implements Reading {
  readonly scope: string;
  readonly files: readonly string[];
  readonly facts = new Map<string, FileFacts>();
  readonly packages: ReadonlyMap<string, string>;
  readonly js: Ecma;
  trouble: readonly NotUnderstood[] = [];
  readonly #texts: ReadonlyMap<string, string>;
  readonly #marks = new Map<string, string[]>();
  readonly #answers = new Answers();
  readonly #units = new KeptTrees<EcmaUnit>(mostEcma, () => this.#answers.forget());
  readonly #plain = new KeptTrees<Unit<Plain>>(mostPlain, () => {});
  readonly #unparsable = new Set<string>();
  #grammars: Grammars | undefined;
  #importers: ReadonlyMap<string, readonly string[]> | undefined;
  readonly #resolver: Resolver;

  constructor(of: { readonly scope: string; readonly files: readonly string[]; readonly texts: ReadonlyMap<string, string> }) {
    this.scope = of.scope;
    this.files = of.files;
    this.#texts = of.texts;
    this.packages = packagesOf([...of.texts.keys()], (file) => this.text(file));
    this.#resolver = new Resolver({ files: of.files, has: (file) => this.facts.has(file), text: (file) => this.text(file) });
    this.js = ecmaOf(
      {
        unit: (file) => this.ecma(file),
        resolve: (from, specifier) => this.#resolver.resolve(from, specifier),
        importers: (file) => this.#importersOf(file),
        marked: (mark) => this.marked(mark),
      },
      this.#answers,
    );
  }

  async begin(sources: readonly string[], unreadable: readonly NotUnderstood[], options: ReadingOptions): Promise<void> {
    const trouble = [...unreadable];
    const languages = new Set(sources.map(languageOf));
    const grammars = grammarLanguages.filter((one) => languages.has(one));
    if (grammars.length > 0) this.#grammars = await openGrammars(grammars);
    const apart = await this.#apart(sources, options);
    for (const [n, file] of sources.entries()) {
      options.signal?.throwIfAborted();
      const text = this.#texts.get(file);
      if (text === undefined) continue;
      const facts = apart.get(file) ?? this.#read(file, text);
      this.facts.set(file, facts);
      trouble.push(...facts.trouble);
      for (const mark of facts.marks) {
        const files = this.#marks.get(mark);
        if (files === undefined) this.#marks.set(mark, [file]);
        else files.push(file);
      }
      // The runner goes on drawing and listening meanwhile.
      if (n % 64 === 63) await new Promise<void>((done) => setImmediate(done));
    }
    this.trouble = trouble.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
  }

  /** Facts of what is much or may end the parser, by processes that may die. */
  async #apart(sources: readonly string[], options: ReadingOptions): Promise<ReadonlyMap<string, FileFacts>> {
    const all = sources.flatMap((file) => {
      const text = languageOf(file) === 'ecma' ? this.#texts.get(file) : undefined;
      return text === undefined ? [] : [{ file, text }];
    });
    const isMuch = all.reduce((sum, { text }) => sum + text.length, 0) > much;
    const questions = all.filter(({ text }) => isMuch || text.length > harmless);
    if (questions.length === 0 || !canIndexApart()) return new Map();
    const home = options.tree.facts;
    const cache = home === undefined ? undefined : new FactsCache({ home, version: indexVersion(), now: Date.now() });
    const known = (await cache?.known(questions)) ?? new Map<string, FileFacts>();
    const left = questions.filter(({ file }) => !known.has(file));
    if (left.length === 0) return known;
    const made = await indexApart({
      questions: left,
      signal: options.signal,
      progress: (done, file) => options.progress?.(0.3 + (0.7 * done) / left.length, file),
    });
    await cache?.keep(left, made);
    return new Map([...known, ...made]);
  }

  #read(file: string, text: string): FileFacts {
    const { facts, unit } = indexed(file, text);
    if (unit !== undefined) this.#units.add(unit);
    return facts;
  }

  ecma(file: string): EcmaUnit | undefined {
    const kept = this.#units.get(file);
    if (kept !== undefined) return kept;
    const [text, facts] = [this.#texts.get(file), this.facts.get(file)];
    const unit = text === undefined || facts === undefined ? undefined : reparsed(file, text, facts);
    if (unit !== undefined) this.#units.add(unit);
    return unit;
  }

  plain(file: string): Unit<Plain> | undefined {
    const kept = this.#plain.get(file);
    if (kept !== undefined) return kept;
    const [text, facts] = [this.#texts.get(file), this.facts.get(file)];
    const language = grammarLanguages.find((one) => one === facts?.language);
    if (text === undefined || facts === undefined || language === undefined || this.#grammars === undefined) return undefined;
    if (facts.leftOut.length > 0 || this.#unparsable.has(file)) return undefined;
    let tree: Plain;
    try {
      tree = this.#grammars.parse(language, text);
    } catch (error) {
      this.#unparsable.add(file);
      const why = error instanceof Error ? error.message : String(error);
      this.trouble = [...this.trouble, unread(file, `it is left out: the parser ended on it (${why})`)];
      return undefined;
    }
    const lines = new SourceText(text);
    const unit = { file, text, facts, tree, lineAt: (offset: number) => lines.lineAt(offset) };
    this.#plain.add(unit);
    return unit;
  }

  text(file: string): string | undefined {
    return this.#texts.get(file);
  }

  marked(mark: string | RegExp): readonly string[] {
    if (typeof mark === 'string') return this.#marks.get(mark) ?? [];
    return [...new Set([...this.#marks].flatMap(([name, files]) => (mark.test(name) ? files : [])))].sort();
  }

  /** Files that import one, also through files that pass it on. */
  #importersOf(file: string): readonly string[] {
    this.#importers ??= this.#importedBy();
    const found = new Set<string>();
    const open = [file];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const one of this.#importers.get(at) ?? []) {
        if (found.has(one) || one === file) continue;
        found.add(one);
        if (
          this.facts.get(one)?.imports.some(({ kind, from }) => kind === 'reexport' && this.#resolver.resolve(one, from) === at)
        )
          open.push(one);
      }
    }
    return [...found].sort();
  }
  #importedBy(): ReadonlyMap<string, readonly string[]> {
    const by = new Map<string, string[]>();
    for (const [file, { imports }] of this.facts) {
      for (const target of new Set(imports.map(({ from }) => this.#resolver.resolve(file, from)))) {
        if (target === undefined) continue;
        const list = by.get(target);
        if (list === undefined) by.set(target, [file]);
        else list.push(file);
      }
    }
    return by;
  }
}
