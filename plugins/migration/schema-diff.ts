// What differs between two catalogues, in entries and in words.
import type { CatalogueEntry } from './state.ts';

export interface SchemaChange {
  readonly kind: string;
  readonly name: string;
  readonly table?: string;
  /** undefined: it was not there. */
  readonly before: string | undefined;
  /** undefined: it is gone. */
  readonly after: string | undefined;
}

const keyOf = (entry: CatalogueEntry): string => `${entry.kind} ${entry.name}`;

/** Changes of a table's parts are left out where the table itself came or went. */
export function schemaChanges(before: readonly CatalogueEntry[], after: readonly CatalogueEntry[]): readonly SchemaChange[] {
  const [old, now] = [before, after].map((entries) => new Map(entries.map((entry) => [keyOf(entry), entry])));
  const changes: SchemaChange[] = [];
  for (const key of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const [was, is] = [old?.get(key), now?.get(key)];
    const entry = was ?? is;
    if (entry === undefined || was?.definition === is?.definition) continue;
    changes.push({
      kind: entry.kind,
      name: entry.name,
      ...(entry.table === undefined ? {} : { table: entry.table }),
      before: was?.definition,
      after: is?.definition,
    });
  }
  const whole = new Set(changes.flatMap((change) => (isTable(change) && goneOrNew(change) ? [change.name] : [])));
  return changes
    .filter((change) => isTable(change) || change.table === undefined || !whole.has(change.table))
    .sort((a, b) => (`${a.name} ${a.kind}` < `${b.name} ${b.kind}` ? -1 : 1));
}

const isTable = (change: SchemaChange): boolean => change.table === change.name;
const goneOrNew = (change: SchemaChange): boolean => change.before === undefined || change.after === undefined;

const brief = (definition: string): string => {
  const line = definition.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
};

/** "index public.orders_at: new", for a list of what a migration does. */
export function changeLine(change: SchemaChange): string {
  const { kind, name, before, after } = change;
  if (before === undefined) return `${kind} ${name}: new${after ? ` (${brief(after)})` : ''}`;
  if (after === undefined) return `${kind} ${name}: gone${before ? ` (was ${brief(before)})` : ''}`;
  return `${kind} ${name}: ${brief(before) || 'plain'} → ${brief(after) || 'plain'}`;
}
