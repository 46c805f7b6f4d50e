// Which files of a tree are read.
import picomatch from 'picomatch';
import type { Language } from '../contract/place.ts';

/** Where an application's own code usually is not. */
const elsewhere = [
  '**/{node_modules,dist,build,out,coverage,vendor,.next,.nuxt,.output,target,__pycache__,site-packages,.venv,venv}/**',
  '**/{test,tests,__tests__,spec,specs,e2e,fixtures,__fixtures__,__mocks__,mocks}/**',
  '**/*.{test,spec,stories}.{js,mjs,cjs,jsx,ts,mts,cts,tsx}',
  // Of tools: an application may have an `app.config.ts` of its own.
  '**/{astro,babel,commitlint,craco,cypress,drizzle,esbuild,eslint,jest,karma,knip,lint-staged,metro,next,nuxt,playwright,postcss,prettier,release,rollup,rspack,svelte,tailwind,tsup,unocss,vite,vitest,webpack,windi}.config.{js,mjs,cjs,ts,mts,cts}',
  '**/*.d.{ts,mts,cts}',
  '**/*.min.js',
  '**/*_test.go',
  '**/{test_*,*_test,conftest}.py',
  '**/*_{spec,test}.rb',
];
const languages: readonly (readonly [ending: RegExp, language: Language])[] = [
  [/\.[mc]?[jt]sx?$/, 'ecma'],
  [/\.py$/, 'python'],
  [/\.go$/, 'go'],
  [/\.java$/, 'java'],
  [/\.rb$/, 'ruby'],
];
export const languageOf = (file: string): Language => languages.find(([ending]) => ending.test(file))?.[1] ?? 'data';

/** Files that say what a project is made of, wherever they lie. */
const manifests = [
  '**/package.json',
  '**/{tsconfig,jsconfig}*.json',
  '**/pnpm-workspace.{yaml,yml}',
  '**/pyproject.toml',
  '**/requirements*.{txt,in}',
  '**/{setup.cfg,setup.py,Pipfile}',
  '**/go.mod',
  '**/pom.xml',
  '**/build.gradle{,.kts}',
  '**/Gemfile',
];
const leftOut = picomatch('**/node_modules/**', { dot: true });
const isElsewhere = picomatch(elsewhere, { dot: true });

export interface Listed {
  readonly all: readonly string[];
  /** Source files to be read. */
  readonly sources: readonly string[];
  /** Others whose text is wanted. */
  readonly data: readonly string[];
}

/** `globs`: of source files; empty: all but those that are elsewhere. `wanted`: globs of other files. */
export function listed(o: {
  readonly all: readonly string[];
  readonly globs: readonly string[];
  readonly wanted: readonly string[];
}): Listed {
  const all = o.all.filter((file) => !leftOut(file));
  const chosen = o.globs.length > 0 ? picomatch([...o.globs], { dot: true }) : (file: string) => !isElsewhere(file);
  const sources = all.filter((file) => languageOf(file) !== 'data' && chosen(file));
  const isWanted = picomatch([...manifests, ...o.wanted], { dot: true });
  const read = new Set(sources);
  return { all, sources, data: all.filter((file) => !read.has(file) && isWanted(file)) };
}
