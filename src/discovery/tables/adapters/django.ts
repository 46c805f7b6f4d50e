import type { NotUnderstood } from '../../contract/place.ts';
import type { TableStack } from '../../contract/tables.ts';
import { pythonOf } from '../../routes/adapters/python-program.ts';
import { tablesOf } from '../declared.ts';
import { djangoMigrations } from './django-migrations.ts';
import { DjangoModels } from './django-models.ts';

const stack = 'django';

/** Models of Django, with the tables between of many-to-many fields. */
export const djangoTables: TableStack = {
  name: stack,
  language: 'python',
  marks: ['django'],
  present: (reading) => reading.marked('django').length > 0,
  read(reading, say) {
    const unclear = (at: Pick<NotUnderstood, 'file' | 'line' | 'what'>, why: string) =>
      say({ ...at, why, about: 'table', stack });
    const models = new DjangoModels(pythonOf(reading), unclear);
    const declared = models.declared();
    const migrations = djangoMigrations(reading);
    if (declared.length + migrations.length === 0) return [];
    const files = new Set([...declared.map(({ at }) => at.file), ...migrations.map(({ file }) => file)]);
    return [
      {
        source: { kind: 'models', stack, dialect: 'postgresql', files: [...files].sort() },
        scope: reading.scope,
        tables: tablesOf(declared, 'postgresql'),
        enums: [],
        views: [],
        relations: [],
        migrations,
      },
    ];
  },
  knownFrom: 'https://docs.djangoproject.com/en/5.2/ref/models/fields/ (1.10 to 5.2)',
};
