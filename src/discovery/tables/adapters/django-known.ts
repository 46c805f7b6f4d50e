import type { Part } from '../change.ts';
import type { FieldType } from './django-fields.ts';

/** Tables of Django itself that others point to. */
export const outside: Readonly<Record<string, string>> = {
  User: 'auth_user',
  Group: 'auth_group',
  Permission: 'auth_permission',
  ContentType: 'django_content_type',
  Site: 'django_site',
  Session: 'django_session',
};
const text255 = (length: number): FieldType => ({ type: `character varying(${length})`, kind: 'column' });
const stamp: FieldType = { type: 'timestamp with time zone', kind: 'column' };
const bool: FieldType = { type: 'boolean', kind: 'column' };
/** Columns of the users of Django, by the class above: AbstractUser has those of AbstractBaseUser and PermissionsMixin. */
export const inherited: Readonly<Record<string, readonly (readonly [name: string, type: FieldType, nullable: boolean])[]>> = {
  AbstractBaseUser: [
    ['password', text255(128), false],
    ['last_login', stamp, true],
  ],
  PermissionsMixin: [['is_superuser', bool, false]],
  AbstractUser: [
    ['password', text255(128), false],
    ['last_login', stamp, true],
    ['is_superuser', bool, false],
    ['username', text255(150), false],
    ['first_name', text255(150), false],
    ['last_name', text255(150), false],
    ['email', text255(254), false],
    ['is_staff', bool, false],
    ['is_active', bool, false],
    ['date_joined', stamp, false],
  ],
};

export const link = (columns: readonly string[], to: { readonly table: string; readonly column: string }): Part => ({
  // Django deletes what hangs on a row itself; the database is told nothing of it.
  kind: 'foreign-key',
  key: { name: null, columns, table: to.table, references: [to.column], onDelete: 'no action', onUpdate: 'no action' },
});
export const indexOn = (columns: readonly string[]): Part => ({
  kind: 'index',
  key: { name: null, columns, parts: columns, unique: false, method: 'btree', where: null },
});
