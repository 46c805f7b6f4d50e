// Migrations that are programs: what their way up calls, in order, applied to a model.
import type { Node } from 'oxc-parser';
import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Migration, SchemaPart } from '../../../contract/tables.ts';
import { bare, isFunction } from '../../../ecma/node.ts';
import { applyChanges } from '../../apply.ts';
import type { Change } from '../../change.ts';
import { isElsewhere } from '../../elsewhere.ts';
import { type Dialect, emptyModel, type Model } from '../../model.ts';
import { applySql } from '../../sql/apply.ts';
import { inOrder } from '../../sql/migrations.ts';
import { partOf } from '../../sql/read.ts';
import { chainOf, type Link, meaning, placeOf, type Spot, sourceOf, spotOf, textOf } from './spot.ts';

/** What a reader of one tool may say while it reads. */
export interface Doing {
  readonly reading: Reading;
  readonly dialect: Dialect;
  readonly model: Model;
  /** The call that is being read. */
  readonly spot: Spot;
  change(change: Change): void;
  /** Raw SQL; what is no constant text is said to be not understood. */
  sql(text: Spot | undefined): void;
  unclear(spot: Spot, why: string): void;
}
/** True: the call was one of the tool's, and what stands inside it is read. */
export type ReadCall = (doing: Doing, links: readonly Link[], head: Spot) => boolean;

const inMigrations = /(^|\/)(migrations?|migrate)\/([^/]+\/)*[^/]+\.([mc]?[jt]s)$/;
/** Files that look like migrations by their folder. */
export const migrationFilesOf = (reading: Reading): readonly string[] =>
  [...reading.facts.keys()].filter((file) => inMigrations.test(file) && !isElsewhere(file)).sort(inOrder);

/** `exports.up`, `export const up`, `module.exports = { up }`, and the method of an exported class. */
export function exportedFunction(reading: Reading, file: string, name: string): Spot | undefined {
  const direct = reading.js.exportOf(file, name);
  if (direct?.kind === 'function') return { unit: direct.unit, node: direct.node };
  const whole = reading.js.exportOf(file, 'default');
  const property = whole === undefined ? undefined : reading.js.propertyOf(whole, name);
  return property?.kind === 'function' ? { unit: property.unit, node: property.node } : undefined;
}

export function readMigrations(o: {
  readonly reading: Reading;
  readonly stack: string;
  readonly dialect: Dialect;
  readonly files: readonly { readonly file: string; readonly up: Spot; readonly hasDown: boolean }[];
  readonly read: ReadCall;
  say(what: NotUnderstood): void;
}): SchemaPart {
  const model = emptyModel(o.dialect);
  const migrations = o.files.map(({ file, up, hasDown }): Migration => {
    const does: string[] = [];
    const say = (one: {
      readonly file: string;
      readonly line: number | null;
      readonly what: string;
      readonly why: string;
    }): void => o.say({ ...one, about: 'table', stack: o.stack });
    const doing = (spot: Spot): Doing => {
      const { line } = placeOf(spot);
      const unclear = (at: Spot, why: string): void => say({ ...placeOf(at), what: sourceOf(at).slice(0, 80), why });
      return {
        reading: o.reading,
        dialect: o.dialect,
        model,
        spot,
        unclear,
        change: (change) => {
          const applied = applyChanges(model, file, [{ change, line: line ?? 1, excerpt: sourceOf(spot).slice(0, 80) }]);
          does.push(...applied.does);
          for (const one of applied.notUnderstood) say(one);
        },
        sql: (text) => {
          const written = textOf(o.reading, text);
          // Rows leave the schema as it is, whatever is filled in; and `:name` is for Sequelize, not for PostgreSQL.
          if (text !== undefined && changesRows(written ?? text.unit.textOf(text.node))) {
            does.push('changes rows');
            return;
          }
          if (text === undefined || written === undefined) return unclear(text ?? spot, 'the SQL is put together while it runs');
          const applied = applySql(model, written, { file, firstLine: placeOf(text).line ?? 1 });
          does.push(...applied.does);
          for (const one of applied.notUnderstood) say(one);
        },
      };
    };
    walk({ reading: o.reading, read: o.read, doing }, up, 0);
    return { file, does, down: hasDown ? file : null };
  });
  return partOf(model, { kind: 'migrations', stack: o.stack, scope: o.reading.scope, migrations });
}

function changesRows(sql: string): boolean {
  return /^[`'"\s]*(update|insert|delete|select)\b/i.test(sql) && !/;\s*(create|alter|drop|do)\b/i.test(sql);
}

interface Walk {
  readonly reading: Reading;
  readonly read: ReadCall;
  doing(spot: Spot): Doing;
}
/** The calls of a function in the order in which they stand, those of functions of the project that it calls in their place. */
function walk(o: Walk, fn: Spot, depth: number): void {
  if (depth > 4) return;
  const { unit } = fn;
  let taken = fn.node.start;
  const calls = unit
    .nodes('CallExpression')
    .filter((one) => one.start >= fn.node.start && one.end <= fn.node.end && !isInner(one));
  for (const node of calls) {
    if (node.start < taken) continue;
    const spot = { unit, node };
    const { head, links } = chainOf(spot);
    if (o.read(o.doing(spot), links, head)) {
      taken = node.end;
      continue;
    }
    const value = meaning(o.reading, spotOf(unit, node.callee));
    if (value?.kind === 'function' && isFunction(value.node) && value.node !== fn.node)
      walk(o, { unit: value.unit, node: value.node }, depth + 1);
  }
}
/** Is it a part of a longer chain of calls? */
function isInner(node: Node): boolean {
  let at = node.parent;
  while (at !== null && at !== undefined && at.type === 'MemberExpression') at = at.parent;
  return (
    at?.type === 'CallExpression' &&
    bare(at.callee).start === node.start &&
    at.callee !== node &&
    at.start === node.start &&
    at.callee.end > node.end
  );
}
