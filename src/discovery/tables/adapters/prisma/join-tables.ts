// Implicit many-to-many relations: https://www.prisma.io/docs/orm/prisma-schema/data-model/relations/many-to-many-relations
import type { Relation } from '../../../contract/tables.ts';
import type { Declared } from '../../declared.ts';
import { columnName, columnOf, type Names, named, type PrismaModel, typeName } from './model.ts';
import { argument, listed, textArgument } from './schema.ts';

const relationName = (model: PrismaModel, name: string): string | undefined => {
  const field = model.fields.find((one) => one.name === name);
  return field === undefined ? undefined : textArgument(named(field, 'relation'), 'name', 0);
};

/** The table `_AToB` with the columns A and B, by the names of the models. */
export function joinTables(names: Names): { readonly declared: readonly Declared[]; readonly relations: readonly Relation[] } {
  const declared = new Map<string, Declared>();
  const relations: Relation[] = [];
  for (const model of names.models.values()) {
    for (const field of model.fields) {
      const target = names.models.get(typeName(field));
      if (target === undefined || field.array !== true) continue;
      const called = relationName(model, field.name);
      const back = target.fields.find(
        (one) =>
          typeName(one) === model.model.name && one.array === true && relationName(target, one.name) === called && one !== field,
      );
      if (back === undefined || listed(argument(named(back, 'relation'), 'fields')).length > 0) continue;
      const [first, second] = [model, target].sort((a, b) => (a.model.name < b.model.name ? -1 : 1));
      if (first === undefined || second === undefined) continue;
      const name = `_${called ?? `${first.model.name}To${second.model.name}`}`;
      if (declared.has(name)) continue;
      const columns = ['A', 'B'];
      if (!names.keys)
        relations.push({
          from: first.table,
          to: second.table,
          kind: 'many-to-many',
          columns,
          optional: true,
          through: name,
          names: [field.name, back.name],
        });
      const column = (of: PrismaModel, as: string) => {
        const id = of.fields.find((one) => named(one, 'id') !== undefined);
        const made = id === undefined ? undefined : columnOf(names, of, id);
        return {
          column: {
            name: as,
            type: made?.type ?? '',
            nullable: false,
            default: null,
            generated: null,
            enum: null,
            at: { file: model.placed.file, line: (field.location?.startLine ?? 1) + model.placed.offset },
          },
          id: id === undefined ? [] : [columnName(id)],
        };
      };
      const [a, b] = [column(first, 'A'), column(second, 'B')];
      const schema = first.table.includes('.') ? `${first.table.split('.')[0]}.` : '';
      const key = (of: PrismaModel, o: { readonly as: string; readonly id: readonly string[] }) =>
        ({
          kind: 'foreign-key',
          key: {
            name: `${name}_${o.as}_fkey`,
            columns: [o.as],
            table: of.table,
            references: o.id,
            onDelete: 'cascade',
            onUpdate: 'cascade',
          },
        }) as const;
      declared.set(name, {
        name: `${schema}${name}`,
        entity: null,
        at: a.column.at,
        columns: [a.column, b.column],
        parts: [
          { kind: 'primary-key', key: { name: `${name}_AB_pkey`, columns: ['A', 'B'] } },
          {
            kind: 'index',
            key: { name: `${name}_B_index`, columns: ['B'], parts: ['B'], unique: false, method: 'btree', where: null },
          },
          ...(names.keys ? [key(first, { as: 'A', id: a.id }), key(second, { as: 'B', id: b.id })] : []),
        ],
      });
    }
  }
  return { declared: [...declared.values()], relations };
}
