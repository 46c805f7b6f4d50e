import { returnsOf } from '../../grammar/python/names.ts';
import type { Python, Value } from '../../grammar/python/values.ts';

export interface FieldType {
  /** In words of PostgreSQL; `link`: that of what it points to. */
  readonly type: string | null;
  readonly kind: 'column' | 'link' | 'one' | 'many' | 'none';
  readonly isSerial?: boolean;
}
const column = (type: string): FieldType => ({ type, kind: 'column' });
const text = (length: number | null): FieldType => column(length === null ? 'character varying' : `character varying(${length})`);

/** https://github.com/django/django/blob/5.2/django/db/backends/postgresql/base.py (data_types) */
const fixed: Readonly<Record<string, FieldType>> = {
  AutoField: { type: 'integer', kind: 'column', isSerial: true },
  BigAutoField: { type: 'bigint', kind: 'column', isSerial: true },
  SmallAutoField: { type: 'smallint', kind: 'column', isSerial: true },
  BinaryField: column('bytea'),
  BooleanField: column('boolean'),
  NullBooleanField: column('boolean'),
  DateField: column('date'),
  DateTimeField: column('timestamp with time zone'),
  DurationField: column('interval'),
  FloatField: column('double precision'),
  IntegerField: column('integer'),
  PositiveIntegerField: column('integer'),
  BigIntegerField: column('bigint'),
  PositiveBigIntegerField: column('bigint'),
  SmallIntegerField: column('smallint'),
  PositiveSmallIntegerField: column('smallint'),
  GenericIPAddressField: column('inet'),
  IPAddressField: column('inet'),
  JSONField: column('jsonb'),
  TextField: column('text'),
  TimeField: column('time without time zone'),
  UUIDField: column('uuid'),
  HStoreField: column('hstore'),
  SearchVectorField: column('tsvector'),
  CITextField: column('citext'),
  CICharField: column('citext'),
  CIEmailField: column('citext'),
  IntegerRangeField: column('int4range'),
  BigIntegerRangeField: column('int8range'),
  DecimalRangeField: column('numrange'),
  DateTimeRangeField: column('tstzrange'),
  DateRangeField: column('daterange'),
  PointField: column('geometry'),
  ForeignKey: { type: null, kind: 'link' },
  TreeForeignKey: { type: null, kind: 'link' },
  ParentalKey: { type: null, kind: 'link' },
  TreeOneToOneField: { type: null, kind: 'one' },
  TreeManyToManyField: { type: null, kind: 'many' },
  TimeZoneField: column('character varying(63)'),
  OneToOneField: { type: null, kind: 'one' },
  ManyToManyField: { type: null, kind: 'many' },
  GenericForeignKey: { type: null, kind: 'none' },
  GenericRelation: { type: null, kind: 'none' },
  TaggableManager: { type: null, kind: 'none' },
};
/** Texts with a length of their own. */
const lengths: Readonly<Record<string, number | null>> = {
  CharField: null,
  SlugField: 50,
  EmailField: 254,
  URLField: 200,
  FileField: 100,
  ImageField: 100,
  FilePathField: 100,
  CommaSeparatedIntegerField: null,
};

/** What a field class makes of its arguments; undefined: it is no field that is known. */
export function fieldType(program: Python, value: Value, given: (name: string) => number | null): FieldType | undefined {
  // `def db_type(self, connection): return 'cidr'`
  const own = program.attributeNode(value, 'db_type');
  const written = own?.node.kind === 'function_definition' ? program.text(returnsOf(own.node)[0], own.module) : undefined;
  if (written !== undefined) return column(written);
  for (const one of program.lineage(value)) {
    const name = one.kind === 'outside' ? (one.name.split('.').at(-1) ?? '') : '';
    const known = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
    if (known !== undefined) return known;
    if (Object.hasOwn(lengths, name)) return text(given('max_length') ?? lengths[name] ?? null);
    if (name === 'DecimalField') return column(`numeric(${given('max_digits') ?? 10},${given('decimal_places') ?? 0})`);
  }
  return undefined;
}
/** Is it made like a field: `SomethingField(...)` of a package? */
export const looksLikeField = (program: Python, value: Value): boolean =>
  program
    .lineage(value)
    .some(
      (one) =>
        one.kind === 'outside' && /(Field|ForeignKey)$/.test(one.name) && !/(^|\.)(forms|serializers|filters)\./.test(one.name),
    );
