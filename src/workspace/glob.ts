import picomatch from 'picomatch';

/** One regular expression for many globs: a tree has thousands of paths and each is asked of all of them. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const sources = globs.map((glob) => picomatch.makeRe(glob, { dot: true }).source);
  const all = new RegExp(sources.map((source) => `(?:${source})`).join('|'));
  return (path) => all.test(path);
}

/** As people write them: `./x`, `x/` and the bare name of a folder mean the folder with all that is below. */
export function ownGlobs(globs: readonly string[]): readonly string[] {
  return globs.flatMap((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/$/, '');
    return plain === '' || plain === '.'
      ? ['**']
      : /[*?[{(!]/.test(plain.split('/').at(-1) ?? '')
        ? [plain]
        : [plain, `${plain}/**`];
  });
}
