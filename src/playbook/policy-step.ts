// What a step or a key that is final depends on besides itself: a step that stays as it is and runs in another folder, with other
// variables, or with another value of what it reads is not what its owner wrote.
import type { Reference } from '../expression/references.ts';
import { stepId, stepsOf } from './merge.ts';
import { withDefaults } from './plugin-inputs.ts';
import { nodeAtPath } from './policy-path.ts';
import { namesAsked, namesMeant, referencesBelow } from './policy-reads.ts';
import { field, fieldsOf, type Node, textOf, textsBelow, textsOf } from './tree.ts';

type Parts = readonly string[];
/** `words`: what of the final value that is. */
export type Dependency =
  | { readonly kind: 'value'; readonly path: Parts; readonly words: string }
  | { readonly kind: 'input'; readonly name: string }
  /** All of the playbook's own `env`, but for these. */
  | { readonly kind: 'variables'; readonly except: ReadonlySet<string> };

/** Steps that lie at or below a path as a whole. */
export function stepsBelow(root: Node | undefined, at: Parts): readonly Parts[] {
  const [top, phase, key, step, ...more] = at;
  if (top !== 'phases' || more.length > 0 || (key !== undefined && key !== 'steps')) return [];
  if (step !== undefined) return [at];
  return [...fieldsOf(field(root, 'phases'))].flatMap(([name, node]) =>
    phase === undefined || phase === name
      ? stepsOf(node).map((each, index) => ['phases', name, 'steps', stepId(each) ?? String(index)])
      : [],
  );
}

export class Dependencies {
  readonly #root: Node | undefined;
  /** Services that a step may start, also by what its plugin takes by default. */
  readonly #servicesOf: (step: string) => readonly string[];
  readonly #found = new Map<string, Dependency>();

  /** `root`: what the owner and the files below it say. */
  constructor(root: Node | undefined, servicesOf: (step: string) => readonly string[]) {
    this.#root = root;
    this.#servicesOf = servicesOf;
  }

  of(at: Parts): readonly Dependency[] {
    this.#below(at);
    return [...this.#found.values()];
  }

  /** Is it new? Names that ask for each other in a ring end here. */
  #add(dependency: Dependency): boolean {
    const { kind } = dependency;
    const name =
      kind === 'value' ? dependency.path.join('\n') : kind === 'input' ? dependency.name : [...dependency.except].join('\n');
    const key = `${kind}\n${name}`;
    if (this.#found.has(key)) return false;
    this.#found.set(key, dependency);
    return true;
  }

  #below(at: Parts): void {
    this.#reads(referencesBelow(nodeAtPath(this.#root, at), at));
    if (at[0] !== 'phases') return;
    for (const step of stepsBelow(this.#root, at)) this.#step(step);
    if (at[4] === 'with') this.#reads(this.#withOf(at));
    if (at[1] !== undefined)
      this.#reads(referencesBelow(nodeAtPath(this.#root, ['phases', at[1], 'if']), ['phases', at[1], 'if']));
  }

  #step(at: Parts): void {
    const step = nodeAtPath(this.#root, at);
    const own = new Set(fieldsOf(field(step, 'env')).keys());
    this.#add({ kind: 'variables', except: own });
    for (const [name, node] of fieldsOf(field(this.#root, 'env'))) if (!own.has(name)) this.#reads(referencesBelow(node));
    const isCommand = field(step, 'run') !== undefined || field(step, 'argv') !== undefined;
    if (isCommand && field(step, 'working-directory') === undefined)
      this.#add({ kind: 'value', path: ['working-directory'], words: 'the `working-directory` of its command is' });
    this.#reads(this.#withOf(at));
    for (const { text, path } of [...this.#inputsOf(at)].flatMap((node) => [...textsBelow(node)]))
      if (path.at(-1) === 'auth') this.#token(text);
    for (const name of this.#servicesOf(at[3] ?? '')) this.#service(name);
  }

  /** `defaults` of its plugin are its own `with` too. */
  #inputsOf(at: Parts): readonly Node[] {
    const step = nodeAtPath(this.#root, at.slice(0, 4));
    const uses = textOf(step) ?? textOf(field(step, 'uses'));
    const all = uses === undefined ? undefined : withDefaults(nodeAtPath(this.#root, ['defaults', uses]), field(step, 'with'));
    return all === undefined ? [] : [all];
  }
  #withOf(at: Parts): readonly Reference[] {
    return this.#inputsOf(at).flatMap((all) => referencesBelow(nodeAtPath(all, at.slice(5))));
  }

  #reads(references: readonly Reference[]): void {
    const known = (...path: Parts): Iterable<string> => fieldsOf(nodeAtPath(this.#root, path)).keys();
    const asked = (context: string, all: Iterable<string>): readonly string[] =>
      references.some((reference) => reference.context === context) ? namesMeant(namesAsked(references, context), all) : [];
    for (const name of asked('inputs', known('inputs'))) this.#add({ kind: 'input', name });
    for (const [context, words] of [
      ['env', 'the variable'],
      ['secrets', 'the secret'],
    ] as const) {
      for (const name of asked(context, known(context))) {
        if (this.#add({ kind: 'value', path: [context, name], words: `${words} \`${name}\`, which it reads, is` }))
          this.#reads(referencesBelow(nodeAtPath(this.#root, [context, name])));
      }
    }
    for (const name of asked('services', known('services'))) this.#service(name);
    const steps = stepsBelow(this.#root, ['phases']);
    for (const id of asked(
      'steps',
      steps.map((path) => path[3] ?? ''),
    )) {
      const path = steps.find((each) => each[3] === id);
      if (path !== undefined && this.#add({ kind: 'value', path, words: `the step \`${id}\`, whose outputs it reads, is` }))
        this.#below(path);
    }
  }

  /** Requests name the token that they carry. */
  #token(name: string): void {
    const path = ['auth', name];
    const node = nodeAtPath(this.#root, path);
    if (node !== undefined && this.#add({ kind: 'value', path, words: `the token \`${name}\`, which its requests carry, is` }))
      this.#reads(referencesBelow(node));
  }

  /** A service that a file above brings along is its own affair; the code under test is as well. */
  #service(name: string): void {
    const path = ['services', name];
    const node = nodeAtPath(this.#root, path);
    if (node === undefined) return;
    if (!this.#add({ kind: 'value', path, words: `the service \`${name}\`, which it may start, is` })) return;
    this.#reads(referencesBelow(node));
    for (const other of textsOf(field(node, 'dependencies'))) this.#service(other);
  }
}
