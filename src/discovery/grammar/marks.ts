import type { ImportFact } from '../contract/reading.ts';
import type { GrammarLanguage } from './parse.ts';

/** What a file says about itself that adapters ask for, read from its text: to parse every file would take ten times as long. */
export interface TextFacts {
  readonly imports: readonly ImportFact[];
  readonly marks: readonly string[];
}

const patterns: Readonly<
  Record<GrammarLanguage, { readonly imports: RegExp; readonly decorators: RegExp; readonly bases: RegExp }>
> = {
  python: {
    imports: /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))/gm,
    decorators: /^[ \t]*@([\w.]+)/gm,
    bases: /^[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)/gm,
  },
  go: { imports: /^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w./-]+)"[ \t]*$/gm, decorators: /(?!)/g, bases: /(?!)/g },
  java: {
    imports: /^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+(?:\.\*)?);/gm,
    decorators: /@(\w+)/g,
    bases: /\b(?:extends|implements)[ \t]+([\w.<>, \t]+?)[ \t]*\{/g,
  },
  ruby: {
    imports: /^[ \t]*require[ \t]+['"]([\w./-]+)['"]/gm,
    decorators: /(?!)/g,
    bases: /^[ \t]*class[ \t]+[\w:]+[ \t]*<[ \t]*([\w:]+)/gm,
  },
};

const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map((match) => ({
    name: match.slice(1).find((part) => part !== undefined) ?? '',
    at: match.index,
  }));
/** `org.springframework.web` and `org.springframework` stand for all that is in them; of Go the whole path and its module. */
const prefixes = (language: GrammarLanguage, name: string): readonly string[] => {
  const parts = name.split(language === 'go' ? '/' : '.');
  const least = language === 'python' ? 1 : 2;
  return parts.flatMap((_, n) =>
    n + 1 < least && n + 1 < parts.length ? [] : [parts.slice(0, n + 1).join(language === 'go' ? '/' : '.')],
  );
};

/** Imports and marks of a text: packages that it imports, `@decorator`, `extends Base`. */
export function textFacts(language: GrammarLanguage, text: string): TextFacts {
  const { imports, decorators, bases } = patterns[language];
  const found = all(text, imports).filter(({ name }) => name !== '');
  const lineAt = lines(text);
  const marks = new Set<string>(found.flatMap(({ name }) => prefixes(language, name)));
  for (const { name } of all(text, decorators)) marks.add(`@${name}`);
  for (const { name } of all(text, bases))
    for (const base of name.split(',')) if (base.trim() !== '') marks.add(`extends ${base.trim()}`);
  return {
    imports: found.map(({ name, at }) => ({ from: name, names: [], kind: 'import', line: lineAt(at) })),
    marks: [...marks].sort(),
  };
}

/** Lines of offsets that grow. */
function lines(text: string): (offset: number) => number {
  let [line, at] = [1, 0];
  return (offset) => {
    for (; at < offset; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    return line;
  };
}
