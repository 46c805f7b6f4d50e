import path from 'node:path';

/** A path of the repository as access rules name it: relative to the scope, `../` for what lies outside. */
export const scopePath = (file: string, scope: string): string => (scope === '' ? file : path.posix.relative(scope, file));

/** The other way round. */
export const rootPath = (file: string, scope: string): string => (scope === '' ? file : path.posix.join(scope, file));
