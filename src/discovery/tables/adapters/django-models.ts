import type { NotUnderstood } from '../../contract/place.ts';
import type { Column } from '../../contract/tables.ts';
import { childOf, type Plain } from '../../grammar/plain.ts';
import { argument, argumentsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import type { ClassValue, Located, Python, Value } from '../../grammar/python/values.ts';
import { excerptOf } from '../../routes/adapters/python-program.ts';
import type { Part } from '../change.ts';
import type { Declared } from '../declared.ts';
import { type FieldType, fieldType, looksLikeField } from './django-fields.ts';
import { indexOn, inherited, link, outside } from './django-known.ts';

interface Field {
  readonly name: string;
  readonly call: Plain;
  readonly module: Module;
  readonly type: FieldType;
}
interface Model {
  readonly value: ClassValue;
  readonly name: string;
  readonly app: string;
  readonly table: string;
  readonly isAbstract: boolean;
  readonly fields: readonly Field[];
  /** Of multi-table inheritance: the model whose rows it extends. */
  readonly parent: Model | null;
}
const place = ({ node, module }: Located) => ({ file: module.file, line: node.line });

/** Elsewhere than in `models` somebody declares them only with fields of Django's own. */
const mayHaveModels = (file: string, text: string): boolean =>
  /(^|\/)models(\.py$|\/)/.test(file) || /\bmodels\.(\w*Field|ForeignKey|Model)\b|from django\.db/.test(text);

export class DjangoModels {
  readonly #program: Python;
  readonly #say: (at: Pick<NotUnderstood, 'file' | 'line' | 'what'>, why: string) => void;
  readonly #models = new Map<Plain, Model>();
  readonly #labels = new Map<string, string>();
  #auto: FieldType | undefined;

  constructor(program: Python, say: (at: Pick<NotUnderstood, 'file' | 'line' | 'what'>, why: string) => void) {
    this.#program = program;
    this.#say = say;
    for (const value of program.classes(mayHaveModels)) this.#model(value);
  }

  declared(): readonly Declared[] {
    return [...this.#models.values()].filter(({ isAbstract }) => !isAbstract).flatMap((model) => this.#table(model));
  }

  #meta(value: ClassValue, name: string): Located | undefined {
    const body = childOf(value.node, 'body');
    const meta = body && this.#program.scope(body).names.get('Meta');
    const inner = meta?.kind === 'definition' ? childOf(meta.node, 'body') : undefined;
    const found = inner && this.#program.scope(inner).names.get(name);
    return found?.kind === 'value' ? { node: found.node, module: value.module } : undefined;
  }

  /** The label of the application that a file belongs to. */
  #label(file: string): string {
    const folder = file.replace(/\/models(\.py|\/.*)$/, '').replace(/\/[^/]*\.py$/, '');
    const known = this.#labels.get(folder);
    if (known !== undefined) return known;
    const module = this.#program.modules.module(`${folder}/apps.py`);
    let label = folder.split('/').at(-1) ?? '';
    const config = module?.root.children.find((node) => node.kind === 'class_definition');
    if (module && config) {
      const value = { kind: 'class', node: config, module } as const;
      const given = this.#program.attributeNode(value, 'label');
      const named = this.#program.attributeNode(value, 'name');
      label =
        (given && this.#program.text(given.node, given.module)) ??
        (named && this.#program.text(named.node, named.module)?.split('.').at(-1)) ??
        label;
    }
    this.#labels.set(folder, label);
    return label;
  }

  #model(value: Value): Model | undefined {
    if (value.kind !== 'class') return undefined;
    const known = this.#models.get(value.node);
    if (known !== undefined) return known;
    const lineage = this.#program.lineage(value);
    const isModel = lineage.some(
      (one) =>
        one.kind === 'outside' &&
        (/(^|\.)models\.Model$|(^|\.)MPTTModel$/.test(one.name) || Object.hasOwn(inherited, one.name.split('.').at(-1) ?? '')),
    );
    if (!isModel || this.#meta(value, 'proxy')?.node.text === 'True') return undefined;
    const isAbstract = this.#meta(value, 'abstract')?.node.text === 'True';
    const name = childOf(value.node, 'name')?.text ?? '';
    const given = this.#meta(value, 'app_label');
    const app = (given && this.#program.text(given.node, given.module)) ?? this.#label(value.module.file);
    const named = this.#meta(value, 'db_table');
    const table = (named && this.#program.text(named.node, named.module)?.replaceAll('"', '')) ?? `${app}_${name.toLowerCase()}`;
    const parent = isAbstract
      ? null
      : (lineage
          .slice(1)
          .map((one) => this.#model(one))
          .find((one) => one !== undefined && !one.isAbstract) ?? null);
    const above = new Set(
      parent === null ? [] : this.#program.lineage(parent.value).flatMap((one) => (one.kind === 'class' ? [one.node] : [])),
    );
    const seen = new Set<string>();
    const fields = lineage
      .flatMap((one) => (one.kind === 'class' && !above.has(one.node) ? this.#fields(one) : []))
      .filter((one) => !seen.has(one.name) && seen.add(one.name));
    const made: Model = { value, name, app, table, isAbstract, fields, parent };
    this.#models.set(value.node, made);
    return made;
  }

  #fields(value: ClassValue): readonly Field[] {
    const body = childOf(value.node, 'body');
    return [...(body ? this.#program.scope(body).names : [])].flatMap(([name, binding]): readonly Field[] => {
      if (binding.kind !== 'value') return [];
      const made = this.#program.value(binding.node, value.module);
      if (made.kind !== 'call') return [];
      const number = (key: string): number | null => {
        const node = argument(made.node, null, key);
        const known = node && (node.kind === 'integer' ? node : this.#constant(node, made.module));
        return known?.kind === 'integer' ? Number(known.text) : null;
      };
      const array = this.#program.nameOf(made.of).endsWith('ArrayField');
      const base = array ? this.#program.value(argument(made.node, 0, 'base_field'), made.module) : undefined;
      const inner =
        base?.kind === 'call'
          ? fieldType(this.#program, base.of, (key) => Number(argument(base.node, null, key)?.text ?? Number.NaN) || null)
          : undefined;
      const type: FieldType | undefined = array
        ? { type: `${inner?.type ?? 'text'}[]`, kind: 'column' }
        : fieldType(this.#program, made.of, number);
      if (type === undefined && looksLikeField(this.#program, made.of))
        this.#say({ ...place(made), what: excerptOf(made.node) }, 'what column a field of this class makes is not known');
      return type === undefined || type.kind === 'none' ? [] : [{ name, call: made.node, module: made.module, type }];
    });
  }
  #constant(node: Plain, module: Module): Plain | undefined {
    return this.#program.aliasOf(node, module)?.node;
  }

  #automatic(): FieldType {
    if (this.#auto !== undefined) return this.#auto;
    const settings = this.#program.modules.files.find((file) =>
      /^DEFAULT_AUTO_FIELD\s*=/m.test(this.#program.modules.text(file) ?? ''),
    );
    const apps = this.#program.modules.files.find((file) =>
      /default_auto_field\s*=/.test(this.#program.modules.text(file) ?? ''),
    );
    const isBig =
      /DEFAULT_AUTO_FIELD\s*=\s*['"][^'"]*BigAutoField/.test(this.#program.modules.text(settings ?? '') ?? '') ||
      (settings === undefined &&
        /default_auto_field\s*=\s*['"][^'"]*BigAutoField/.test(this.#program.modules.text(apps ?? '') ?? ''));
    this.#auto = { type: isBig ? 'bigint' : 'integer', kind: 'column', isSerial: true };
    return this.#auto;
  }

  /** The column that is the key of a model. */
  #key(model: Model, depth = 0): { readonly name: string; readonly type: string } {
    const own = model.fields.find(({ call }) => argument(call, null, 'primary_key')?.text === 'True');
    if (own !== undefined)
      return {
        name: this.#columnName(own),
        type: own.type.type ?? (depth < 5 ? this.#target(own, model, depth).type : 'integer'),
      };
    if (model.parent !== null && depth < 5)
      return { name: `${model.parent.name.toLowerCase()}_ptr_id`, type: this.#key(model.parent, depth + 1).type };
    return { name: 'id', type: this.#automatic().type ?? 'integer' };
  }
  #columnName({ name, call, module, type }: Field): string {
    return this.#program.text(argument(call, null, 'db_column'), module) ?? (type.kind === 'column' ? name : `${name}_id`);
  }

  /** What a relation points to. */
  #target(
    field: Field,
    from: Model,
    depth = 0,
  ): { readonly table: string; readonly column: string; readonly type: string; readonly name: string; readonly self: boolean } {
    const given = argument(field.call, 0, 'to');
    const value = this.#program.value(given, field.module);
    let name = value.kind === 'text' ? value.text : '';
    let model = value.kind === 'text' ? undefined : this.#model(value);
    const isUser = /AUTH_USER_MODEL$/.test(given?.text ?? '') || /get_user_model/.test(given?.text ?? '');
    if (isUser && name === '')
      name =
        this.#program.text(this.#setting('AUTH_USER_MODEL')?.node, this.#setting('AUTH_USER_MODEL')?.module ?? field.module) ??
        'auth.User';
    if (name === 'self') model = from;
    else if (name !== '') {
      const [app, last] = name.includes('.') ? name.split('.') : [from.app, name];
      model =
        [...this.#models.values()].find((one) => one.name.toLowerCase() === last?.toLowerCase() && one.app === app) ??
        [...this.#models.values()].find((one) => one.name === last && !one.isAbstract && !name.includes('.'));
    }
    if (model === undefined) {
      const last = (name || this.#program.nameOf(value)).split('.').at(-1) ?? '';
      const known = outside[last];
      if (known === undefined)
        this.#say(
          { ...place({ node: field.call, module: field.module }), what: excerptOf(field.call) },
          'what it points to is not in this tree',
        );
      return { table: known ?? last.toLowerCase(), column: 'id', type: 'integer', name: last.toLowerCase(), self: false };
    }
    const by = this.#program.text(argument(field.call, null, 'to_field'), field.module);
    const other = by === undefined ? undefined : model.fields.find((one) => one.name === by);
    const key = this.#key(model, depth + 1);
    return {
      table: model.table,
      column: other ? this.#columnName(other) : key.name,
      type: other?.type.type ?? key.type,
      name: model.name.toLowerCase(),
      self: model === from,
    };
  }
  #setting(name: string): Located | undefined {
    const module = this.#program.modules.stand('django.conf.settings');
    const found = module && this.#program.scope(module.root).names.get(name);
    return module && found?.kind === 'value' ? { node: found.node, module } : undefined;
  }

  #table(model: Model): readonly Declared[] {
    const columns: Column[] = [];
    const parts: Part[] = [];
    const between: Declared[] = [];
    const at = place({ node: model.value.node, module: model.value.module });
    const plain = (name: string, type: string, nullable = false): Column => ({
      name,
      type,
      nullable,
      default: null,
      generated: null,
      enum: null,
      at,
    });
    const key = this.#key(model);
    const isOwnKey = model.fields.some(({ call }) => argument(call, null, 'primary_key')?.text === 'True');
    if (!isOwnKey) columns.push(plain(key.name, key.type));
    if (!isOwnKey && model.parent !== null)
      parts.push(link([key.name], { table: model.parent.table, column: this.#key(model.parent).name }));
    parts.push({ kind: 'primary-key', key: { name: null, columns: [key.name] } });
    for (const one of this.#program.lineage(model.value))
      if (one.kind === 'outside') {
        const base = one.name.split('.').at(-1) ?? '';
        for (const [name, type, nullable] of Object.hasOwn(inherited, base) ? (inherited[base] ?? []) : [])
          if (!model.fields.some((field) => field.name === name)) columns.push(plain(name, type.type ?? '', nullable));
        if (/^(PermissionsMixin|AbstractUser)$/.test(base))
          for (const [field, table] of [
            ['groups', 'auth_group'],
            ['user_permissions', 'auth_permission'],
          ] as const)
            if (!model.fields.some(({ name }) => name === field))
              between.push(
                this.#between(model, {
                  name: `${model.table}_${field}`,
                  to: { table, column: 'id', type: 'integer', name: field === 'groups' ? 'group' : 'permission', self: false },
                  at,
                }),
              );
      }
    for (const field of model.fields) {
      const flag = (name: string): boolean => argument(field.call, null, name)?.text === 'True';
      const where = place({ node: field.call, module: field.module });
      if (field.type.kind === 'many') {
        if (argument(field.call, null, 'through') === undefined) {
          const name = this.#program.text(argument(field.call, null, 'db_table'), field.module) ?? `${model.table}_${field.name}`;
          between.push(this.#between(model, { name, to: this.#target(field, model), at: where }));
        }
        continue;
      }
      const name = this.#columnName(field);
      const target = field.type.kind === 'column' ? undefined : this.#target(field, model);
      columns.push({ ...plain(name, field.type.type ?? target?.type ?? '', flag('null')), at: where });
      if (target !== undefined && argument(field.call, null, 'db_constraint')?.text !== 'False') parts.push(link([name], target));
      if ((flag('unique') || field.type.kind === 'one') && !flag('primary_key'))
        parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
      else if (
        flag('db_index') ||
        field.type.kind === 'link' ||
        /SlugField$/.test(this.#program.callName(field.call, field.module))
      )
        parts.push(indexOn([name]));
    }
    return [{ name: model.table, entity: model.name, at, columns, parts: [...parts, ...this.#together(model)] }, ...between];
  }

  #together(model: Model): readonly Part[] {
    const columnsOf = (names: readonly string[]) =>
      names.map((name) => {
        const field = model.fields.find((one) => one.name === name);
        return field ? this.#columnName(field) : name;
      });
    const texts = (at: Located) =>
      this.#program.list(at.node, at.module)?.flatMap((one) => this.#program.text(one.node, one.module) ?? []) ?? [];
    const unique = this.#meta(model.value, 'unique_together');
    const groups = unique === undefined ? [] : (this.#program.list(unique.node, unique.module) ?? []);
    const many = groups.some(({ node }) => node.kind !== 'string')
      ? groups.map(texts)
      : unique === undefined
        ? []
        : [texts(unique)];
    const constraints = this.#meta(model.value, 'constraints');
    const more = constraints === undefined ? [] : (this.#program.list(constraints.node, constraints.module) ?? []);
    return [
      ...many
        .filter((one) => one.length > 0)
        .map((names): Part => ({ kind: 'unique', key: { name: null, columns: columnsOf(names) } })),
      ...more.flatMap(({ node, module }): readonly Part[] => {
        const { named } = argumentsOf(node);
        const fields = named.get('fields');
        if (!/UniqueConstraint$/.test(this.#program.callName(node, module)) || fields === undefined || named.has('condition'))
          return [];
        return [
          {
            kind: 'unique',
            key: {
              name: this.#program.text(named.get('name'), module) ?? null,
              columns: columnsOf(texts({ node: fields, module })),
            },
          },
        ];
      }),
    ];
  }

  #between(
    model: Model,
    o: {
      readonly name: string;
      readonly to: {
        readonly table: string;
        readonly column: string;
        readonly type: string;
        readonly name: string;
        readonly self: boolean;
      };
      readonly at: Declared['at'];
    },
  ): Declared {
    const own = this.#key(model);
    const from = o.to.self ? `from_${model.name.toLowerCase()}_id` : `${model.name.toLowerCase()}_id`;
    const to = o.to.self ? `to_${o.to.name}_id` : `${o.to.name}_id`;
    const plain = (name: string, type: string): Column => ({
      name,
      type,
      nullable: false,
      default: null,
      generated: null,
      enum: null,
      at: o.at,
    });
    return {
      name: o.name,
      entity: null,
      at: o.at,
      columns: [plain('id', this.#automatic().type ?? 'integer'), plain(from, own.type), plain(to, o.to.type)],
      parts: [
        { kind: 'primary-key', key: { name: null, columns: ['id'] } },
        link([from], { table: model.table, column: own.name }),
        link([to], o.to),
        { kind: 'unique', key: { name: null, columns: [from, to] } },
      ],
    };
  }
}
