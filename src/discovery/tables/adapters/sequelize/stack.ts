// Models of Sequelize 6 and of sequelize-typescript.
import type { NodeOf } from '../../../contract/reading.ts';
import type { TableStack } from '../../../contract/tables.ts';
import { bare, isClass, nameOf, propertyName } from '../../../ecma/node.ts';
import { type Declared, tablesOf } from '../../declared.ts';
import { classNamed, type WrittenClass } from '../code/classes.ts';
import { dialectOf } from '../code/dialect.ts';
import { argumentsOf, type Bag, bagOf, dotted, meaning, placeOf, type Spot, sourceOf, spotOf, textOf } from '../code/spot.ts';
import { type Association, associate } from './associations.ts';
import type { Written } from './attribute.ts';
import { decoratedModels } from './decorated.ts';
import { type Drawn, drawn, type ModelSeen, tableName } from './model.ts';

const kinds = ['belongsTo', 'hasMany', 'hasOne', 'belongsToMany'] as const;

/** The class around a `this`. */
function aroundThis({ node }: Spot): string | undefined {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) if (isClass(at)) return at.id?.name;
  return undefined;
}

function definedModels(written: Written): readonly ModelSeen[] {
  const { reading } = written;
  const found: ModelSeen[] = [];
  for (const { unit, node } of reading.js.callsNamed(new Set(['define', 'init']))) {
    const callee = bare(node.callee);
    if (callee.type !== 'MemberExpression') continue;
    const spot = { unit, node };
    const given = argumentsOf(spot);
    const isDefine = propertyName(callee) === 'define';
    const attributes = bagOf(reading, isDefine ? given[1] : given[0]);
    const options = bagOf(reading, isDefine ? given[2] : given[1]);
    if (isDefine) {
      const name = textOf(reading, given[0]);
      if (name === undefined || !/sequelize|^db$|^this$|connection|conn$/i.test(dotted(callee.object).at(-1) ?? '')) continue;
      if (attributes === undefined) written.unclear(spot, `the attributes of the model ${name} are not known here`);
      const variable = node.parent?.type === 'VariableDeclarator' ? nameOf(node.parent.id) : undefined;
      found.push({
        names: [name, ...(variable === undefined ? [] : [variable])],
        name,
        spot,
        at: placeOf(spot),
        options: options ?? new Map<string, Spot>(),
        attributes: attributes ?? new Map<string, Spot>(),
      });
      continue;
    }
    // `X.init(attributes, { sequelize })`, also as super.init.
    if (options === undefined || !(options.has('sequelize') || options.has('modelName') || options.has('tableName'))) continue;
    const owner = spotOf(unit, callee.object);
    const own =
      owner === undefined
        ? undefined
        : owner.node.type === 'ThisExpression' || owner.node.type === 'Super'
          ? aroundThis(spot)
          : classNameOf(written, owner);
    if (own === undefined) continue;
    if (attributes === undefined) written.unclear(spot, `the attributes of the model ${own} are not known here`);
    const name = textOf(reading, options.get('modelName')) ?? own;
    found.push({ names: [own, name], name, spot, at: placeOf(spot), options, attributes: attributes ?? new Map<string, Spot>() });
  }
  return found;
}
function classNameOf({ reading }: Written, spot: Spot): string | undefined {
  const value = meaning(reading, spot);
  if (value?.kind === 'class' && isClass(value.node)) return value.node.id?.name;
  return dotted(spot.node).at(-1);
}

