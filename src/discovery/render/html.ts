// The map as one page that needs nothing else: no script, nothing from the network.

import type { ContractsFound, Found, IoFound, SchemaFound, Unclear } from './found.ts';
import { textOf as t } from './html-text.ts';
import { schemaSvg } from './svg.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}
code{font-family:ui-monospace,monospace;font-size:.92em}figure{overflow:auto;margin:1rem 0;border:1px solid #d0d7de}
svg rect{fill:#f6f8fa;stroke:#57606a}svg line{stroke:#57606a;stroke-width:1.5}svg text{font:12px ui-monospace,monospace;fill:#1b1f24}svg .table{font-weight:bold}
@media (prefers-color-scheme:dark){body,svg text{color:#e6edf3;background:#0d1117;fill:#e6edf3}svg rect{fill:#161b22}}`;

const code = (text: string): string => `<code>${t(text)}</code>`;
const placed = ({ file, line }: { readonly file: string; readonly line: number | null }): string =>
  code(line === null ? file : `${file}:${line}`);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<table><thead><tr>${head.map((name) => `<th>${t(name)}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;
const list = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;

function schemaSection(schema: SchemaFound): string {
  const rows = schema.tables.flatMap(({ name, columns, file, ...one }) =>
    columns.map((column, at) => {
      const to = one['foreign-keys'].filter((key) => key.columns.includes(column.name)).map((key) => code(key.table));
      const isKey = one['primary-key']?.columns.includes(column.name) === true;
      return [
        at === 0 ? `${code(name)}<br>${code(file)}` : '',
        code(column.name),
        t(column.type),
        `${isKey ? 'primary key' : column.nullable ? 'may be NULL' : ''}`,
        to.join(' '),
      ];
    }),
  );
  const migrations = schema.migrations.map(
    ({ file, does, down }) => `${code(file)}: ${t(does.join('; '))}${down === null ? ' (no way back)' : ''}`,
  );
  return `<h2>Schema</h2>${schema.tables.length === 0 ? '<p>No table was found.</p>' : `<figure>${schemaSvg(schema)}</figure>`}
${table(['table', 'column', 'type', '', 'points to'], rows)}
${migrations.length === 0 ? '' : `<h3>Migrations, in order</h3>${list(migrations)}`}`;
}

function contractsSection({ routes, operations, undocumented, unrouted, differences }: ContractsFound): string {
  const missing = new Set(undocumented.map(({ method, path }) => `${method} ${path}`));
  const rows = routes.map(({ method, path, handler, auth }) => [
    t(method),
    code(path),
    placed(handler),
    auth.map(({ by, scopes }) => code(scopes.length > 0 ? `${by}(${scopes.join(', ')})` : by)).join(' '),
    operations.length === 0 ? '' : missing.has(`${method} ${path}`) ? 'no' : 'yes',
  ]);
  const disagree = [
    ...undocumented.map(({ method, path, at }) => `${code(`${method} ${path}`)} is routed at ${placed(at)} and not documented`),
    ...unrouted.map(({ method, path, at }) => `${code(`${method} ${path}`)} is documented at ${placed(at)}; no route was found`),
    ...differences.map(({ method, path, what }) => `${code(`${method} ${path}`)}: ${t(what)}`),
  ];
  return `<h2>Routes</h2>${rows.length === 0 ? '<p>No route was found.</p>' : table(['method', 'path', 'handler', 'auth', 'documented'], rows)}
${disagree.length === 0 ? '' : `<h3>Where the contract and the code disagree</h3>${list(disagree)}`}`;
}

function graphqlSection({ graphql }: ContractsFound): string {
  const kinds = { mutation: graphql?.mutations ?? [], query: graphql?.queries ?? [], subscription: graphql?.subscriptions ?? [] };
  const lines = Object.entries(kinds).flatMap(([kind, fields]) =>
    fields.map(({ name, type, arguments: given, at, resolver, auth }) => [
      kind,
      code(`${name}${given.length === 0 ? '' : `(${given.map((one) => `${one.name}: ${one.type}`).join(', ')})`}: ${type}`),
      placed(resolver ?? at),
      auth.map(({ by }) => code(by)).join(' '),
    ]),
  );
  return lines.length === 0 ? '' : `<h2>GraphQL</h2>${table(['', 'field', 'answered at', 'auth'], lines)}`;
}

function ioSection({ findings }: IoFound): string {
  const items = findings.map(({ rule, what, why, hint, routes, chain, code: excerpt, ...at }) => {
    const way = chain.map(({ name, ...place }) => `${code(name)} (${placed(place)})`).join(' → ');
    const reached =
      routes.length === 0
        ? 'No route was seen to reach it.'
        : `Reached by ${routes.map(code).join(', ')}${way === '' ? '' : `: ${way}`}.`;
    return `${placed(at)} <strong>${t(rule)}</strong>: ${t(what)} ${t(why)}<br>${code(excerpt)}<br>${reached} ${t(hint)}`;
  });
  return `<h2>Where requests wait</h2>${items.length === 0 ? '<p>Nothing was found.</p>' : list(items)}`;
}

const unclearItem = (one: Unclear): string => `${placed(one)}: ${t(one.why)} — ${code(one.what)}`;

export function htmlOf({ schema, contracts, io }: Found, title: string): string {
  const unclear = [...new Set([schema, contracts, io].flatMap((part) => part?.['not-understood'] ?? []).map(unclearItem))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Map of ${t(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>Map of ${t(title)}</h1>
${schema === undefined ? '' : schemaSection(schema)}
${contracts === undefined ? '' : contractsSection(contracts) + graphqlSection(contracts)}
${io === undefined ? '' : ioSection(io)}
<h2>Not understood</h2>
${unclear.length === 0 ? '<p>Nothing was met that is not in this map.</p>' : list(unclear)}
</body>
</html>
`;
}
