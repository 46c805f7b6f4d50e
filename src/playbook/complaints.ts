import type { Facts } from '../diagnostics/code-table.ts';
import { type PlaybookCodes, playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';
import type { ValueProblem } from '../registry/value-problem.ts';
import { type Node, placeOf, reach } from './tree.ts';

/** Everything that is wrong, collected while the rest is read on. */
export class Complaints {
  readonly #list: Diagnostic[] = [];

  get list(): readonly Diagnostic[] {
    return this.#list;
  }
  add<Code extends keyof PlaybookCodes>(
    code: Code,
    facts: Facts<PlaybookCodes, Code>,
    where?: { readonly place?: Place; readonly related?: readonly { readonly place: Place; readonly message: string }[] },
  ): void {
    this.#list.push(diagnose(playbookCodes, code, facts, where ?? {}));
  }
  /** At a node: its head, its key or its value. */
  at<Code extends keyof PlaybookCodes>(
    code: Code,
    facts: Facts<PlaybookCodes, Code>,
    node: Node,
    what: 'key' | 'value' | 'head' = 'head',
  ): void {
    this.add(code, facts, { place: placeOf(node, what) });
  }
  /** Problems of a value, at their places in the node that it was made of. */
  values(problems: readonly ValueProblem[], node: Node): void {
    for (const { code, facts, path, at } of problems) {
      const { node: nearest, rest } = reach(node, path);
      // A missing key has no place of its own, and a default of a manifest none at all.
      const what = code === 'playbook/missing-key' || rest.length > 0 ? 'head' : at === 'key' ? 'key' : 'value';
      this.at(code, (rest.length > 0 ? facts : asWritten(facts as object, nearest)) as never, nearest, what);
    }
  }
  also(list: readonly Diagnostic[]): void {
    this.#list.push(...list);
  }
}

/** `20.10` is the number 20.1, and 120% the number 120: what is quoted is what a person reads in the file. */
function asWritten(facts: object, node: Node): object {
  if (!('found' in facts) || node.kind !== 'scalar' || !String(facts.found).startsWith('the number')) return facts;
  const { source, path } = node.origin;
  const text = source.sourceText(path) ?? String(node.value);
  return { ...facts, found: typeof node.value === 'number' ? `the number ${text}` : `\`${text}\`` };
}

/** By file in the order of `files`, then by position; what has no place comes first. The same one twice is one. */
export function sorted(list: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const rank = ({ place }: Diagnostic): readonly [number, number, number] =>
    place === undefined ? [-1, 0, 0] : [files.indexOf(place.file), place.range.start.line, place.range.start.column];
  const unique = new Map(
    list.map((diagnostic) => [JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.place]), diagnostic]),
  );
  return [...unique.values()].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}
