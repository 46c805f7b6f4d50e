// Names of objects as PostgreSQL's parser gives them.
import type { Node, RangeVar } from 'libpg-query';
import type { Model } from '../../model.ts';
import { stringsIn } from './expression.ts';

export function qualified(model: Model, parts: readonly string[]): string {
  const [schema, name] = parts.length > 1 ? parts.slice(-2) : [model.searchPath, parts[0] ?? ''];
  return schema === 'public' || schema === undefined ? (name ?? '') : `${schema}.${name}`;
}
export function relationName(model: Model, { schemaname, relname = '' }: RangeVar): string {
  return qualified(model, schemaname === undefined || schemaname === '' ? [relname] : [schemaname, relname]);
}
/** Of an object that the parser gives as a list of names. */
export function listedName(model: Model, node: Node | undefined): string {
  if (node === undefined) return '';
  if ('List' in node) return qualified(model, stringsIn(node.List.items));
  if ('TypeName' in node) return qualified(model, stringsIn(node.TypeName.names));
  if ('String' in node) return qualified(model, [node.String.sval ?? '']);
  return '';
}
