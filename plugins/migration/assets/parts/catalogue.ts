// The catalogue in sorted lines, as PostgreSQL itself prints its objects.
import type { Client } from 'pg';
import type { CatalogueEntry } from '../../state.ts';

// Left out on purpose: the order of columns (a column that comes back stands last), the names of NOT NULL constraints (18 gives them
// names; the column says it), owners, statistics, sequence positions, and what belongs to an extension.
const query = `
WITH space AS (
  SELECT oid, nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), followed AS (
  -- Of an extension, or made with a type, as the constructors of a range are.
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e' OR (deptype = 'i' AND classid = 'pg_proc'::regclass)
), relation AS (
  SELECT c.*, quote_ident(s.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM followed f WHERE f.classid = 'pg_class'::regclass AND f.objid = c.oid)
), type AS (
  SELECT t.*, quote_ident(s.nspname) || '.' || quote_ident(t.typname) AS name
  FROM pg_type t JOIN space s ON s.oid = t.typnamespace
  WHERE NOT EXISTS (SELECT FROM followed f WHERE f.classid = 'pg_type'::regclass AND f.objid = t.oid)
), entry(kind, name, belongs, parts) AS (
  SELECT 'schema', quote_ident(nspname), NULL, ARRAY[nspacl::text, obj_description(oid, 'pg_namespace')] FROM space
  UNION ALL
  SELECT 'extension', extname, NULL, ARRAY[extversion] FROM pg_extension
  UNION ALL
  SELECT CASE relkind WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'table' END, name, name, ARRAY[
    CASE relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
    CASE WHEN relkind = 'p' THEN 'partition by ' || pg_get_partkeydef(oid) END,
    pg_get_expr(relpartbound, oid),
    (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = r.oid),
    CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced row security' END,
    array_to_string(reloptions, ', '), 'grants ' || relacl::text, 'comment ' || obj_description(oid, 'pg_class')]
  FROM relation r WHERE relkind IN ('r', 'p', 'f', 'c')
  UNION ALL
  SELECT 'column', r.name || '.' || quote_ident(a.attname), r.name, ARRAY[
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' || a.attcollation::regcollation::text END,
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE WHEN a.attgenerated <> '' THEN 'generated' WHEN a.atthasdef THEN 'default' END,
    pg_get_expr(d.adbin, d.adrelid),
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
    'grants ' || a.attacl::text, 'comment ' || col_description(r.oid, a.attnum)]
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  WHERE r.relkind IN ('r', 'p', 'f', 'c')
  UNION ALL
  SELECT 'constraint', coalesce(r.name, t.name) || '.' || quote_ident(c.conname), r.name,
    ARRAY[pg_get_constraintdef(c.oid), 'comment ' || obj_description(c.oid, 'pg_constraint')]
  FROM pg_constraint c LEFT JOIN relation r ON r.oid = c.conrelid LEFT JOIN type t ON t.oid = c.contypid
  WHERE c.contype NOT IN ('n', 't') AND (r.oid IS NOT NULL OR t.oid IS NOT NULL)
  UNION ALL
  SELECT 'index', x.name, r.name, ARRAY[pg_get_indexdef(i.indexrelid),
    CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN i.indisreplident THEN 'replica identity' END]
  FROM pg_index i JOIN relation r ON r.oid = i.indrelid JOIN relation x ON x.oid = i.indexrelid
  UNION ALL
  SELECT 'trigger', r.name || '.' || quote_ident(g.tgname), r.name,
    ARRAY[pg_get_triggerdef(g.oid), CASE WHEN g.tgenabled <> 'O' THEN 'enabled ' || g.tgenabled::text END]
  FROM pg_trigger g JOIN relation r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'rule', r.name || '.' || quote_ident(u.rulename), r.name, ARRAY[pg_get_ruledef(u.oid)]
  FROM pg_rewrite u JOIN relation r ON r.oid = u.ev_class WHERE u.rulename <> '_RETURN'
  UNION ALL
  SELECT 'policy', r.name || '.' || quote_ident(p.polname), r.name, ARRAY[p.polcmd::text, p.polpermissive::text,
    p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)]
  FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'statistics', quote_ident(s.nspname) || '.' || quote_ident(e.stxname), r.name, ARRAY[pg_get_statisticsobjdef(e.oid)]
  FROM pg_statistic_ext e JOIN space s ON s.oid = e.stxnamespace JOIN relation r ON r.oid = e.stxrelid
  UNION ALL
  SELECT CASE relkind WHEN 'm' THEN 'materialised view' ELSE 'view' END, name, NULL,
    ARRAY[pg_get_viewdef(oid), array_to_string(reloptions, ', '), 'grants ' || relacl::text, 'comment ' || obj_description(oid, 'pg_class')]
  FROM relation WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT 'sequence', r.name, NULL, ARRAY[format_type(q.seqtypid, NULL), 'start ' || q.seqstart, 'increment ' || q.seqincrement,
    'from ' || q.seqmin || ' to ' || q.seqmax, 'cache ' || q.seqcache, CASE WHEN q.seqcycle THEN 'cycle' END,
    (SELECT 'of ' || d.refobjid::regclass::text FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') LIMIT 1),
    'grants ' || r.relacl::text]
  FROM relation r JOIN pg_sequence q ON q.seqrelid = r.oid
  UNION ALL
  SELECT 'enum', t.name, NULL, ARRAY[(SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)]
  FROM type t WHERE t.typtype = 'e'
  UNION ALL
  SELECT 'domain', t.name, NULL, ARRAY[format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'not null' END, t.typdefault]
  FROM type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT 'range type', t.name, NULL, ARRAY[format_type(g.rngsubtype, NULL)] FROM type t JOIN pg_range g ON g.rngtypid = t.oid
  UNION ALL
  SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    quote_ident(s.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', NULL,
    ARRAY[CASE WHEN p.prokind = 'a' THEN pg_get_function_result(p.oid) ELSE pg_get_functiondef(p.oid) END, 'grants ' || p.proacl::text]
  FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM followed f WHERE f.classid = 'pg_proc'::regclass AND f.objid = p.oid)
)
SELECT kind, name, belongs AS table, array_to_string(array_remove(parts, ''), ' ') AS definition FROM entry ORDER BY kind, name`;

export async function readCatalogue(client: Client): Promise<readonly CatalogueEntry[]> {
  const { rows } = await client.query<{ kind: string; name: string; table: string | null; definition: string }>(query);
  return rows.map(({ table, ...entry }) => ({ ...entry, ...(table === null ? {} : { table }) }));
}
