import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Dialect, Migration, TableStack } from '../../../contract/tables.ts';
import { applyChanges } from '../../apply.ts';
import { emptyModel } from '../../model.ts';
import { partOf } from '../../sql/read.ts';
import { changesOf } from './changes.ts';
import { type Element, fromXml, fromYaml } from './log.ts';

const stack = 'liquibase';
const drivers: readonly (readonly [RegExp, Dialect])[] = [
  [/^(postgresql|pg)$/, 'postgresql'],
  [/^(mysql-connector-|mysql2?$)/, 'mysql'],
  [/^mariadb-java-client$/, 'mysql'],
  [/^sqlite/, 'sqlite'],
];
const isLog = (text: string | undefined): boolean => /<(\w+:)?databaseChangeLog\b|^databaseChangeLog:/m.test(text ?? '');

class Logs {
  readonly #reading: Reading;
  readonly #say: (what: NotUnderstood) => void;
  readonly #logs = new Map<string, Element>();
  readonly #properties = new Map<string, string>();
  readonly dialect: Dialect;
  readonly model;
  readonly migrations: Migration[] = [];

  constructor(reading: Reading, files: readonly string[], say: (what: NotUnderstood) => void) {
    this.#reading = reading;
    this.#say = say;
    this.dialect = drivers.find(([name]) => [...reading.packages.keys()].some((one) => name.test(one)))?.[1] ?? 'postgresql';
    this.model = emptyModel(this.dialect);
    for (const file of files) {
      const text = reading.text(file) ?? '';
      const log = file.endsWith('.xml') ? fromXml(text) : fromYaml(text);
      if (log === undefined) this.#unclear(file, null, file.split('/').at(-1) ?? file, 'it does not parse');
      else this.#logs.set(file, log);
    }
  }
  #unclear(file: string, line: number | null, what: string, why: string): void {
    this.#say({ file, line, what, why, about: 'table', stack });
  }
  #isFor({ attributes }: Element): boolean {
    const dbms = attributes.get('dbms');
    if (dbms === undefined || /\ball\b/.test(dbms)) return true;
    const names = dbms.split(',').map((one) => one.trim().toLowerCase());
    return names.includes(this.dialect) || (names[0]?.startsWith('!') === true && !names.includes(`!${this.dialect}`));
  }

  run(): void {
    const included = new Set([...this.#logs].flatMap(([file, log]) => this.#includes(file, log)));
    const roots = [...this.#logs.keys()].filter((file) => !included.has(file));
    const done = new Set<string>();
    for (const file of roots.sort()) this.#file(file, done);
  }
  #includes(file: string, log: Element): readonly string[] {
    return log.children.flatMap((element) => (/^include(All)?$/.test(element.name) ? this.#meant(file, element) : []));
  }
  /** The files that an include means: from the class path, which may begin anywhere, or relative to the log. */
  #meant(file: string, { name, attributes }: Element): readonly string[] {
    const written = (attributes.get(name === 'include' ? 'file' : 'path') ?? '')
      .replace(/^classpath:|^\.?\//g, '')
      .replace(/\/$/, '');
    const isRelative = attributes.get('relativeToChangelogFile') === 'true';
    const folder = file.replace(/[^/]*$/, '');
    const path = isRelative ? normal(`${folder}${written}`) : written;
    const all = [...this.#logs.keys(), ...this.#reading.files.filter((one) => one.endsWith('.sql'))];
    if (name === 'include') return all.filter((one) => one === path || (!isRelative && one.endsWith(`/${path}`))).slice(0, 1);
    return all
      .filter((one) => one !== file)
      .filter((one) => (isRelative ? one.startsWith(`${path}/`) : `/${one}`.includes(`/${path}/`)))
      .sort();
  }

  #file(file: string, done: Set<string>): void {
    const log = this.#logs.get(file);
    if (log === undefined || done.has(file)) return;
    done.add(file);
    const does: string[] = [];
    let hasOwn = false;
    for (const element of log.children) {
      if (element.name === 'property' && this.#isFor(element)) {
        const [name, value] = [element.attributes.get('name'), element.attributes.get('value')];
        // The first value that is set stays.
        if (name !== undefined && value !== undefined && !this.#properties.has(name)) this.#properties.set(name, value);
      } else if (/^include(All)?$/.test(element.name)) this.#include(file, element, done);
      else if (element.name === 'changeSet') {
        hasOwn = true;
        does.push(...this.#changeSet(file, element));
      }
    }
    if (hasOwn) this.migrations.push({ file, does, down: null });
  }
  #include(file: string, element: Element, done: Set<string>): void {
    const meant = this.#meant(file, element);
    const written = element.attributes.get('file') ?? element.attributes.get('path') ?? element.name;
    if (meant.length === 0) this.#unclear(file, element.line, written, 'the change log that it includes is not in the tree');
    for (const one of meant)
      if (one.endsWith('.sql')) this.#unclear(one, null, one.split('/').at(-1) ?? one, 'change logs in SQL are not read');
      else this.#file(one, done);
  }

  #changeSet(file: string, set: Element): readonly string[] {
    // What only tests or sample data ask for is not the schema.
    const context = set.attributes.get('context') ?? set.attributes.get('contextFilter') ?? '';
    if (!this.#isFor(set) || /^(test|faker)$/.test(context)) return [];
    return set.children.flatMap((element) => {
      if (element.attributes.has('dbms') && !this.#isFor(element)) return [];
      const fill = (text: string): string =>
        text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => this.#properties.get(name) ?? whole);
      const changes = changesOf(element, { dialect: this.dialect, file, fill });
      const excerpt = [element.name, element.attributes.get('tableName')].filter((one) => one !== undefined).join(' ');
      if (changes === undefined) {
        this.#unclear(file, element.line, excerpt, 'what this change does is not read');
        return [];
      }
      const placed = changes.map((change) => ({ change, line: element.line, excerpt }));
      const applied = applyChanges(this.model, file, placed);
      for (const one of applied.notUnderstood) this.#say({ ...one, about: 'table', stack });
      return applied.does;
    });
  }
}
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  return parts.join('/');
}

/** Liquibase: change logs in XML and YAML, in the order in which they include each other. */
export const liquibase: TableStack = {
  name: stack,
  language: 'data',
  marks: [],
  reads: ['**/{liquibase,changelog,changelogs,db,migrations}/**/*.{xml,yaml,yml}', '**/*changelog*.{xml,yaml,yml}'],
  present: (reading) => reading.files.some((file) => /\.(xml|ya?ml)$/.test(file) && isLog(reading.text(file))),
  read(reading, say) {
    const files = reading.files.filter((file) => /\.(xml|ya?ml)$/.test(file) && isLog(reading.text(file)));
    const logs = new Logs(reading, files, say);
    logs.run();
    return [partOf(logs.model, { kind: 'migrations', stack, scope: reading.scope, migrations: logs.migrations })];
  },
  knownFrom: 'https://docs.liquibase.com/concepts/changelogs/home.html (4.29)',
};
