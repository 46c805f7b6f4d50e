// Entities of Jakarta Persistence as the tables that Hibernate makes of them.
import { annotationsOf, typeName } from '../../../grammar/java/annotations.ts';
import type { Java, JavaType } from '../../../grammar/java/classes.ts';
import type { Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import { type Column, type Dialect, plainColumn } from '../../model.ts';
import { type Attribute, attributesOf, elementOf, Given } from './attributes.ts';
import type { Naming } from './naming.ts';
import { jpaType } from './types.ts';

type Say = (attribute: Attribute, why: string) => void;
const plural = /^(OneToMany|ManyToMany|ElementCollection)$/;
const single = /^(ManyToOne|OneToOne)$/;
const required = /^(NotNull|NotBlank|NotEmpty|NonNull)$/;
const primitive = /^(int|long|short|byte|boolean|float|double|char)$/;

/** A column on its way, with what is said of it beside its table. */
interface Made {
  readonly column: Column;
  readonly isKey: boolean;
  readonly isUnique: boolean;
}
interface Shape {
  readonly made: readonly Made[];
  readonly parts: readonly Part[];
}
const empty: Shape = { made: [], parts: [] };
const join = (shapes: readonly Shape[]): Shape => ({
  made: shapes.flatMap(({ made }) => made),
  parts: shapes.flatMap(({ parts }) => parts),
});

export class Entities {
  readonly #java: Java;
  readonly #naming: Naming;
  readonly #dialect: Dialect;
  readonly #say: Say;
  /** Tables beside those of entities: of many-to-many relations and of collections. */
  readonly #beside: Declared[] = [];
  /** Columns that a one-to-many relation puts into the table of what it holds. */
  readonly #into: Declared[] = [];

  constructor(o: { readonly java: Java; readonly naming: Naming; readonly dialect: Dialect; readonly say: Say }) {
    this.#java = o.java;
    this.#naming = o.naming;
    this.#dialect = o.dialect;
    this.#say = o.say;
  }

  declared(types: readonly JavaType[]): readonly Declared[] {
    const tables = types.flatMap((type) => (this.#is(type, 'Entity') && !this.#is(type, 'Subselect') ? this.#table(type) : []));
    return [...tables, ...this.#into, ...this.#beside];
  }

  #is(type: JavaType | undefined, annotation: string): boolean {
    return type !== undefined && annotationsOf(type.node).some(({ name }) => name === annotation);
  }
  #given(type: JavaType, annotation: string): Given {
    return new Given(
      this.#java,
      type,
      annotationsOf(type.node).find(({ name }) => name === annotation),
    );
  }
  #of(attribute: Attribute, annotation: string): Given {
    return new Given(this.#java, attribute.of, attribute.annotations.get(annotation));
  }
  #entityName(type: JavaType): string {
    return this.#given(type, 'Entity').text('name') ?? type.name;
  }
  #parent(type: JavaType): JavaType | undefined {
    return this.#java.above(type).find((one) => this.#is(one, 'Entity'));
  }
  /** The entity at the top, with the way in which those below are kept. */
  #root(type: JavaType): { readonly root: JavaType; readonly strategy: string } {
    let root = type;
    for (let at = this.#parent(type), n = 0; at !== undefined && n < 20; at = this.#parent(at), n += 1) root = at;
    const given = this.#given(root, 'Inheritance');
    const strategy = ['JOINED', 'TABLE_PER_CLASS'].find((one) => given.is('strategy', one)) ?? 'SINGLE_TABLE';
    return { root, strategy };
  }

  tableOf(type: JavaType): string {
    const { root, strategy } = this.#root(type);
    const own = strategy === 'SINGLE_TABLE' ? root : type;
    const table = this.#given(own, 'Table');
    const name = this.#naming.name(table.text('name') ?? this.#entityName(own));
    const schema = table.text('schema');
    return schema === undefined || schema === 'public' ? name : `${this.#naming.name(schema)}.${name}`;
  }

  #table(type: JavaType): readonly Declared[] {
    const { root, strategy } = this.#root(type);
    const name = this.tableOf(type);
    const at = { file: type.file, line: type.node.line };
    // Parents that are no entities give their columns to each that extends them.
    const own = [type, ...this.#java.above(type)];
    const until = strategy === 'TABLE_PER_CLASS' ? -1 : own.findIndex((one, n) => n > 0 && this.#is(one, 'Entity'));
    const kept = (until === -1 ? own : own.slice(0, until)).filter(
      (one) => this.#is(one, 'Entity') || this.#is(one, 'MappedSuperclass'),
    );
    const shape = join([...kept].reverse().map((one) => this.#shape(one, type)));
    const isBelow = root !== type;
    const key: Shape =
      isBelow && strategy === 'JOINED'
        ? {
            made: this.#keys(root).map(({ column }) => ({ column, isKey: true, isUnique: false })),
            parts: [
              this.#reference(
                this.#keys(root).map(({ column }) => column.name),
                this.tableOf(root),
              ),
            ],
          }
        : empty;
    const hasChildren = strategy === 'SINGLE_TABLE' && this.#given(root, 'Inheritance').isThere && !isBelow;
    const discriminator = this.#given(root, 'DiscriminatorColumn');
    const kind: Shape =
      hasChildren || (discriminator.isThere && !isBelow && strategy === 'SINGLE_TABLE')
        ? {
            made: [
              {
                column: {
                  ...plainColumn(
                    this.#naming.name(discriminator.text('name') ?? 'DTYPE'),
                    jpaType(this.#dialect, { ...basic('String'), length: discriminator.text('length') ?? '31' }) ?? '',
                    at,
                  ),
                  nullable: false,
                },
                isKey: false,
                isUnique: false,
              },
            ],
            parts: [],
          }
        : empty;
    const all = join([key, kind, shape]);
    // What only some rows of a table have may be null.
    const columns = all.made.map(({ column }) =>
      isBelow && strategy === 'SINGLE_TABLE' ? { ...column, nullable: true } : column,
    );
    const keys = all.made.filter(({ isKey }) => isKey).map(({ column }) => column.name);
    const parts: Part[] = [
      ...(keys.length === 0 ? [] : [{ kind: 'primary-key', key: { name: null, columns: keys } } as const]),
      ...all.made.filter(({ isUnique }) => isUnique).map(({ column }) => unique([column.name], null)),
      ...all.parts,
      ...this.#tableParts(type),
    ];
    return [{ name, entity: type.name, at, columns, parts }];
  }
  #tableParts(type: JavaType): readonly Part[] {
    const table = this.#given(type, 'Table');
    const names = (list: readonly string[]): readonly string[] => list.map((one) => this.#naming.name(one.trim()));
    return [
      ...table.each('uniqueConstraints').map((one) => unique(names(one.texts('columnNames')), one.text('name') ?? null)),
      ...table.each('indexes').map((one): Part => {
        const columns = names((one.text('columnList') ?? '').replace(/\s+(asc|desc)\b/gi, '').split(','));
        const key = { name: one.text('name') ?? null, columns, parts: columns, unique: one.is('unique', 'true') };
        return { kind: 'index', key: { ...key, method: 'btree', where: null } };
      }),
    ];
  }

  #attributes(type: JavaType): readonly Attribute[] {
    const lineage = [type, ...this.#java.above(type)];
    const byGetter = lineage.some((one) =>
      this.#java
        .members(one, 'method_declaration')
        .some(({ node }) => annotationsOf(node).some(({ name }) => name === 'Id' || name === 'EmbeddedId')),
    );
    return attributesOf(this.#java, type, byGetter).filter(
      ({ annotations }) => !annotations.has('Transient') && !annotations.has('Formula'),
    );
  }
  #shape(type: JavaType, entity: JavaType): Shape {
    return join(this.#attributes(type).map((attribute) => this.#attribute(attribute, entity)));
  }
  /** Columns of the key of an entity. */
  #keys(type: JavaType, depth = 0): readonly Made[] {
    if (depth > 6) return [];
    const lineage = [type, ...this.#java.above(type)].reverse();
    const keyed = lineage.flatMap((one) =>
      this.#attributes(one).filter(({ annotations }) => annotations.has('Id') || annotations.has('EmbeddedId')),
    );
    return keyed.flatMap((attribute) => this.#attribute(attribute, type, depth + 1).made);
  }

  #attribute(attribute: Attribute, entity: JavaType, depth = 0): Shape {
    const annotations = [...attribute.annotations.keys()];
    const isKey = attribute.annotations.has('Id') || attribute.annotations.has('EmbeddedId');
    if (annotations.some((one) => plural.test(one))) {
      if (depth === 0 && attribute.annotations.has('ElementCollection')) this.#elements(attribute, entity);
      else if (depth === 0) this.#collection(attribute, entity);
      return empty;
    }
    if (annotations.some((one) => single.test(one))) return this.#toOne(attribute, isKey, depth);
    const type = this.#java.type(attribute.typeName, attribute.of);
    if (
      type !== undefined &&
      (this.#is(type, 'Embeddable') || attribute.annotations.has('Embedded') || attribute.annotations.has('EmbeddedId'))
    )
      return this.#embedded(attribute, type, isKey, depth);
    return { made: [this.#column(attribute, isKey)], parts: [] };
  }

  #embedded(attribute: Attribute, type: JavaType, isKey: boolean, depth: number): Shape {
    if (depth > 6) return empty;
    const overrides = new Map<string, string>();
    const all = [this.#of(attribute, 'AttributeOverride'), ...this.#of(attribute, 'AttributeOverrides').each('value')].filter(
      ({ isThere }) => isThere,
    );
    for (const one of all) {
      const [name, to] = [one.text('name'), one.each('column')[0]?.text('name')];
      if (name !== undefined && to !== undefined) overrides.set(name, this.#naming.name(to));
    }
    const of = [...this.#java.above(type)]
      .reverse()
      .filter((one) => this.#is(one, 'MappedSuperclass') || this.#is(one, 'Embeddable'));
    return join(
      [...of, type].flatMap((one) =>
        this.#attributes(one).map((inner): Shape => {
          const { made, parts } = this.#attribute(inner, type, depth + 1);
          const to = overrides.get(inner.name);
          const renamed = made.map((each) => ({
            ...each,
            isKey: each.isKey || isKey,
            column: to === undefined ? each.column : { ...each.column, name: to },
          }));
          return { made: renamed, parts };
        }),
      ),
    );
  }

  #column(attribute: Attribute, isKey: boolean, as?: { readonly name: string; readonly typeName: string }): Made {
    const column = this.#of(attribute, 'Column');
    const named = as?.typeName ?? attribute.typeName;
    const type = this.#java.type(named, attribute.of);
    const isEnum = type?.node.kind === 'enum_declaration';
    const size = this.#of(attribute, 'Size').text('max') ?? this.#of(attribute, 'Length').text('max');
    const made = jpaType(this.#dialect, {
      name:
        attribute.annotations.has('Convert') && !/^[A-Z]?[a-z]*\b(int|long|Integer|Long|Boolean)$/.test(named) ? 'String' : named,
      length: column.text('length') ?? size,
      precision: column.text('precision'),
      scale: column.text('scale'),
      lob: attribute.annotations.has('Lob'),
      enum: !isEnum ? null : this.#of(attribute, 'Enumerated').is('value', 'STRING') ? 'name' : 'number',
      json: this.#of(attribute, 'JdbcTypeCode').is('value', 'JSON'),
    });
    const definition = column.text('columnDefinition');
    if (made === undefined && definition === undefined)
      this.#say(attribute, `the type of its column is not known: ${named} is neither a basic type nor an entity nor embeddable`);
    const annotations = [...attribute.annotations.keys()];
    const nullable = !(
      isKey ||
      primitive.test(named) ||
      column.is('nullable', 'false') ||
      this.#of(attribute, 'Basic').is('optional', 'false') ||
      annotations.some((one) => required.test(one))
    );
    const name = this.#naming.name(column.text('name') ?? as?.name ?? attribute.name);
    return {
      column: { ...plainColumn(name, definition ?? made ?? 'unknown', attribute.at), nullable },
      isKey,
      isUnique: column.is('unique', 'true'),
    };
  }

  #reference(columns: readonly string[], table: string, references: readonly string[] = []): Part {
    return { kind: 'foreign-key', key: { name: null, columns, table, references, onDelete: 'no action', onUpdate: 'no action' } };
  }
  /** Join columns of a reference to an entity: as written, or after a name and its key. */
  #joined(
    written: readonly Given[],
    o: { readonly target: JavaType; readonly base: string; readonly attribute: Attribute; readonly depth: number },
  ): readonly Column[] {
    const keys = this.#keys(o.target, o.depth + 1);
    return (keys.length === 0 ? [] : keys).map(({ column }, n) => {
      const one = written.find((each) => each.text('referencedColumnName') === column.name) ?? written[n];
      const name = this.#naming.name(one?.text('name') ?? `${o.base}_${column.name}`);
      return { ...column, name, nullable: one?.is('nullable', 'false') !== true, default: null, at: o.attribute.at };
    });
  }
  #target(attribute: Attribute, relation: string, isMany: boolean): JavaType | undefined {
    const given = this.#of(attribute, relation).typeName('targetEntity');
    const written = given ?? (isMany ? typeName(elementOf(attribute)) : attribute.typeName);
    const found = this.#java.type(written, attribute.of);
    if (found === undefined || !this.#is(found, 'Entity')) {
      this.#say(attribute, `the entity ${written} that it refers to is not known`);
      return undefined;
    }
    return found;
  }
  #joinColumns(attribute: Attribute): readonly Given[] {
    return [this.#of(attribute, 'JoinColumn'), ...this.#of(attribute, 'JoinColumns').each('value')].filter(
      ({ isThere }) => isThere,
    );
  }

  #toOne(attribute: Attribute, isKey: boolean, depth: number): Shape {
    const relation = attribute.annotations.has('OneToOne') ? 'OneToOne' : 'ManyToOne';
    const given = this.#of(attribute, relation);
    if (given.text('mappedBy') !== undefined) return empty;
    const target = this.#target(attribute, relation, false);
    if (target === undefined || depth > 6) return empty;
    const written = this.#joinColumns(attribute);
    const joined = this.#joined(written, { target, base: attribute.name, attribute, depth });
    const isRequired =
      isKey || given.is('optional', 'false') || [...attribute.annotations.keys()].some((one) => required.test(one));
    const columns = joined.map((column) => (isRequired ? { ...column, nullable: false } : column));
    const names = columns.map(({ name }) => name);
    const isKeyToo = isKey || attribute.annotations.has('MapsId');
    return {
      made: columns.map((column) => ({ column, isKey: isKeyToo, isUnique: false })),
      parts: [
        this.#reference(names, this.tableOf(target)),
        ...(relation === 'OneToOne' && !isKeyToo && names.length > 0 ? [unique(names, null)] : []),
      ],
    };
  }

  #collection(attribute: Attribute, entity: JavaType): void {
    const relation = attribute.annotations.has('OneToMany') ? 'OneToMany' : 'ManyToMany';
    if (this.#of(attribute, relation).text('mappedBy') !== undefined) return;
    const target = this.#target(attribute, relation, true);
    if (target === undefined) return;
    const columns = this.#joinColumns(attribute);
    const owner = this.tableOf(entity);
    if (relation === 'OneToMany' && columns.length > 0) {
      const joined = this.#joined(columns, { target: entity, base: attribute.name, attribute, depth: 0 });
      const part = this.#reference(
        joined.map(({ name }) => name),
        owner,
      );
      this.#into.push({ name: this.tableOf(target), entity: target.name, at: attribute.at, columns: joined, parts: [part] });
      return;
    }
    const table = this.#of(attribute, 'JoinTable');
    const inverse = this.#attributes(target).find(
      (one) => this.#of(one, 'ManyToMany').text('mappedBy') === attribute.name && typeName(elementOf(one)) === entity.name,
    );
    const left = this.#joined(table.each('joinColumns'), {
      target: entity,
      base: inverse?.name ?? this.#entityName(entity),
      attribute,
      depth: 0,
    });
    const right = this.#joined(table.each('inverseJoinColumns'), { target, base: attribute.name, attribute, depth: 0 });
    const names = [left, right].map((list) => list.map(({ name }) => name));
    const [own = [], other = []] = names;
    const isSet = attribute.typeName === 'Set' && relation === 'ManyToMany';
    this.#beside.push({
      name: this.#naming.name(table.text('name') ?? `${owner}_${attribute.name}`),
      entity: null,
      at: attribute.at,
      columns: [...left, ...right].map((column) => ({ ...column, nullable: false })),
      parts: [
        ...(isSet ? [{ kind: 'primary-key', key: { name: null, columns: [...own, ...other] } } as const] : []),
        ...(relation === 'OneToMany' ? [unique(other, null)] : []),
        this.#reference(own, owner),
        this.#reference(other, this.tableOf(target)),
      ],
    });
  }

  #elements(attribute: Attribute, entity: JavaType): void {
    const table = this.#of(attribute, 'CollectionTable');
    const owner = this.#joined(table.each('joinColumns'), {
      target: entity,
      base: this.#entityName(entity),
      attribute,
      depth: 0,
    });
    const element = typeName(elementOf(attribute));
    const type = this.#java.type(element, attribute.of);
    const values =
      this.#is(type, 'Embeddable') && type !== undefined
        ? this.#embedded(attribute, type, false, 1).made
        : [this.#column(attribute, false, { name: attribute.name, typeName: element })];
    this.#beside.push({
      name: this.#naming.name(table.text('name') ?? `${this.#entityName(entity)}_${attribute.name}`),
      entity: null,
      at: attribute.at,
      columns: [...owner.map((column) => ({ ...column, nullable: false })), ...values.map(({ column }) => column)],
      parts: [
        this.#reference(
          owner.map(({ name }) => name),
          this.tableOf(entity),
        ),
      ],
    });
  }
}

const basic = (name: string) =>
  ({ name, length: undefined, precision: undefined, scale: undefined, lob: false, enum: null, json: false }) as const;
const unique = (columns: readonly string[], name: string | null): Part => ({ kind: 'unique', key: { name, columns } });
