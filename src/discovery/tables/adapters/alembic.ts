import type { NotUnderstood } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Migration, TableStack } from '../../contract/tables.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, argumentsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import { Python } from '../../grammar/python/values.ts';
import { excerptOf } from '../../routes/adapters/python-program.ts';
import { applyChanges, type PlacedChange } from '../apply.ts';
import type { Change } from '../change.ts';
import { emptyModel } from '../model.ts';
import { tableCall } from './sqlalchemy.ts';
import { columnOf, foreignKey, index } from './sqlalchemy-column.ts';
import { typeOf } from './sqlalchemy-types.ts';

const stack = 'alembic';
const isMigration = /(^|\/)versions\/[^/]+\.py$/;

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

interface Read {
  readonly changes: readonly PlacedChange[];
  readonly unclear: readonly { readonly node: Plain; readonly why: string }[];
}

/** What `upgrade` does, also through functions of its file, in order. */
class Upgrade {
  readonly #program: Python;
  readonly #module: Module;
  readonly changes: PlacedChange[] = [];
  readonly unclear: { readonly node: Plain; readonly why: string }[] = [];

  constructor(program: Python, module: Module) {
    this.#program = program;
    this.#module = module;
  }

  run(name: string, depth = 0): undefined {
    const found = this.#program.scope(this.#module.root).names.get(name);
    const body = found?.kind === 'definition' ? childOf(found.node, 'body') : undefined;
    if (body !== undefined && depth < 6) this.#block(body, { batch: null, depth });
  }

