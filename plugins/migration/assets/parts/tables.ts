// The tables that hold rows, with what the gate must know to read and to fill them.
import type { Client } from 'pg';

export interface ColumnFacts {
  readonly name: string;
  /** As it is written in a cast. */
  readonly type: string;
  /** Name of the type, of its base type for a domain, of its element for an array. */
  readonly base: string;
  /** Modifier of the type: its length or precision; -1 for none. */
  readonly modifier: number;
  readonly array: boolean;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: boolean;
  readonly generated: boolean;
  readonly labels: readonly string[];
}
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
}
export interface TableFacts {
  readonly name: string;
  /** Without its schema. */
  readonly plainName: string;
  /** A partition takes its rows through its parent and shows them itself. */
  readonly partition: boolean;
  readonly columns: readonly ColumnFacts[];
  readonly key: readonly string[];
  readonly unique: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly domainChecks: readonly Check[];
}
export interface Check {
  readonly columns: readonly string[];
  readonly definition: string;
}

const query = `
SELECT quote_ident(s.nspname) || '.' || quote_ident(c.relname) AS name, c.relname AS "plainName", c.relispartition AS partition,
  (SELECT coalesce(json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'base', e.typname,
      'modifier', CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
      'array', b.typcategory = 'A', 'notNull', a.attnotnull OR t.typnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', a.attidentity <> '', 'generated', a.attgenerated <> '',
      'labels', (SELECT coalesce(json_agg(enumlabel ORDER BY enumsortorder), '[]') FROM pg_enum WHERE enumtypid = e.oid)
    ) ORDER BY a.attnum), '[]')
   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
     JOIN pg_type e ON e.oid = CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN b.typelem ELSE b.oid END
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT coalesce(json_agg(a.attname ORDER BY array_position(k.conkey, a.attnum)), '[]')
   FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
   WHERE k.conrelid = c.oid AND k.contype = 'p') AS key,
  (SELECT coalesce(json_agg(DISTINCT a.attname), '[]')
   FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
   WHERE i.indrelid = c.oid AND i.indisunique) AS unique,
  (SELECT coalesce(json_agg(json_build_object('table',
        (SELECT quote_ident(n.nspname) || '.' || quote_ident(r.relname) FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = k.confrelid),
      'columns', (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY u(num, n)
                  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
      'references', (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY u(num, n)
                  JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num)) ORDER BY k.conname), '[]')
   FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f') AS "foreignKeys",
  (SELECT coalesce(json_agg(json_build_object('definition', pg_get_constraintdef(k.oid),
      'columns', (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)))
      ORDER BY k.conname), '[]')
   FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
  (SELECT coalesce(json_agg(json_build_object('definition', pg_get_constraintdef(k.oid), 'columns', json_build_array(a.attname))), '[]')
   FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = k.contypid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE k.contype = 'c') AS "domainChecks"
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = ANY ($1) AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend f WHERE f.classid = 'pg_class'::regclass AND f.objid = c.oid AND f.deptype = 'e')
ORDER BY 1`;

/** `holding`: tables whose own rows are stored there, partitions among them. `written`: tables that rows are written to. */
export async function readTables(client: Client, which: 'holding' | 'written'): Promise<readonly TableFacts[]> {
  const { rows } = await client.query<TableFacts>(query, [which === 'holding' ? ['r'] : ['r', 'p']]);
  return which === 'holding' ? rows : rows.filter(({ partition }) => !partition);
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
