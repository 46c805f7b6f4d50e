import type { Plain } from '../plain.ts';

export interface PythonFiles {
  readonly files: readonly string[];
  plain(file: string): Plain | undefined;
  text(file: string): string | undefined;
  /** The file of the program that an object of a package stands for: `django.conf.settings`. */
  stand?(name: string): string | undefined;
}
export interface Module {
  readonly file: string;
  /** Dotted, from the folder of the map on: `backend.app.api`. */
  readonly name: string;
  readonly isPackage: boolean;
  readonly root: Plain;
}

const dotted = (file: string): string =>
  file
    .replace(/\.py$/, '')
    .replace(/(^|\/)__init__$/, '')
    .replaceAll('/', '.');

/**
 * Finds modules by the names that imports use. Where Python begins to look is not written in a repository, so a name may begin at
 * any folder that is no package itself; the nearest to the file that imports wins.
 */
export class Modules {
  readonly #sources: PythonFiles;
  readonly #endings = new Map<string, string[]>();
  readonly #packages = new Set<string>();
  readonly #read = new Map<string, Module | undefined>();

  constructor(sources: PythonFiles) {
    this.#sources = sources;
    for (const file of sources.files) {
      if (file.endsWith('__init__.py')) this.#packages.add(file.replace(/\/?__init__\.py$/, ''));
      const parts = dotted(file).split('.');
      for (let n = 0; n < parts.length; n += 1) {
        const name = parts.slice(n).join('.');
        this.#endings.set(name, [...(this.#endings.get(name) ?? []), file]);
      }
    }
  }

  get files(): readonly string[] {
    return this.#sources.files;
  }

  stand(name: string): Module | undefined {
    const file = this.#sources.stand?.(name);
    return file === undefined ? undefined : this.module(file);
  }
  text(file: string): string | undefined {
    return this.#sources.text(file);
  }
  module(file: string): Module | undefined {
    if (!this.#read.has(file)) {
      const root = this.#sources.plain(file);
      this.#read.set(file, root && { file, name: dotted(file), isPackage: file.endsWith('__init__.py'), root });
    }
    return this.#read.get(file);
  }

  /** The file of a module by its absolute name. */
  fileOf(name: string, from: string): string | undefined {
    const open = (this.#endings.get(name) ?? []).filter((file) => {
      const above = file
        .split('/')
        .slice(0, -name.split('.').length - (file.endsWith('__init__.py') ? 1 : 0))
        .join('/');
      return above === '' || !this.#packages.has(above);
    });
    const near = (file: string): number => {
      const [a, b] = [file.split('/'), from.split('/')];
      let same = 0;
      while (same < a.length && a[same] === b[same]) same += 1;
      return same;
    };
    return open.toSorted((a, b) => near(b) - near(a) || a.length - b.length)[0];
  }

  /** The absolute name of `from ..x import y` in a module. */
  absolute(written: string, from: Module): string {
    const dots = /^\.*/.exec(written)?.[0].length ?? 0;
    if (dots === 0) return written;
    const parts = from.name.split('.');
    const base = parts.slice(0, parts.length - dots + (from.isPackage ? 1 : 0));
    return [
      ...base,
      ...written
        .slice(dots)
        .split('.')
        .filter((part) => part !== ''),
    ].join('.');
  }
}
