// What runs in browsers: nobody's request waits for it, and no other user.
import type { Reading } from '../contract/reading.ts';

/** What pages are made with. */
const pages = /^(react|react-dom|react-native|preact|vue|svelte|solid-js|lit|jquery|@angular\/.+|@ionic\/.+|@remix-run\/react)$/;
const servers =
  /^(express|fastify|koa|@hapi\/hapi|hono|next|nuxt|@nestjs\/core|@trpc\/server|@remix-run\/node|@sveltejs\/kit|@angular\/ssr|restify|polka|h3)$/;

/** Is a file part of a package that only makes pages, or does it import what pages are made with? */
export function browserFiles(reading: Reading): ReadonlySet<string> {
  const kinds = new Map<string, boolean>();
  const isPagesPackage = (folder: string): boolean => {
    const known = kinds.get(folder);
    if (known !== undefined) return known;
    const text = reading.text(folder === '' ? 'package.json' : `${folder}/package.json`);
    const above = folder === '' ? false : isPagesPackage(folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '');
    const own = text === undefined ? undefined : namesIn(text);
    const is = own === undefined ? above : own.some((name) => pages.test(name)) && !own.some((name) => servers.test(name));
    kinds.set(folder, is);
    return is;
  };
  const found = [...reading.facts].filter(
    ([file, { imports }]) =>
      imports.some(({ from }) => pages.test(from)) ||
      isPagesPackage(file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ''),
  );
  return new Set(found.map(([file]) => file));
}

function namesIn(text: string): readonly string[] | undefined {
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<string, object | undefined>;
    return Object.keys({ ...dependencies, ...devDependencies });
  } catch {
    return undefined;
  }
}
