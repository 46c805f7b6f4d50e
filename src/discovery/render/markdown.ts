// The map of a repository as a page in Markdown.
import { fitted } from '../../contract/brief.ts';
import type { ContractsFound, Found, IoFound, RouteFound, SchemaFound, TableFound, Unclear } from './found.ts';
import { schemaMermaid } from './mermaid.ts';
import { byGoal } from './rank.ts';

export interface Drawing {
  /** What is searched for: what it names comes first. */
  readonly goal?: string | undefined;
  /** So many at most, about; none: all. */
  readonly maxTokens?: number | undefined;
}

/** Text in a cell of a table: what Markdown reads as its own is taken back. */
const cell = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/([\\|`*<>[\]])/g, '\\$1')
    .replace(/(?<!\w)_|_(?!\w)/g, '\\_');
/** A text that holds backticks stands between more of them. */
const code = (text: string): string => {
  const flat = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const ticks = '`'.repeat(1 + Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length)));
  return ticks.length === 1 ? `\`${flat}\`` : `${ticks} ${flat} ${ticks}`;
};
const placed = ({ file, line }: { readonly file: string; readonly line: number | null }): string =>
  code(line === null ? file : `${file}:${line}`);
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Lines within a share of the room. */
class Room {
  readonly #tokens: number | undefined;
  constructor(tokens: number | undefined) {
    this.#tokens = tokens;
  }
  list(lines: readonly string[], share: number): readonly string[] {
    if (this.#tokens === undefined) return lines;
    return fitted(lines, this.#tokens * share, (count) => `(${count} more are left out)`);
  }
  table(head: readonly string[], rows: readonly string[], share: number): readonly string[] {
    const shown =
      this.#tokens === undefined ? rows : fitted(rows, this.#tokens * share, (count) => `\n(${count} more are left out)`);
    return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...shown];
  }
  has(text: string, share: number): boolean {
    return this.#tokens === undefined || text.length <= this.#tokens * 4 * share;
  }
}

function tableRow(table: TableFound): string {
  const key = table['primary-key']?.columns ?? [];
  const columns = table.columns.map(({ name, type, nullable }) => `${cell(name)} ${cell(type)}${nullable ? '?' : ''}`).join(', ');
  const to = table['foreign-keys'].map((one) => `${cell(one.columns.join(', '))} → ${cell(one.table)}`).join('<br>');
  return `| ${code(table.name)} | ${columns} | ${cell(key.join(', '))} | ${to} | ${code(table.file)} |`;
}

function schemaSection(schema: SchemaFound, goal: string, room: Room): readonly string[] {
  const tables = byGoal(goal, schema.tables, (table) => ({
    name: table.name,
    parts: [...table.columns.map(({ name }) => name), table.entity ?? ''],
    near: table['foreign-keys'].map((one) => one.table),
  }));
  const { relations, migrations, enums, views, disagreements = [], sources = [] } = schema;
  const from = [
    ...new Set(sources.map(({ kind, stack, dialect }) => `${kind} of ${stack}${dialect === null ? '' : ` (${dialect})`}`)),
  ];
  const diagram = schemaMermaid({ tables, relations });
  const oneWay = migrations.filter(({ down }) => down === null).length;
  return [
    '## Schema',
    '',
    `${counted(tables.length, 'table')}, ${counted(relations.length, 'relation')}, ${counted(migrations.length, 'migration')}${migrations.length === 0 ? '' : oneWay === 0 ? ' (all with a way back)' : ` (${oneWay} without a way back)`}.${from.length === 0 ? '' : ` From ${cell(from.join(', '))}.`}`,
    '',
    ...(tables.length === 0 || !room.has(diagram, 0.25) ? [] : ['```mermaid', diagram.trimEnd(), '```', '']),
    ...(tables.length === 0
      ? []
      : [
          ...room.table(['table', 'columns (`?`: may be NULL)', 'primary key', 'points to', 'from'], tables.map(tableRow), 0.25),
          '',
        ]),
    ...enums.map(({ name, values }) => `- enum ${code(name)}: ${values.map(cell).join(', ')}`),
    ...views.map(({ name, reads }) => `- view ${code(name)} reads ${reads.map(code).join(', ')}`),
    ...(enums.length + views.length === 0 ? [] : ['']),
    ...(disagreements.length === 0 ? [] : ['### Where models, migrations and database disagree', '']),
    ...room.list(
      disagreements.map(({ table, column, what }) => `- ${code(column === null ? table : `${table}.${column}`)}: ${cell(what)}`),
      0.05,
    ),
    ...(disagreements.length === 0 ? [] : ['']),
    ...(migrations.length === 0 ? [] : ['### Migrations, in order', '']),
    ...room.list(
      migrations.map(
        ({ file, does, down }, at) =>
          `${at + 1}. ${code(file)}: ${cell(does.join('; ') || 'nothing that is known here')}${down === null ? ' (no way back)' : ''}`,
      ),
      0.1,
    ),
    ...(migrations.length === 0 ? [] : ['']),
  ];
}

const schemeOf = ({ auth }: Pick<RouteFound, 'auth'>): string =>
  auth.map(({ by, scopes }) => code(scopes.length > 0 ? `${by}(${scopes.join(', ')})` : by)).join(' ');

function contractsSection(contracts: ContractsFound, goal: string, room: Room): readonly string[] {
  const { operations, undocumented, unrouted, differences } = contracts;
  const routes = byGoal(goal, contracts.routes, ({ method, path, handler, request }) => ({
    name: path,
    parts: [handler.file, JSON.stringify(request ?? ''), method],
  }));
  const missing = new Set(undocumented.map(({ method, path }) => `${method} ${path}`));
  const rows = routes.map((route) => {
    const documented = operations.length === 0 ? '' : missing.has(`${route.method} ${route.path}`) ? 'no' : 'yes';
    const unsure = route.certain === false ? ' (under a condition)' : '';
    return `| ${cell(route.method)} | ${code(route.path)}${unsure} | ${placed(route.handler)} | ${schemeOf(route)} | ${documented} |`;
  });
  const disagreements = [
    ...undocumented.map(({ method, path, at }) => `- ${code(`${method} ${path}`)} is routed at ${placed(at)} and not documented`),
    ...unrouted.map(
      ({ method, path, at }) => `- ${code(`${method} ${path}`)} is documented at ${placed(at)}; no route was found`,
    ),
    ...differences.map(({ method, path, what }) => `- ${code(`${method} ${path}`)}: ${cell(what)}`),
  ];
  return [
    '## Routes',
    '',
    operations.length === 0
      ? `${counted(routes.length, 'route')}; no OpenAPI file was found.`
      : `${counted(routes.length, 'route')}, ${counted(operations.length, 'documented operation')}; ${undocumented.length} undocumented, ${unrouted.length} without a route, ${counted(differences.length, 'other difference')}.`,
    '',
    ...(rows.length === 0 ? [] : [...room.table(['method', 'path', 'handler', 'auth', 'documented'], rows, 0.2), '']),
    ...(disagreements.length === 0
      ? []
      : ['### Where the contract and the code disagree', '', ...room.list(disagreements, 0.05), '']),
  ];
}

function graphqlSection({ graphql }: ContractsFound, goal: string, room: Room): readonly string[] {
  if (graphql === undefined) return [];
  const kinds = { mutation: graphql.mutations, query: graphql.queries, subscription: graphql.subscriptions };
  const fields = Object.entries(kinds).flatMap(([kind, list]) => list.map((field) => ({ kind, ...field })));
  if (fields.length === 0) return [];
  const ordered = byGoal(goal, fields, ({ name, type, arguments: given }) => ({
    name,
    parts: [type, ...given.map((one) => `${one.name} ${one.type}`)],
  }));
  const rows = ordered.map(({ kind, name, type, arguments: given, at, resolver, auth }) => {
    const takes = given.length === 0 ? '' : `(${given.map((one) => `${one.name}: ${one.type}`).join(', ')})`;
    return `| ${kind} | ${code(`${name}${takes}: ${type}`)} | ${placed(resolver ?? at)} | ${schemeOf({ auth })} |`;
  });
  const { queries, mutations, subscriptions, types } = graphql;
  return [
    '## GraphQL',
    '',
    `${counted(queries.length, 'query', 'queries')}, ${counted(mutations.length, 'mutation')}, ${counted(subscriptions.length, 'subscription')}, ${counted(types.length, 'type')}.`,
    '',
    ...room.table(['', 'field', 'answered at', 'auth'], rows, 0.2),
    '',
  ];
}

function ioSection({ findings }: IoFound, goal: string, room: Room): readonly string[] {
  const ordered = byGoal(goal, findings, ({ routes, file, chain, code: text }) => ({
    name: routes.join(' '),
    parts: [file, text, ...chain.map(({ name }) => name)],
  }));
  const lines = ordered.map(({ rule, what, why, hint, routes, chain, ...at }) => {
    const more = routes.length > 3 ? ` and ${routes.length - 3} more` : '';
    const reached =
      routes.length === 0
        ? 'No route was seen to reach it.'
        : `Reached by ${routes.slice(0, 3).map(code).join(', ')}${more}${chain.length === 0 ? '' : `: ${chain.map(({ name, ...place }) => `${code(name)} (${placed(place)})`).join(' → ')}`}.`;
    return `- ${placed(at)} **${rule}**: ${cell(what)} ${why}\n  ${code(at.code)}\n  ${reached} ${hint}`;
  });
  return [
    '## Where requests wait',
    '',
    findings.length === 0 ? 'Nothing was found.' : `${counted(findings.length, 'finding')}.`,
    '',
    ...(lines.length === 0 ? [] : [...room.list(lines, 0.2), '']),
  ];
}

const unclearOf = ({ schema, contracts, io }: Found): readonly Unclear[] => {
  const all = [schema, contracts, io].flatMap((part) => part?.['not-understood'] ?? []);
  return [...new Map(all.map((one) => [`${one.file}:${one.line} ${one.why} ${one.what}`, one])).values()];
};

export function markdownOf(found: Found, title: string, { goal = '', maxTokens }: Drawing = {}): string {
  const { schema, contracts, io } = found;
  const room = new Room(maxTokens);
  const unclear = unclearOf(found).map((one) => `- ${placed(one)}: ${cell(one.why)} — ${code(one.what)}`);
  return [
    `# Map of ${cell(title)}`,
    '',
    ...(schema === undefined ? [] : schemaSection(schema, goal, room)),
    ...(contracts === undefined ? [] : contractsSection(contracts, goal, room)),
    ...(contracts === undefined ? [] : graphqlSection(contracts, goal, room)),
    ...(io === undefined ? [] : ioSection(io, goal, room)),
    '## Not understood',
    '',
    ...(unclear.length === 0
      ? ['Nothing was met that is not in this map.']
      : [`${counted(unclear.length, 'place')}; read these yourself.`, '', ...room.list(unclear, 0.05)]),
    '',
  ].join('\n');
}