export const sequelize: TableStack = {
  name: 'sequelize',
  language: 'ecma',
  marks: ['sequelize', 'sequelize-typescript', '@Table', 'call define'],
  knownFrom: 'https://sequelize.org/docs/v6/ and https://github.com/sequelize/sequelize-typescript (2.1)',
  present: (reading) =>
    ['sequelize', 'sequelize-typescript'].some((name) => reading.packages.has(name) || reading.marked(name).length > 0),
  read(reading, say) {
    const written: Written = {
      reading,
      dialect: dialectOf(reading, ['sequelize', 'sequelize-typescript']),
      unclear: (spot, why) =>
        say({ ...placeOf(spot), what: sourceOf(spot).slice(0, 80), why, about: 'table', stack: 'sequelize' }),
    };
    const users = new Set(reading.marked('sequelize-typescript'));
    const decorated = decoratedModels(
      written,
      reading.marked('@Table').filter((file) => users.has(file)),
    );
    const models = [...decorated.map(({ model }) => model), ...definedModels(written)];
    const defaults = defaultsOf(written);
    const byName = new Map<string, ModelSeen>();
    for (const model of models) for (const name of model.names) if (!byName.has(name)) byName.set(name, model);
    const modelOf = (spot: Spot): ModelSeen | undefined => {
      const name = spot.node.type === 'ThisExpression' ? aroundThis(spot) : classNameOf(written, spot);
      return name === undefined ? undefined : byName.get(name);
    };
    const tableOf = (spot: Spot): string | undefined => {
      const model = modelOf(spot);
      return model === undefined ? undefined : tableName(written, model, defaults);
    };
    const all = new Map<ModelSeen, Drawn>(models.map((model) => [model, drawn(written, { model, defaults, tableOf })]));
    const joins: Declared[] = [];
    const apply = (association: Association | undefined): void => {
      const made = association === undefined ? undefined : associate(written, association);
      if (made !== undefined) joins.push(made);
    };
    const through = (spot: Spot | undefined): Drawn | string | undefined => {
      if (spot === undefined) return undefined;
      const inner = bagOf(reading, spot)?.get('model') ?? spot;
      const text = textOf(reading, inner);
      const model = text === undefined ? modelOf(inner) : byName.get(text);
      return (model === undefined ? undefined : all.get(model)) ?? text;
    };
    for (const { unit, node } of reading.js.callsNamed(new Set(kinds))) {
      const callee = bare(node.callee);
      const kind = callee.type === 'MemberExpression' ? kinds.find((one) => one === propertyName(callee)) : undefined;
      if (callee.type !== 'MemberExpression' || kind === undefined) continue;
      const spot = { unit, node };
      const [source, target] = [modelOf({ unit, node: bare(callee.object) }), argumentsOf(spot)[0]];
      const targetModel = target === undefined ? undefined : modelOf(target);
      if (source === undefined || targetModel === undefined) {
        if (source !== undefined || targetModel !== undefined) written.unclear(spot, 'a model of this association is not known');
        continue;
      }
      const options = bagOf(reading, argumentsOf(spot)[1]) ?? new Map<string, Spot>();
      const [from, to] = [all.get(source), all.get(targetModel)];
      const via = through(options.get('through'));
      if (from !== undefined && to !== undefined)
        apply({ kind, source: from, target: to, options, spot, ...(via === undefined ? {} : { through: via }) });
    }
    for (const { model, class: written_ } of decorated) {
      const from = all.get(model);
      if (from !== undefined)
        for (const one of decoratedAssociations({ class: written_, from, written, byName, all, through })) apply(one);
    }
    if (models.length === 0) return [];
    const declared = [...all.values()].map(
      (one): Declared => ({
        name: one.table,
        entity: one.model.names[0] ?? one.model.name,
        at: one.model.at,
        columns: one.columns,
        parts: [
          ...(one.key.length === 0
            ? []
            : [{ kind: 'primary-key' as const, key: { name: null, columns: one.key.map(({ name }) => name) } }]),
          ...one.parts,
        ],
      }),
    );
    return [
      {
        source: {
          kind: 'models',
          stack: 'sequelize',
          dialect: written.dialect,
          files: [...new Set(models.map(({ at }) => at.file))].sort(),
        },
        scope: reading.scope,
        tables: tablesOf([...declared, ...joins], written.dialect),
        enums: [...all.values()].flatMap(({ enums }) => enums),
        views: [],
        relations: [],
        migrations: [],
      },
    ];
  },
};

