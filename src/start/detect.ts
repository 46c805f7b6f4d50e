// The rules applied to the files of a repository: each fact with the file and the line that shows it.
import type { RepositoryView } from './repository-view.ts';
import { type Aspect, type Ecosystem, type Rule, rules, sourceFiles } from './rules.ts';

export interface Evidence {
  readonly file: string;
  readonly line?: number;
  /** The line, without its margins. */
  readonly text?: string;
}
export interface Fact {
  readonly about: Aspect;
  readonly is: string;
  readonly at: Evidence;
}

export interface Facts {
  /** What most of the program is written in. */
  readonly ecosystem: Ecosystem | undefined;
  /** Others of which there is a manifest too. */
  readonly besides: readonly Ecosystem[];
  /** The preferred fact of an aspect. */
  one(about: Aspect): Fact | undefined;
  /** One fact for each thing. */
  all(about: Aspect): readonly Fact[];
}

/** `package.json:12`, as people write it. */
export const placed = ({ file, line }: Evidence): string => (line === undefined ? file : `${file}:${line}`);

export function detect(view: RepositoryView, table: readonly Rule[] = rules): Facts {
  const kinds = table.filter(({ about }) => about === 'packages');
  const present = [
    ...new Set(kinds.flatMap((rule) => (rule.of !== undefined && seen(rule, view) !== undefined ? [rule.of] : []))),
  ];
  const amount = (kind: Ecosystem): number => view.files.filter((file) => sourceFiles[kind].test(file)).length;
  // A program in Python without dependencies has no manifest.
  const bare = (Object.keys(sourceFiles) as readonly Ecosystem[]).filter((kind) => amount(kind) > 0);
  const [ecosystem, ...besides] = [...(present.length > 0 ? present : bare)].sort((a, b) => amount(b) - amount(a));
  const facts = table
    .filter(({ of }) => of === undefined || of === ecosystem)
    .flatMap((rule): readonly Fact[] => {
      const at = seen(rule, view);
      return at === undefined ? [] : [{ about: rule.about, is: rule.is, at }];
    });
  return {
    ecosystem,
    besides,
    one: (about) => facts.find((fact) => fact.about === about),
    all: (about) =>
      facts.filter(
        (fact, index) =>
          fact.about === about && facts.findIndex(({ about, is }) => about === fact.about && is === fact.is) === index,
      ),
  };
}

function seen({ files, line }: Rule, view: RepositoryView): Evidence | undefined {
  const candidates = view.files.filter((file) => files.test(file));
  if (line === undefined) return candidates[0] === undefined ? undefined : { file: candidates[0] };
  return search(view, candidates, line)?.at;
}

/** The first line of the files that the pattern meets. */
export function search(
  view: RepositoryView,
  files: readonly string[],
  pattern: RegExp,
): { readonly at: Evidence; readonly match: RegExpExecArray } | undefined {
  for (const file of files) {
    for (const [index, text] of (view.text(file) ?? '').split('\n').entries()) {
      const match = text.length > 2000 ? null : pattern.exec(text);
      if (match !== null) return { at: { file, line: index + 1, text: text.trim().slice(0, 80) }, match };
    }
  }
  return undefined;
}
