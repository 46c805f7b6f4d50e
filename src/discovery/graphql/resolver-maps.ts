// Resolvers in objects: `{ Query: { user: (_, { id }) => … } }`: https://www.apollographql.com/docs/apollo-server/data/resolvers
import type { Place } from '../contract/place.ts';
import type { Reading } from '../contract/reading.ts';
import { bare, nameOf } from '../ecma/node.ts';
import { placeOf } from '../routes/model.ts';
import { type Root, rootOf } from './model.ts';

/** Places by `queries user`. */
export function resolverMapsIn(reading: Reading): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  for (const [file, { language }] of reading.facts) {
    if (language !== 'ecma' || !/\b(Query|Mutation|Subscription)\b\s*[:=]/.test(reading.text(file) ?? '')) continue;
    const unit = reading.ecma(file);
    for (const property of unit?.nodes('Property') ?? []) {
      const root =
        property.kind === 'init' && property.parent?.type === 'ObjectExpression' ? rootOf(nameOf(property.key) ?? '') : undefined;
      if (unit !== undefined && root !== undefined) add(reading, found, root, { unit, node: bare(property.value) });
    }
    // `const Query = { … }`, put together elsewhere.
    for (const declarator of unit?.nodes('VariableDeclarator') ?? []) {
      const root = rootOf(nameOf(declarator.id) ?? '');
      if (unit !== undefined && root !== undefined && declarator.init !== null)
        add(reading, found, root, { unit, node: bare(declarator.init) });
    }
  }
  return found;
}

type At = Parameters<typeof placeOf>;
function add(reading: Reading, found: Map<string, Place>, root: Root, at: { readonly unit: At[0]; readonly node: At[1] }): void {
  const value = reading.js.meaningOf(at.unit, at.node);
  if (value?.kind !== 'object' || value.node.type !== 'ObjectExpression') return;
  for (const one of value.node.properties) {
    const name = one.type === 'Property' ? nameOf(one.key) : undefined;
    if (one.type !== 'Property' || name === undefined) continue;
    const answers = reading.js.meaningOf(value.unit, one.value);
    const place = answers?.kind === 'function' ? placeOf(answers.unit, answers.node) : placeOf(value.unit, one);
    if (!found.has(`${root} ${name}`)) found.set(`${root} ${name}`, place);
  }
}
