// What the value of a step or a key depends on besides itself: the names that its expressions ask for.
import { type Reference, referencesOf } from '../expression/references.ts';
import { splitTemplate } from '../expression/template.ts';
import { field, type Node, textOf, textsBelow } from './tree.ts';

/** Of a node that stands at a path. */
export function referencesBelow(node: Node | undefined, at: readonly string[] = []): readonly Reference[] {
  if (node === undefined) return [];
  return [...textsBelow(node)].flatMap(({ text, path }) => {
    const pieces = splitTemplate(text).filter(({ kind }) => kind === 'expression');
    if (pieces.length > 0) return pieces.flatMap((piece) => referencesOf(piece.text));
    // A condition may stand without braces: of a phase, or of a step.
    const all = [...at, ...path];
    return all[0] === 'phases' && all.at(-1) === 'if' && (all.length === 3 || all.length === 5) ? referencesOf(text) : [];
  });
}

/** Names of a context that are asked for; undefined: any of them may be. */
export function namesAsked(references: readonly Reference[], context: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const { context: asked, path } of references) {
    if (asked !== context) continue;
    const [name] = path;
    if (name === undefined || name === '*') return undefined;
    names.push(name);
  }
  return [...new Set(names)];
}

/** Those of the known names that are asked for, as they are written; letters count as equal in both cases. */
export function namesMeant(asked: readonly string[] | undefined, known: Iterable<string>): readonly string[] {
  const all = [...known];
  if (asked === undefined) return all;
  return [...new Set(asked.map((name) => all.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name))];
}

/** How many values a call may choose from, as the file that declares an input says. */
export const isChoice = (input: Node | undefined): boolean =>
  textOf(field(input, 'type')) === 'choice' && field(input, 'options') !== undefined;
export const isAsked = (input: Node | undefined): boolean => {
  const required = field(input, 'required');
  return required?.kind === 'scalar' && required.value === true && field(input, 'default') === undefined;
};
