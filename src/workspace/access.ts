// Which paths an action may change, and how (LANGUAGE rule 10, INTEGRITY 2). Precedence: deny, protect, class, open, edit; `open` opens
// what a default class closes, never what `deny` or `protect` closes.
import { posix } from 'node:path';
import type { AccessOpening, AccessRules } from '../model/plan.ts';
import { appendProblem } from './append-only.ts';
import type { Access, Decision, PathClass } from './contract.ts';
import { type AccessRow, defaultAccess } from './defaults-access.ts';
import { globMatcher, ownGlobs } from './glob.ts';
import { keyedFile } from './keyed-file.ts';
import { changedKey, mergeKeys } from './keys.ts';

/** What of base the rules need to know. Paths are relative to the scope. */
export interface BaseFacts {
  has(path: string): boolean;
  /** Does the folder hold files in base? */
  holds(folder: string): boolean;
  /** Content in base; `probably`, when it is that, saves reading it. */
  content(path: string, probably: Uint8Array | undefined): Uint8Array | undefined;
  /** The submodule that a path lies in. */
  submodule(path: string): string | undefined;
}
export interface AccessOptions {
  readonly rules: AccessRules | undefined;
  readonly protect: readonly string[];
  readonly base: BaseFacts;
  /**
   * What lies outside the scope: `closed` to whoever acts in it. Where nothing acts the change may span packages, and it has the classes
   * that it would have inside (`as-inside`). Default: `closed`.
   */
  readonly outside?: 'closed' | 'as-inside';
}
/** Access as the workspace uses it. */
export interface FullAccess extends Access {
  /** What the judges see of a changed file that base and candidate both have: base's bytes, or what of the change counts. */
  settle(path: string, base: Uint8Array, candidate: Uint8Array): Uint8Array;
  /** Would a new file of this folder be closed too? */
  closes(folder: string): boolean;
}

const rows = defaultAccess.map((row) => ({ row, matches: globMatcher(row.globs) }));
const laxness: readonly PathClass[] = ['denied', 'protected', 'append-only', 'review', 'free'];
const laxer = (a: PathClass, b: PathClass): boolean => laxness.indexOf(a) > laxness.indexOf(b);
const opened = { edit: 'free', append: 'append-only', review: 'review' } as const satisfies Record<
  AccessOpening['as'],
  PathClass
>;

/** `file#key` rules name a key of a file that is judged by key. */
function split(rule: string): { readonly glob: string; readonly key: string | undefined } {
  const at = rule.indexOf('#');
  const glob = at < 0 ? rule : rule.slice(0, at);
  return at > 0 && keyedFile(glob) !== undefined
    ? { glob, key: rule.slice(at + 1) }
    : { glob: at < 0 ? rule : glob, key: undefined };
}
const wholeFiles = (list: readonly string[]): readonly string[] =>
  ownGlobs(list.map(split).flatMap(({ glob, key }) => (key === undefined ? [glob] : [])));
const keysOf = (list: readonly string[], path: string): readonly string[] =>
  list.map(split).flatMap(({ glob, key }) => (key !== undefined && globMatcher([glob])(path) ? [key] : []));

