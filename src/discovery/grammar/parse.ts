import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { type Plain, PlainNode, SourceText } from './plain.ts';

/** Languages whose grammars are built in. */
export const grammarLanguages = ['python', 'go', 'java', 'ruby'] as const;
export type GrammarLanguage = (typeof grammarLanguages)[number];

/** What is used of https://github.com/tree-sitter/tree-sitter/tree/v0.25.10/lib/binding_web; its declarations do not compile as a module. */
interface Cursor {
  readonly currentFieldName: string | null;
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
  delete(): void;
}
interface Tree {
  walk(): Cursor;
  delete(): void;
}
interface Parser {
  setLanguage(language: unknown): void;
  parse(text: string): Tree | null;
}
interface TreeSitter {
  readonly Parser: (new () => Parser) & { init(options: { locateFile(file: string): string }): Promise<void> };
  readonly Language: { load(bytes: Uint8Array): Promise<unknown> };
}

/** Reads texts of some languages into trees. */
export interface Grammars {
  /** The tree of a text; of what does not parse there is an `ERROR` node in it, and the rest is there. */
  parse(language: GrammarLanguage, text: string): Plain;
}

const copyOf = (cursor: Cursor, source: SourceText, parent: PlainNode | null): PlainNode =>
  new PlainNode(source, parent, {
    kind: cursor.nodeType,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    named: cursor.nodeIsNamed,
  });

/** Of 10,000 real files the deepest is 25 brackets deep; who walks a tree by calling itself may go this deep without fear. */
const deepest = 800;
/** What is nested deeper is one place that was not parsed. */
const cutOf = (cursor: Cursor, source: SourceText, parent: PlainNode): PlainNode =>
  new PlainNode(source, parent, { kind: 'ERROR', field: null, start: cursor.startIndex, end: cursor.endIndex, named: true });

/** The whole tree, copied once with a cursor: asking for nodes one by one takes as long for each question. */
function plainOf(tree: Tree, text: string): Plain {
  const source = new SourceText(text);
  const cursor = tree.walk();
  const root = copyOf(cursor, source, null);
  let at: PlainNode | null = cursor.gotoFirstChild() ? root : null;
  let depth = 1;
  while (at !== null) {
    const isTooDeep = depth === deepest;
    const node: PlainNode = isTooDeep ? cutOf(cursor, source, at) : copyOf(cursor, source, at);
    at.children.push(node);
    if (!isTooDeep && cursor.gotoFirstChild()) {
      at = node;
      depth += 1;
    } else {
      while (at !== null && !cursor.gotoNextSibling()) {
        cursor.gotoParent();
        at = at.parent;
        depth -= 1;
      }
    }
  }
  cursor.delete();
  return root;
}

/** Where the build puts them; sources that run as they are take them from the package that the build takes them from. */
function folder(): string {
  const built = path.join(packageRoot(), 'dist/grammars');
  return existsSync(built) ? built : path.join(packageRoot(), 'node_modules/@vscode/tree-sitter-wasm/wasm');
}

/** Loads the parser and the grammars of these languages, about 30 ms and 10 ms each; reading is synchronous after that. */
export async function openGrammars(languages: readonly GrammarLanguage[]): Promise<Grammars> {
  const from = folder();
  const { Parser, Language } = createRequire(path.join(from, 'tree-sitter.js'))('./tree-sitter.js') as TreeSitter;
  await Parser.init({ locateFile: (file) => path.join(from, file) });
  const parsers = new Map<GrammarLanguage, Parser>();
  for (const language of new Set(languages)) {
    const parser = new Parser();
    parser.setLanguage(await Language.load(await readFile(path.join(from, `tree-sitter-${language}.wasm`))));
    parsers.set(language, parser);
  }
  return {
    parse(language, text) {
      const tree = parsers.get(language)?.parse(text) ?? null;
      if (tree === null) throw new Error(`no grammar of ${language} was opened`);
      try {
        return plainOf(tree, text);
      } finally {
        tree.delete();
      }
    },
  };
}