  #block(body: Plain, o: { readonly batch: string | null; readonly depth: number }): void {
    for (const node of namedOf(body)) {
      if (node.kind === 'with_statement') {
        const call = within(
          node.children.find(({ kind }) => kind === 'with_clause'),
          ['call'],
        )[0];
        const table =
          call && /batch_alter_table$/.test(childOf(call, 'function')?.text ?? '')
            ? this.#text(argument(call, 0, 'table_name'))
            : undefined;
        const inner = childOf(node, 'body');
        if (inner) this.#block(inner, { ...o, batch: table ?? o.batch });
      } else if (/^(if|for|try)_statement$/.test(node.kind)) {
        for (const inner of namedOf(node).filter(({ kind }) => /block|clause$/.test(kind)))
          this.#block(inner.kind === 'block' ? inner : (childOf(inner, 'body') ?? inner), o);
      } else {
        const call = node.kind === 'expression_statement' ? namedOf(node)[0] : undefined;
        const made = call?.kind === 'assignment' ? childOf(call, 'right') : call;
        if (made?.kind === 'call') this.#call(made, o);
      }
    }
  }

  #call(call: Plain, o: { readonly batch: string | null; readonly depth: number }): undefined {
    const callee = childOf(call, 'function');
    if (callee?.kind === 'identifier') return this.run(callee.text, o.depth + 1);
    const [object, name] = [callee && childOf(callee, 'object')?.text, callee && childOf(callee, 'attribute')?.text];
    if (object === undefined || name === undefined || !/op$/.test(object)) return;
    const change = this.#change(call, name, o.batch);
    if (change === 'unknown') this.unclear.push({ node: call, why: `what ${name} does to tables is not known from the text` });
    else this.changes.push(...change.map((one) => ({ change: one, line: call.line, excerpt: excerptOf(call) })));
  }

  #text(node: Plain | undefined): string | undefined {
    return this.#program.text(node, this.#module);
  }
  #texts(node: Plain | undefined): readonly string[] | undefined {
    return this.#program.list(node, this.#module)?.flatMap((one) => this.#program.text(one.node, one.module) ?? []);
  }

  #change(call: Plain, name: string, batch: string | null): readonly Change[] | 'unknown' {
    const shift = batch === null ? 0 : -1;
    /** Inside of a batch the table is not among the arguments. */
    const at = (place: number, ...names: readonly string[]) => argument(call, place + shift, ...names);
    const table = batch ?? this.#text(argument(call, 0, 'table_name'));
    switch (name) {
      case 'create_table': {
        const created = this.#text(argument(call, 0, 'table_name'));
        if (created === undefined) return 'unknown';
        const made = tableCall(this.#program, call, { module: this.#module, name: created });
        const enums = made.written.flatMap((one): Change[] => (one.enum === null ? [] : [{ kind: 'create-enum', ...one.enum }]));
        return [...enums, { kind: 'create-table', table: created, columns: made.columns, parts: made.parts, ifMissing: false }];
      }
      case 'drop_table':
        return table === undefined ? 'unknown' : [{ kind: 'drop-table', table, ifExists: false }];
      case 'rename_table': {
        const to = this.#text(argument(call, 1, 'new_table_name'));
        return table === undefined || to === undefined ? 'unknown' : [{ kind: 'rename-table', table, to }];
      }
      case 'add_column': {
        const value = this.#program.value(at(1, 'column'), this.#module);
        const made =
          value.kind === 'call' && table !== undefined
            ? columnOf(this.#program, { call: value.node, module: value.module }, { name: null, table, isField: false })
            : undefined;
        if (made === undefined || table === undefined) return 'unknown';
        return [
          { kind: 'add-column', table, column: made.column, ifMissing: false, after: null },
          ...made.parts.map((part): Change => ({ kind: 'add-part', table, part, ifMissing: false })),
        ];
      }
      case 'drop_column': {
        const column = this.#text(at(1, 'column_name'));
        return table === undefined || column === undefined
          ? 'unknown'
          : [{ kind: 'drop-column', table, column, ifExists: false }];
      }
      case 'alter_column':
        return this.#altered(call, table, this.#text(at(1, 'column_name')));
      case 'create_index': {
        const given = this.#text(argument(call, 0, 'index_name'));
        const of = batch ?? this.#text(argument(call, 1, 'table_name'));
        const columns = this.#texts(at(2, 'columns'));
        if (of === undefined || columns === undefined) return 'unknown';
        return [
          {
            kind: 'add-part',
            table: of,
            part: index(columns, { name: given ?? null, unique: argument(call, null, 'unique')?.text === 'True' }),
            ifMissing: false,
          },
        ];
      }
      case 'drop_index': {
        const given = this.#text(argument(call, 0, 'index_name'));
        return given === undefined ? 'unknown' : [{ kind: 'drop-index', name: given, ifExists: true }];
      }
      case 'create_unique_constraint':
      case 'create_primary_key':
      case 'create_foreign_key':
      case 'create_check_constraint':
        return this.#constraint(call, name, batch);
      case 'drop_constraint': {
        const given = this.#text(argument(call, 0, 'constraint_name'));
        const of = batch ?? this.#text(argument(call, 1, 'table_name'));
        return of === undefined || given === undefined
          ? 'unknown'
          : [{ kind: 'drop-part', table: of, of: 'constraint', name: given, ifExists: true }];
      }
      case 'bulk_insert':
      case 'get_bind':
      case 'get_context':
      case 'f':
      case 'inline_literal':
        return [];
      case 'execute': {
        const sql = this.#text(argument(call, 0, 'sqltext')) ?? argument(call, 0)?.text ?? '';
        return /\b(create|alter|drop)\s+(table|column|view|materialized|type|schema)\b/i.test(sql) ? 'unknown' : [];
      }
      default:
        return 'unknown';
    }
  }

  #altered(call: Plain, table: string | undefined, column: string | undefined): readonly Change[] | 'unknown' {
    if (table === undefined || column === undefined) return 'unknown';
    const { named } = argumentsOf(call);
    const [type, nullable, renamed, server] = ['type_', 'nullable', 'new_column_name', 'server_default'].map((name) =>
      named.get(name),
    );
    const made = type && typeOf(this.#program, type, this.#module);
    if (type && made === undefined) return 'unknown';
    const changed: Change = {
      kind: 'change-column',
      table,
      column,
      to: {
        ...(made === undefined ? {} : { type: made.type, enum: made.enum?.name ?? null }),
        ...(nullable === undefined ? {} : { nullable: nullable.text === 'True' }),
        ...(server === undefined || server.text === 'False'
          ? {}
          : { default: server.text === 'None' ? null : (this.#text(server) ?? server.text) }),
      },
    };
    const to = this.#text(renamed);
    return [
      ...(Object.keys(changed.to).length > 0 ? [changed] : []),
      ...(to === undefined ? [] : [{ kind: 'rename-column', table, column, to } as const]),
    ];
  }

  #constraint(call: Plain, name: string, batch: string | null): readonly Change[] | 'unknown' {
    const given = this.#text(argument(call, 0, 'constraint_name')) ?? null;
    const table = batch ?? this.#text(argument(call, 1, 'table_name', 'source_table'));
    if (table === undefined) return 'unknown';
    const shift = batch === null ? 0 : -1;
    if (name === 'create_foreign_key') {
      const to = this.#text(argument(call, 2 + shift, 'referent_table'));
      const [from, remote] = [
        this.#texts(argument(call, 3 + shift, 'local_cols')),
        this.#texts(argument(call, 4 + shift, 'remote_cols')),
      ];
      if (to === undefined || from === undefined) return 'unknown';
      const part = foreignKey(from, {
        to: `${to}.`,
        name: given ?? undefined,
        onDelete: this.#text(argument(call, null, 'ondelete')),
        onUpdate: this.#text(argument(call, null, 'onupdate')),
      });
      return part.kind === 'foreign-key'
        ? [
            {
              kind: 'add-part',
              table,
              part: { ...part, key: { ...part.key, table: to, references: remote ?? [] } },
              ifMissing: false,
            },
          ]
        : [];
    }
    if (name === 'create_check_constraint')
      return [
        {
          kind: 'add-part',
          table,
          part: {
            kind: 'check',
            key: { name: given, columns: [], expression: this.#text(argument(call, 2 + shift, 'condition')) ?? '' },
          },
          ifMissing: false,
        },
      ];
    const columns = this.#texts(argument(call, 2 + shift, 'columns'));
    if (columns === undefined) return 'unknown';
    return [
      {
        kind: 'add-part',
        table,
        part: { kind: name === 'create_primary_key' ? 'primary-key' : 'unique', key: { name: given, columns } },
        ifMissing: false,
      },
    ];
  }
}

interface Revision {
  readonly module: Module;
  readonly id: string;
  readonly after: readonly string[];
}

/** Each after those that it names as the ones before. */
function ordered(program: Python, modules: readonly Module[]): readonly Revision[] {
  const all = modules.flatMap((module): readonly Revision[] => {
    const names = program.scope(module.root).names;
    const of = (name: string) => {
      const found = names.get(name);
      return found?.kind === 'value' ? found.node : undefined;
    };
    const id = program.text(of('revision'), module);
    const before = of('down_revision');
    const one = program.text(before, module);
    const many = program.list(before, module)?.flatMap((text) => program.text(text.node, text.module) ?? []);
    return id === undefined ? [] : [{ module, id, after: one === undefined ? (many ?? []) : [one] }];
  });
  const known = new Set(all.map(({ id }) => id));
  const done = new Set<string>();
  const result: Revision[] = [];
  for (let left = all; left.length > 0; ) {
    const ready = left.filter(({ after }) => after.every((one) => done.has(one) || !known.has(one)));
    const next = ready.length === 0 ? left : ready;
    result.push(...next);
    for (const { id } of next) done.add(id);
    left = left.filter((one) => !next.includes(one));
  }
  return result;
}

function readIn(program: Python, module: Module): Read {
  const upgrade = new Upgrade(program, module);
  upgrade.run('upgrade');
  return upgrade;
}

/** Alembic and Flask-Migrate: revisions in their order. */
export const alembic: TableStack = {
  name: stack,
  language: 'python',
  marks: ['alembic'],
  present: (reading: Reading) => reading.marked('alembic').some((file) => isMigration.test(file)),
  read(reading, say) {
    const files = reading.files.filter(
      (file) => isMigration.test(file) && /^(revision|down_revision)\b/m.test(reading.text(file) ?? ''),
    );
    const program = new Python({
      files: reading.files.filter((file) => file.endsWith('.py')),
      plain: (file) => reading.plain(file)?.tree,
      text: (file) => reading.text(file),
    });
    // Folders of several databases or tenants have a chain of their own each.
    const folders = new Set(files.map(folderOf));
    return [...folders].map((folder) => {
      const own = files.filter((file) => folderOf(file) === folder);
      const model = emptyModel('postgresql');
      const migrations: Migration[] = [];
      const missing: NotUnderstood[] = [];
      for (const { module } of ordered(
        program,
        own.flatMap((file) => program.modules.module(file) ?? []),
      )) {
        const { changes, unclear } = readIn(program, module);
        const applied = applyChanges(model, module.file, changes);
        const tell = (what: Pick<NotUnderstood, 'file' | 'line' | 'what' | 'why'>) => say({ ...what, about: 'table', stack });
        for (const { node, why } of unclear) tell({ file: module.file, line: node.line, what: excerptOf(node), why });
        for (const one of applied.notUnderstood) missing.push({ ...one, about: 'table', stack });
        const down = program.scope(module.root).names.get('downgrade');
        const body = down?.kind === 'definition' ? childOf(down.node, 'body') : undefined;
        const goesBack = body !== undefined && within(body, ['call']).length > 0;
        migrations.push({ file: module.file, does: applied.does, down: goesBack ? module.file : null });
      }
      // A chain that begins in the middle says what changed, and not what there is.
      const isWhole = missing.length <= model.tables.size;
      if (isWhole) for (const one of missing) say(one);
      else {
        const why = `${missing.length} steps change what no revision makes: these are not all of them`;
        say({ file: migrations[0]?.file ?? folder, line: null, what: folder, why, about: 'table', stack });
      }
      return {
        source: { kind: 'migrations', stack, dialect: 'postgresql', files: migrations.map(({ file }) => file) } as const,
        scope: reading.scope,
        tables: isWhole ? [...model.tables.values()] : [],
        enums: !isWhole ? [] : [...model.enums].map(([name, values]) => ({ name, values })),
        views: [],
        relations: [],
        migrations,
      };
    });
  },
  knownFrom: 'https://alembic.sqlalchemy.org/en/latest/ops.html (1.8 to 1.16)',
};
