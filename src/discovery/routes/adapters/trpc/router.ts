// Routers within routers: https://trpc.io/docs/server/routers, https://trpc.io/docs/server/merging-routers
import type { Node } from 'oxc-parser';
import type { NotUnderstood } from '../../../contract/place.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, nameOf, propertyName } from '../../../ecma/node.ts';
import { placeOf } from '../../model.ts';
import { type Procedure, procedureOf } from './procedure.ts';
import { exported, type Written, writtenAt } from './written.ts';

export interface Named {
  /** `post.byId` */
  readonly name: string;
  readonly procedure: Procedure;
}
type Say = (what: NotUnderstood) => void;
type Call = Node & { readonly type: 'CallExpression' };

export function routerCall(
  reading: Reading,
  unit: EcmaUnit,
  asked: Node,
): { readonly call: Call; readonly merges: boolean } | undefined {
  const call = bare(asked);
  if (call.type !== 'CallExpression') return undefined;
  const callee = bare(call.callee);
  const value = reading.js.meaningOf(unit, callee);
  const [, known] =
    value?.kind === 'made' && value.from === '@trpc/server' ? (/(?:^|\.)(router|mergeRouters)$/.exec(value.name) ?? []) : [];
  if (known !== undefined) return { call, merges: known === 'mergeRouters' };
  // Made in a file that is not read, or in a way that is not followed: its name tells.
  const name = callee.type === 'MemberExpression' ? propertyName(callee) : nameOf(callee);
  const isNamed =
    value === undefined && /^(create)?(trpc)?router$/i.test(name ?? '') && call.arguments[0]?.type === 'ObjectExpression';
  return isNamed && reading.packages.has('@trpc/server') ? { call, merges: false } : undefined;
}

export class Routers {
  readonly #reading: Reading;
  readonly #say: Say;
  /** Router calls that stand in another. */
  readonly inside = new Set<string>();

  constructor(reading: Reading, say: Say) {
    this.#reading = reading;
    this.#say = say;
  }
  proceduresOf(at: Written, prefix: string, depth = 0): readonly Named[] {
    const found = routerCall(this.#reading, at.unit, at.node);
    if (found === undefined || depth > 12) return [];
    if (depth > 0) this.inside.add(this.#reading.js.keyOf(at.unit, at.node));
    if (found.merges)
      return found.call.arguments.flatMap((one) =>
        this.#entry({ unit: at.unit, node: one }, prefix.replace(/\.$/, ''), depth + 1),
      );
    const [parts] = found.call.arguments;
    return parts === undefined ? [] : this.#record({ unit: at.unit, node: parts }, prefix, depth);
  }
  #record(at: Written, prefix: string, depth: number): readonly Named[] {
    const record = depth > 14 ? undefined : writtenAt(this.#reading, at);
    if (record?.node.type !== 'ObjectExpression') {
      this.#unknown(at, 'what is in this router is known only while the program runs');
      return [];
    }
    return record.node.properties.flatMap((one) => {
      if (one.type === 'SpreadElement') {
        const spread = bare(one.argument);
        // `...other._def.procedures`: how routers were merged before mergeRouters.
        const of =
          /\._def\.(procedures|record)$/.test(record.unit.textOf(spread)) && spread.type === 'MemberExpression'
            ? bare(spread.object)
            : undefined;
        const router =
          of?.type === 'MemberExpression' ? writtenAt(this.#reading, { unit: record.unit, node: of.object }) : undefined;
        return router === undefined
          ? this.#record({ unit: record.unit, node: one.argument }, prefix, depth + 1)
          : this.proceduresOf(router, prefix, depth + 1);
      }
      const key = one.computed ? this.#reading.js.constantText(record.unit, one.key) : nameOf(one.key);
      if (key === undefined) {
        this.#unknown({ unit: record.unit, node: one }, 'the name of this procedure is known only while the program runs');
        return [];
      }
      return this.#entry({ unit: record.unit, node: one.value }, `${prefix}${key}`, depth + 1);
    });
  }
  #entry(at: Written, name: string, depth: number): readonly Named[] {
    const below = name === '' ? '' : `${name}.`;
    const written = this.#lazy(writtenAt(this.#reading, at)) ?? writtenAt(this.#reading, at);
    if (written !== undefined && depth < 14) {
      const procedure = procedureOf(this.#reading, written);
      if (procedure !== undefined) return [{ name, procedure }];
      if (routerCall(this.#reading, written.unit, written.node) !== undefined) return this.proceduresOf(written, below, depth);
      if (written.node.type === 'ObjectExpression') return this.#record(written, below, depth);
    }
    this.#unknown(
      at,
      `what ${name === '' ? 'this' : name} is in its router is known only while the program runs, or to a package`,
    );
    return [];
  }
  /** `lazy(() => import('./posts'))`: https://trpc.io/docs/server/merging-routers#lazy-load */
  #lazy(at: Written | undefined): Written | undefined {
    if (at?.node.type !== 'CallExpression' || nameOf(bare(at.node.callee)) !== 'lazy') return undefined;
    const load = at.unit.nodes('ImportExpression').find(({ start, end }) => start >= at.node.start && end <= at.node.end);
    const from = load === undefined ? undefined : this.#reading.js.constantText(at.unit, load.source);
    const file = from === undefined ? undefined : this.#reading.js.resolve(at.unit.file, from);
    if (file === undefined) return undefined;
    const chosen = at.unit.nodes('MemberExpression').findLast((one) => one.start > (load?.end ?? 0) && one.end <= at.node.end);
    const names = [
      chosen === undefined ? undefined : propertyName(chosen),
      ...(this.#reading.facts.get(file)?.exports.map(({ name }) => name) ?? []),
    ];
    for (const name of names) {
      const there = name === undefined ? undefined : exported(this.#reading, file, name);
      if (there !== undefined && routerCall(this.#reading, there.unit, there.node) !== undefined) return there;
    }
    return undefined;
  }
  #unknown({ unit, node }: Written, why: string): void {
    this.#say({ ...placeOf(unit, node), what: unit.excerpt(node), why, about: 'route', stack: 'trpc' });
  }
}
