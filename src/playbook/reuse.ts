// Files that other files bring in: found, read once, and known with the lines that bring them in.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { Complaints } from './complaints.ts';
import { readNamed } from './named-file.ts';
import { type GitAddress, type Location, locate, locationKey, locationName } from './reuse-address.ts';
import { Source } from './source.ts';
import { type Node, placeOf, textOf } from './tree.ts';

/** How the files of the language are read. */
export interface ReuseReaders {
  readonly cwd: string;
  readonly scopeFolder: string;
  /** Stands in for the disk where what counts is another commit. */
  readonly readPlaybook?: (absolutePath: string) => Promise<string | undefined>;
  /** A file of a git commit, or why there is none. */
  readonly readGit?: ((address: GitAddress) => Promise<Result<string, string>>) | undefined;
  /** Another text in place of a file that is brought in, for trying a new version of it. */
  readonly inPlaceOf?: ((source: Source) => Source | undefined) | undefined;
}
export interface Reused {
  readonly source: Source;
  readonly location: Location;
}

/** Levels that files may use each other. */
const depthLimit = 10;

export class Reuse {
  readonly #readers: ReuseReaders;
  readonly #complaints: Complaints;
  readonly #sources = new Map<
    string,
    Promise<Result<Source, { readonly why: string; readonly near?: string; readonly hint: string }>>
  >();
  readonly #asked = new Map<string, Place[]>();

  constructor(readers: ReuseReaders, complaints: Complaints) {
    this.#readers = readers;
    this.#complaints = complaints;
  }

  /** The file that the address at `node` names, or a complaint there. `chain`: the files on the way, the last one says it. */
  async open(node: Node, chain: readonly Location[]): Promise<Reused | undefined> {
    const address = textOf(node);
    const from = chain.at(-1);
    if (address === undefined || from === undefined) return undefined;
    const located = locate(address, { location: from, scopeFolder: this.#readers.scopeFolder });
    if (!located.ok) {
      const { code, facts } = located.error;
      this.#complaints.at(code, facts as never, node, 'value');
      return undefined;
    }
    const location = located.value;
    const key = locationKey(location);
    const names = [...chain, location].map((each) => locationName(each, this.#readers.cwd));
    if (chain.some((each) => locationKey(each) === key)) {
      this.#complaints.at(
        'reuse/cycle',
        { files: names.slice(chain.findIndex((each) => locationKey(each) === key)) },
        node,
        'value',
      );
      return undefined;
    }
    if (chain.length > depthLimit) {
      this.#complaints.at('reuse/depth', { limit: depthLimit }, node, 'value');
      return undefined;
    }
    const reading = this.#sources.get(key) ?? this.#read(location);
    this.#sources.set(key, reading);
    const read = await reading;
    if (!read.ok) {
      this.#complaints.at('reuse/not-found', { address, ...read.error }, node, 'value');
      return undefined;
    }
    const source = this.#readers.inPlaceOf?.(read.value) ?? read.value;
    this.#asked.set(source.file, [...(this.#asked.get(source.file) ?? []), placeOf(node, 'value')]);
    return { source, location };
  }

  /** Problems in files that were brought in, with the lines that bring them in. */
  withOrigin(list: readonly Diagnostic[]): readonly Diagnostic[] {
    return list.map((diagnostic) => {
      const places = diagnostic.place === undefined ? [] : (this.#asked.get(diagnostic.place.file) ?? []);
      const related = places.slice(0, 3).map((place) => ({ place, message: 'The file is brought in here.' }));
      return related.length === 0 ? diagnostic : { ...diagnostic, related: [...(diagnostic.related ?? []), ...related] };
    });
  }

  async #read(
    location: Location,
  ): Promise<Result<Source, { readonly why: string; readonly near?: string; readonly hint: string }>> {
    const { cwd, readPlaybook, readGit } = this.#readers;
    const label = locationName(location, cwd);
    if (location.kind === 'git') {
      const hint = 'A commit that was fetched once is kept and needs no network again.';
      const text = readGit === undefined ? fail('git addresses cannot be read here') : await readGit(location);
      return text.ok ? succeed(Source.of(label, text.value)) : fail({ why: text.error, hint });
    }
    if (location.kind !== 'shipped' && readPlaybook !== undefined) {
      const text = await readPlaybook(location.path);
      return text === undefined ? fail(missing(location)) : succeed(Source.of(label, text));
    }
    const bytes = readNamed(location.path);
    if (bytes.ok) return succeed(Source.fromBytes(label, bytes.value));
    return fail(bytes.error.missing ? missing(location) : { why: bytes.error.why, hint: '' });
  }
}

function missing(location: Exclude<Location, GitAddress>): {
  readonly why: string;
  readonly near?: string;
  readonly hint: string;
} {
  const folder = path.dirname(location.path);
  const files = yamlFiles(folder);
  if (location.kind === 'shipped') {
    const names = files.map((name) => name.replace(/\.ya?ml$/, ''));
    const near = nearest(location.name, names);
    const hint = `Playbooks that come with bexpert: ${names.map((name) => `\`${name}\``).join(', ')}.`;
    return { why: 'no such playbook comes with bexpert', ...(near === undefined ? {} : { near: `bexpert:${near}` }), hint };
  }
  const near = nearest(path.basename(location.path), files);
  const hint =
    files.length === 0
      ? 'There is no YAML file in that folder.'
      : `YAML files there: ${files
          .slice(0, 10)
          .map((name) => `\`${name}\``)
          .join(', ')}.`;
  return { why: 'there is no such file', ...(near === undefined ? {} : { near }), hint };
}

function yamlFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /(?<!\.test)\.ya?ml$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