export function createAccess({ rules = {}, protect, base, outside = 'closed' }: AccessOptions): FullAccess {
  const denied = globMatcher(ownGlobs(rules.deny ?? []));
  const hidden = globMatcher(ownGlobs(rules.noRead ?? []));
  const guarded = globMatcher(wholeFiles(protect));
  const edit = rules.edit === undefined ? undefined : globMatcher(ownGlobs(rules.edit));
  const openings = (rules.open ?? []).map((opening) => ({ opening, matches: globMatcher(wholeFiles(opening.paths)) }));
  const decisions = new Map<string, Decision>();

  const settles = (path: string): boolean => !base.has(path) && base.holds(posix.dirname(path));
  const applies = (row: AccessRow, path: string): boolean => {
    switch (row.applies) {
      case 'always':
        return true;
      case 'base':
        return base.has(path);
      case 'settled':
        return settles(path);
      case 'shadow':
        return settles(path) && foldersAbove(path).some((above) => base.has(above));
    }
  };
  const rowOf = (path: string): AccessRow | undefined =>
    rows.find(({ row, matches }) => matches(path.replace(/^(\.\.\/)+/, '')) && applies(row, path))?.row;

  function decideFresh(path: string): Decision {
    if (denied(path)) return { class: 'denied', rule: 'denied by access.deny of the step' };
    if (path === '..' || path.startsWith('/') || (path.startsWith('../') && outside === 'closed')) {
      return { class: 'protected', rule: 'protected: outside the scope (the folder of bexpert.yml)' };
    }
    if (guarded(path)) return { class: 'protected', rule: 'protected by `protect:`' };
    const module = base.submodule(path);
    if (module !== undefined) return { class: 'protected', rule: `protected: inside the submodule ${module}` };
    const row = rowOf(path);
    const normal: Decision =
      row === undefined ? { class: 'free', rule: 'free' } : { class: row.class, rule: `${row.class} by default: ${row.what}` };
    const opening = openings.find(({ opening, matches }) => matches(path) && laxer(opened[opening.as], normal.class))?.opening;
    const decided: Decision =
      opening === undefined
        ? normal
        : { class: opened[opening.as], rule: `opened as ${opening.as} by access.open: ${opening.reason}` };
    // `edit` only narrows: what a class closes stays closed, and what it leaves open is open only there.
    const writable = decided.class !== 'protected' && opening === undefined;
    if (writable && edit !== undefined && !edit(path)) {
      return { class: 'protected', rule: 'protected: not among access.edit of the step' };
    }
    return decided;
  }
  function decide(given: string): Decision {
    const path = tidy(given);
    let decision = decisions.get(path);
    if (decision === undefined) {
      decision = decideFresh(path);
      decisions.set(path, decision);
    }
    return decision;
  }

  /** How a file is judged by key; undefined where it is not, or something opened it as a whole. */
  const keyedHere = (path: string) =>
    base.has(path) &&
    decide(path).class === 'review' &&
    !openings.some(({ opening, matches }) => opening.as !== 'append' && matches(path))
      ? keyedFile(path)
      : undefined;
  const merge = (path: string, before: Uint8Array, after: Uint8Array) => {
    const file = keyedHere(path);
    const [from, to] = [file?.parse(before), file?.parse(after)];
    if (file === undefined || from === undefined || to === undefined) return undefined;
    const open = [...file.dependencyKeys, ...openings.flatMap(({ opening }) => keysOf(opening.paths, path))];
    const merged = mergeKeys({ base: from, candidate: to, open, closed: keysOf(protect, path) });
    return { wrong: changedKey(from, to, merged), bytes: () => file.print(merged, before, after) };
  };

  const judge: Access['judge'] = ({ path: given, before, after }) => {
    const path = tidy(given);
    const { class: kind, rule } = decide(path);
    const same = before !== undefined && after !== undefined && Buffer.compare(before, after) === 0;
    if (same || (before === undefined && after === undefined)) return { allowed: true };
    const refuse = (why: string) => ({ allowed: false, rule: why }) as const;
    if (kind === 'denied' || kind === 'protected') return refuse(rule);
    // What was there when the work began counts, not what an earlier call of the same step added.
    const keyed = keyedHere(path);
    const frozen = kind === 'append-only' || keyed !== undefined ? (base.content(path, before) ?? before) : undefined;
    if (frozen === undefined) return { allowed: true };
    if (after === undefined) return refuse(`${rule}; it cannot be removed`);
    if (kind === 'append-only') {
      const problem = appendProblem(frozen, after);
      return problem === undefined ? { allowed: true } : refuse(`${rule}; ${problem}`);
    }
    const result = merge(path, frozen, after);
    if (result === undefined) return refuse(`${rule}; it is no ${keyed?.form ?? 'file of its kind'}`);
    return result.wrong === undefined ? { allowed: true } : refuse(`${rule}; the key \`${result.wrong}\` changed`);
  };

  return {
    decide,
    mayRead: (path) => !hidden(tidy(path)),
    judge,
    settle: (given, before, after) => {
      const path = tidy(given);
      if (judge({ path, before, after }).allowed && keyedHere(path) === undefined) return after;
      return merge(path, before, after)?.bytes() ?? before;
    },
    closes: (folder) => {
      const { class: kind } = decide(`${tidy(folder)}/\u0001new`);
      return kind === 'protected' || kind === 'denied';
    },
    describe: () => describe({ rules, protect }),
  };
}

/** One spelling for each path: `./x/../y/` is `y`. */
const tidy = (name: string): string => posix.normalize(name).replace(/(?<=.)\/+$/, '');

/** Paths of the same name in the folders above. */
function foldersAbove(path: string): readonly string[] {
  const words = path.split('/');
  const name = words.pop() ?? '';
  return words.map((_, depth) => [...words.slice(0, depth), name].join('/'));
}

/** For whoever fills the step. */
function describe({ rules, protect }: { readonly rules: AccessRules; readonly protect: readonly string[] }): string {
  const listed = (globs: readonly string[]): string => globs.map((glob) => `\`${glob}\``).join(', ');
  const ofClass = (kind: PathClass): string =>
    defaultAccess
      .filter((row) => row.class === kind)
      .map((row) => row.what)
      .join('; ');
  const lines = [
    rules.edit === undefined
      ? 'You may change and add files inside the working folder, but for what follows.'
      : `You may change and add only files that match ${listed(rules.edit)}, and of these not what follows.`,
    `Protected, every change is refused: ${ofClass('protected')}; everything outside the working folder; submodules.`,
    ...(protect.length === 0 ? [] : [`Protected in this repository: ${listed(protect)}.`]),
    `Append-only, existing lines stay as they are, new cases and new files are welcome: ${ofClass('append-only')}.`,
    `Shown to a reviewer: ${ofClass('review')}.`,
    ...(rules.open ?? []).map(({ paths, as, reason }) => `Opened for this step, to ${as}: ${listed(paths)} (${reason}).`),
    ...(rules.deny === undefined || rules.deny.length === 0 ? [] : [`Denied in this step: ${listed(rules.deny)}.`]),
    ...(rules.noRead === undefined || rules.noRead.length === 0 ? [] : [`Not to be read: ${listed(rules.noRead)}.`]),
  ];
  return lines.join('\n');
}