/** `new Sequelize(…, { define: … })`. */
function defaultsOf({ reading }: Written): Bag {
  for (const file of [...reading.marked('sequelize'), ...reading.marked('sequelize-typescript')]) {
    const unit = reading.ecma(file);
    for (const node of unit?.nodes('NewExpression') ?? []) {
      if (unit === undefined || dotted(node.callee).at(-1) !== 'Sequelize') continue;
      const options = argumentsOf({ unit, node }).map((one) => bagOf(reading, one)?.get('define'));
      const bag = bagOf(
        reading,
        options.find((one) => one !== undefined),
      );
      if (bag !== undefined) return bag;
    }
  }
  return new Map();
}

function decoratedAssociations(o: {
  readonly class: WrittenClass;
  readonly from: Drawn;
  readonly written: Written;
  readonly byName: ReadonlyMap<string, ModelSeen>;
  readonly all: ReadonlyMap<ModelSeen, Drawn>;
  readonly through: (spot: Spot | undefined) => Drawn | string | undefined;
}): readonly Association[] {
  const { reading } = o.written;
  const drawnOf = (spot: Spot | undefined): Drawn | undefined => {
    const named = classNamed(reading, spot);
    const model = named === undefined ? undefined : o.byName.get(typeof named === 'string' ? named : named.name);
    return model === undefined ? undefined : o.all.get(model);
  };
  return o.class.members.flatMap((member): readonly Association[] =>
    member.decorators.flatMap((decorator): readonly Association[] => {
      const kind = kinds.find((one) => one.toLowerCase() === decorator.name.toLowerCase());
      if (kind === undefined) return [];
      const target = drawnOf(decorator.arguments[0]);
      if (target === undefined) {
        o.written.unclear(member.spot, 'the model of this association is not known');
        return [];
      }
      const [, second, third] = decorator.arguments;
      const given = kind === 'belongsToMany' ? third : second;
      const bag = bagOf(reading, given) ?? bagOf(reading, second);
      const options = new Map<string, Spot>(bag ?? []);
      if (given !== undefined && textOf(reading, given) !== undefined) options.set('foreignKey', given);
      const via = kind === 'belongsToMany' ? (drawnOf(second) ?? o.through(second ?? options.get('through'))) : undefined;
      // The attribute that points to the other model.
      const between = typeof via === 'object' ? via : undefined;
      const points = (of: Drawn | undefined, to: Drawn): string | undefined =>
        of === undefined ? undefined : pointer(reading, { of, to });
      const found = options.has('foreignKey')
        ? undefined
        : kind === 'belongsToMany'
          ? points(between, o.from)
          : kind === 'belongsTo'
            ? points(o.from, target)
            : points(target, o.from);
      const other = kind === 'belongsToMany' && !options.has('otherKey') ? points(between, target) : undefined;
      return [
        {
          kind,
          source: o.from,
          target,
          options,
          spot: member.spot,
          ...(via === undefined ? {} : { through: via }),
          ...(found === undefined ? {} : { key: found }),
          ...(other === undefined ? {} : { otherKey: other }),
        },
      ];
    }),
  );
}

/** The name of the member with `@ForeignKey(() => To)`. */
function pointer(reading: Written['reading'], o: { readonly of: Drawn; readonly to: Drawn }): string | undefined {
  const { node, unit } = o.of.model.spot;
  if (!isClass(node)) return undefined;
  for (const one of node.body.body) {
    if (one.type !== 'PropertyDefinition') continue;
    const key = one.decorators.find((decorator: NodeOf<'Decorator'>) => dotted(decorator.expression).at(-1) === 'ForeignKey');
    const argument = key === undefined ? undefined : argumentsOf({ unit, node: key.expression })[0];
    const named = classNamed(reading, argument);
    const name = typeof named === 'string' ? named : named?.name;
    if (name !== undefined && o.to.model.names.includes(name)) return nameOf(one.key);
  }
  return undefined;
}
