// TypeORM's naming: src/naming-strategy/DefaultNamingStrategy.ts (0.3), and SnakeNamingStrategy of typeorm-naming-strategies (4).
import { camelCase, snakeCase, titleCase } from '../../case.ts';

export interface Naming {
  readonly prefix: string;
  table(entity: string): string;
  column(o: { readonly property: string; readonly custom: string | undefined; readonly embedded: readonly string[] }): string;
  joinColumn(relation: string, referenced: string): string;
  joinTable(first: string, second: string, property: string): string;
  joinTableColumn(table: string, column: string): string;
}

export const usualNaming = (prefix: string): Naming => ({
  prefix,
  table: snakeCase,
  column: ({ property, custom, embedded }) =>
    embedded.length === 0 ? (custom ?? property) : camelCase(embedded.join('_')) + titleCase(custom ?? property),
  joinColumn: (relation, referenced) => camelCase(`${relation}_${referenced}`),
  joinTable: (first, second, property) => snakeCase(`${first}_${property.replaceAll('.', '_')}_${second}`),
  joinTableColumn: (table, column) => camelCase(`${table}_${column}`),
});
export const snakeNaming = (prefix: string): Naming => ({
  prefix,
  table: snakeCase,
  column: ({ property, custom, embedded }) => snakeCase([...embedded, ''].join('_')) + (custom ?? snakeCase(property)),
  joinColumn: (relation, referenced) => snakeCase(`${relation}_${referenced}`),
  joinTable: (first, second, property) => snakeCase(`${first}_${property.replaceAll('.', '_')}_${second}`),
  joinTableColumn: (table, column) => snakeCase(`${table}_${column}`),
});
