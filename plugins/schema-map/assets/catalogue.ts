// Prints the catalogue of the PostgreSQL database at the address that it is given, as one JSON document.
import process from 'node:process';
import { Client } from 'pg';
import type { Catalogue } from '../live.ts';

const own = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'`;
// What extensions made is theirs.
const foreign = (oid: string): string => `not exists (select from pg_depend e where e.objid = ${oid} and e.deptype = 'e')`;
const name = (relation: string): string =>
  `case n.nspname when 'public' then ${relation} else n.nspname || '.' || ${relation} end`;
const keys = (o: { readonly of: string; readonly on: string }): string =>
  `(select coalesce(json_agg(a.attname order by k.ord), '[]') from unnest(${o.of}) with ordinality k(num, ord) join pg_attribute a on a.attrelid = ${o.on} and a.attnum = k.num)`;

const columns = `
  select ${name('c.relname')} as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
         case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default,
         case a.attidentity when 'a' then 'always as identity' when 'd' then 'by default as identity'
              else case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end end as generated,
         (select ${name('t.typname')} from pg_type t join pg_namespace n on n.oid = t.typnamespace
          where t.typtype = 'e' and t.oid = (select case when x.typelem <> 0 then x.typelem else x.oid end from pg_type x where x.oid = a.atttypid)) as enum
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p') and ${own} and ${foreign('c.oid')} order by 1, a.attnum`;
const tables = `
  select ${name('c.relname')} as name, (select ${name('p.relname')} from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace n on n.oid = p.relnamespace where i.inhrelid = c.oid and c.relispartition) as "partitionOf"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and ${own} and ${foreign('c.oid')} order by 1`;
const constraints = `
  select ${name('c.relname')} as table, k.conname as name, k.contype as kind, ${keys({ of: 'k.conkey', on: 'c.oid' })} as columns,
         case when f.oid is not null then (select ${name('f.relname')} from pg_namespace n where n.oid = f.relnamespace) end as to,
         case when f.oid is not null then ${keys({ of: 'k.confkey', on: 'f.oid' })} end as references,
         k.confdeltype::text as "onDelete", k.confupdtype::text as "onUpdate", case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as expression
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace left join pg_class f on f.oid = k.confrelid
  where k.contype in ('p', 'u', 'f', 'c') and ${own} order by 1, 2`;
const indexes = `
  select ${name('c.relname')} as table, i.relname as name, x.indisunique as unique, m.amname as method, pg_get_expr(x.indpred, x.indrelid) as where,
         (select json_agg(pg_get_indexdef(x.indexrelid, n, true) order by n) from generate_series(1, x.indnkeyatts) n) as parts, ${keys({ of: 'x.indkey', on: 'c.oid' })} as columns
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_am m on m.oid = i.relam
  where c.relkind in ('r', 'p') and ${own} and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x')) order by 1, 2`;
const enums = `
  select ${name('t.typname')} as name, (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as values
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${own} and ${foreign('t.oid')} order by 1`;
const views = `
  select ${name('c.relname')} as name, c.relkind = 'm' as materialized from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${own} and ${foreign('c.oid')} order by 1`;

const client = new Client({ connectionString: process.argv[2] });
await client.connect();
try {
  const rows = async (sql: string) => (await client.query(sql)).rows;
  const catalogue: Catalogue = {
    tables: await rows(tables),
    columns: await rows(columns),
    constraints: await rows(constraints),
    indexes: await rows(indexes),
    enums: await rows(enums),
    views: await rows(views),
  };
  process.stdout.write(JSON.stringify(catalogue));
} finally {
  await client.end();
}
