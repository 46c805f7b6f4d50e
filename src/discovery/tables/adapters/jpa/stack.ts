import type { Reading } from '../../../contract/reading.ts';
import type { Dialect, TableStack } from '../../../contract/tables.ts';
import { Java } from '../../../grammar/java/classes.ts';
import { type Setting, settingsOf } from '../../../grammar/java/settings.ts';
import { tablesOf } from '../../declared.ts';
import { Entities } from './entities.ts';
import { asWritten, underscored } from './naming.ts';

const stack = 'jpa';
const drivers: readonly (readonly [RegExp, Dialect])[] = [
  [/^(postgresql|pgjdbc-ng)$/, 'postgresql'],
  [/^mysql-connector-/, 'mysql'],
  [/^mariadb-java-client$/, 'mariadb'],
  [/^sqlite-jdbc$/, 'sqlite'],
];

/** What the address of the database says, and else the drivers. */
function javaDialect(reading: Reading, settings: ReadonlyMap<string, Setting>): Dialect {
  const word = /jdbc:(?:tc:|log4jdbc:)?(postgresql|mysql|mariadb|sqlite)/.exec(
    settings.get('spring.datasource.url')?.value ?? '',
  )?.[1];
  const named = (['postgresql', 'mysql', 'mariadb', 'sqlite'] as const).find((one) => one === word);
  const known = drivers.find(([name]) => [...reading.packages.keys()].some((one) => name.test(one)))?.[1];
  return named ?? known ?? 'postgresql';
}

/** Jakarta Persistence with Hibernate: entities, what they inherit and embed, relations and collections. */
export const jpa: TableStack = {
  name: stack,
  language: 'java',
  marks: ['@Entity'],
  reads: ['**/application.{properties,yml,yaml}'],
  present: (reading) =>
    reading.marked('@Entity').some((file) => file.endsWith('.java')) &&
    reading.marked(/^(jakarta|javax)\.persistence$/).length > 0,
  read(reading, say) {
    const java = new Java(
      [...reading.facts.keys()].filter((file) => file.endsWith('.java')),
      (file) => reading.plain(file)?.tree,
    );
    const settings = settingsOf(reading.files, (file) => reading.text(file));
    const dialect = javaDialect(reading, settings);
    const strategy = settings.get('spring.jpa.hibernate.naming.physical-strategy')?.value ?? '';
    const isBoot =
      reading.marked('org.springframework.boot').length > 0 ||
      [...reading.packages.keys()].some((one) => one.startsWith('spring-boot'));
    const files = reading.marked('@Entity').filter((file) => file.endsWith('.java'));
    const entities = new Entities({
      java,
      dialect,
      naming: strategy === '' ? (isBoot ? underscored : asWritten) : /Standard/.test(strategy) ? asWritten : underscored,
      say: ({ at, name, of }, why) =>
        say({ file: at.file, line: at.line, what: `${of.name}.${name}`, why, about: 'table', stack }),
    });
    const tables = tablesOf(entities.declared(files.flatMap((file) => java.types(file))), dialect);
    return [
      {
        source: { kind: 'models', stack, dialect, files },
        scope: reading.scope,
        tables,
        enums: [],
        views: [],
        relations: [],
        migrations: [],
      },
    ];
  },
  knownFrom: 'https://jakarta.ee/specifications/persistence/3.2/jakarta-persistence-spec-3.2',
};
