// Entities of TypeORM.
import type { TableStack } from '../../../contract/tables.ts';
import { tablesOf } from '../../declared.ts';
import { classesIn, type WrittenClass } from '../code/classes.ts';
import { dialectOf } from '../code/dialect.ts';
import { bagOf, placeOf, sourceOf, textOf } from '../code/spot.ts';
import type { Context } from './columns.ts';
import { declaredOf, type Entity, entityOf } from './entity.ts';
import { snakeNaming, usualNaming } from './naming.ts';
import { schemaEntities } from './schemas.ts';

const marks = ['@Entity', '@ViewEntity', '@ChildEntity'];

export const typeorm: TableStack = {
  name: 'typeorm',
  language: 'ecma',
  marks: ['typeorm', ...marks],
  knownFrom: 'https://typeorm.io/docs/entity/entities (0.3)',
  present: (reading) => reading.marked('typeorm').length > 0,
  read(reading, say) {
    const users = new Set(reading.marked('typeorm'));
    const files = [...new Set(marks.flatMap((mark) => reading.marked(mark)))].filter((file) => users.has(file)).sort();
    const settings = [...users].filter((file) => /entityPrefix|NamingStrategy/.test(reading.text(file) ?? ''));
    const strategies = reading.marked('typeorm-naming-strategies');
    let prefix = '';
    for (const file of settings) {
      const unit = reading.ecma(file);
      for (const node of unit?.nodes('Property') ?? []) {
        if (unit !== undefined && node.key.type === 'Identifier' && node.key.name === 'entityPrefix')
          prefix = textOf(reading, { unit, node: node.value }) ?? prefix;
      }
    }
    const context: Context = {
      reading,
      dialect: dialectOf(reading, ['typeorm', '@nestjs/typeorm']),
      naming: strategies.length > 0 ? snakeNaming(prefix) : usualNaming(prefix),
      unclear: (spot, why) => say({ ...placeOf(spot), what: sourceOf(spot).slice(0, 80), why, about: 'table', stack: 'typeorm' }),
    };
    const classes = classesIn(reading, files).filter((one) => one.decorators.some(({ name }) => marks.includes(`@${name}`)));
    for (const file of settings) {
      const own = classesIn(reading, [file]).find((one) => one.extends === 'DefaultNamingStrategy');
      if (own !== undefined)
        context.unclear(own.spot, 'a naming strategy of the project may give other names than the usual ones');
    }
    const entities = new Map<WrittenClass, Entity>(classes.map((one) => [one, entityOf(context, one)]));
    const byName = new Map<string, Entity>();
    for (const [written, entity] of entities) {
      byName.set(written.name, entity);
      if (!byName.has(entity.table)) byName.set(entity.table, entity);
    }
    const find = (name: string): Entity | undefined => byName.get(name);
    const tables = [...entities.values()].filter(({ isView }) => !isView);
    const made = tables.map((one) => declaredOf(context, one, find));
    const schemas = schemaEntities(context);
    const views = [...entities.values()].filter(({ isView }) => isView);
    if (made.length + schemas.length + views.length === 0) return [];
    return [
      {
        source: { kind: 'models', stack: 'typeorm', dialect: context.dialect, files },
        scope: reading.scope,
        tables: tablesOf([...made.flatMap(({ declared }) => declared), ...schemas], context.dialect),
        enums: [...new Map(made.flatMap(({ enums }) => enums).map((one) => [one.name, one])).values()],
        views: views.map(({ table, class: written }) => ({
          name: table,
          materialized: written.decorators.some((one) => bagOf(reading, one.arguments[0])?.has('materialized') === true),
          reads: [],
        })),
        relations: [],
        migrations: [],
      },
    ];
  },
};
