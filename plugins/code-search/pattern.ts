// A pattern of code, found by the shape of the syntax: spaces, line breaks and comments make no difference.
import { Lang, parse } from '@ast-grep/napi';
import { pluginError } from '../../src/plugin-api.ts';
import type { Search } from './lines.ts';

export const languages = {
  javascript: { lang: Lang.Tsx, files: ['**/*.{js,mjs,cjs,jsx}'] },
  typescript: { lang: Lang.TypeScript, files: ['**/*.{ts,mts,cts}'] },
  tsx: { lang: Lang.Tsx, files: ['**/*.tsx'] },
  html: { lang: Lang.Html, files: ['**/*.{html,htm}'] },
  css: { lang: Lang.Css, files: ['**/*.css'] },
} as const;
export type Language = keyof typeof languages;

export const codeFiles = ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'];

export function patternSearch(pattern: string, language: Language): Search {
  const { lang } = languages[language];
  const root = parse(lang, pattern).root();
  if (root.find({ rule: { kind: 'ERROR' } }) !== null || pattern.trim() === '') {
    throw pluginError({
      code: 'code-search/asks',
      message: `\`pattern\` is no ${language} code: ${pattern}.`,
      hint: 'A pattern is code that parses by itself, such as `app.get($PATH, $$$)`. For a piece of a line take `text` or `regex`.',
    });
  }
  return (text) =>
    parse(lang, text)
      .root()
      .findAll(pattern)
      .map((node) => {
        const { start, end } = node.range();
        return { at: start.index, length: end.index - start.index };
      });
}

/** The language of a file by its name; JavaScript is read as TSX, which it is a part of as far as patterns go. */
export function languageOf(file: string): Language | undefined {
  if (/\.tsx$/.test(file)) return 'tsx';
  if (/\.[mc]?ts$/.test(file)) return 'typescript';
  if (/\.([mc]?js|jsx)$/.test(file)) return 'javascript';
  if (/\.html?$/.test(file)) return 'html';
  return /\.css$/.test(file) ? 'css' : undefined;
}
