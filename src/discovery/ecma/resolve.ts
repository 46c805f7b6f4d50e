// Which file of the scope a specifier means. Nothing outside the tree is looked at.

const endings = [
  '',
  '.js',
  '.ts',
  '.mjs',
  '.mts',
  '.cjs',
  '.cts',
  '.jsx',
  '.tsx',
  '/index.js',
  '/index.ts',
  '/index.mjs',
  '/index.cjs',
  '/index.tsx',
];

export class Resolver {
  readonly #has: (file: string) => boolean;
  constructor(has: (file: string) => boolean) {
    this.#has = has;
  }
  /** Undefined: a package, or a file that is not read. TypeScript writes `./x.js` and means `./x.ts`. */
  resolve(from: string, specifier: string): string | undefined {
    return /^\.\.?(\/|$)/.test(specifier) ? this.#file(joined(from, specifier)) : undefined;
  }
  #file(target: string | undefined): string | undefined {
    if (target === undefined) return undefined;
    const bases = [target, target.replace(/\.([mc]?)jsx?$/, '.$1ts'), target.replace(/\.jsx?$/, '.tsx')];
    for (const base of bases) {
      for (const ending of endings) {
        const file = `${base}${ending}`.replace(/^\//, '');
        if (this.#has(file)) return file;
      }
    }
    return undefined;
  }
}

function joined(from: string, specifier: string): string | undefined {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
