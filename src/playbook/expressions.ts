// Expressions of a playbook: found, checked, and replaced by their values where these are known already.
import { type BoundExpression, bindTemplate } from '../expression/bind.ts';
import { bindCondition } from '../expression/condition.ts';
import { evaluateCondition, evaluateTemplate } from '../expression/evaluate.ts';
import { type Reference, referencesOf } from '../expression/references.ts';
import { type ObjectType, types } from '../expression/type.ts';
import type { Path, Place } from '../model/location.ts';
import type { Expression, Template } from '../model/plan.ts';
import type { Json } from '../plugin-api.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import type { Inputs } from './inputs.ts';
import { fieldsOf, itemsOf, type Node, placeInText, plain, reach, textOf } from './tree.ts';

export interface BoundValue {
  readonly template: Template;
  readonly references: readonly Reference[];
  /** Those whose value is known only while the run goes on. */
  readonly open: readonly BoundExpression[];
}

/** `only`: nothing but the playbook's inputs is asked, so the value is known before the run. */
const known = (references: readonly Reference[], values: Readonly<Record<string, Json>>): boolean =>
  references.length > 0 &&
  references.every(({ context, path }) => context === 'inputs' && path[0] !== undefined && Object.hasOwn(values, path[0]));

export class Expressions {
  /** Inputs that something asks for. `action`: only steps that a verification leaves out. */
  readonly used = new Set<string>();
  readonly usedByActions = new Set<string>();
  readonly #inputs: Inputs;
  readonly #complaints: Complaints;
  /** Inputs are counted as used by action steps while this is set. */
  acting = false;

  constructor(inputs: Inputs, complaints: Complaints) {
    this.#inputs = inputs;
    this.#complaints = complaints;
  }

  /** Any value, at its place in the file. */
  async value(node: Node, scope: ObjectType): Promise<BoundValue> {
    const value = plain(node);
    if (!holdsExpression(value)) return { template: { kind: 'literal', value }, references: [], open: [] };
    const bound = bindTemplate({ value, placeOf: placeIn(node), scope });
    this.#complaints.also(bound.diagnostics);
    this.#count(bound.references);
    // What stands beside a wrong expression is still checked; what the expression itself would give is nobody's guess.
    if (bound.diagnostics.length > 0) {
      const open = bound.expressions.map((expression) => ({ ...expression, whole: true, type: types.any }));
      return { template: bound.template, references: bound.references, open };
    }
    const isKnown = ({ text }: { readonly text: string }): boolean => known(referencesOf(text), this.#inputs.values);
    return {
      template: await this.#folded(bound.template, isKnown),
      references: bound.references,
      open: bound.expressions.filter((expression) => !isKnown(expression)),
    };
  }

  /** An `if:`. */
  async condition(
    node: Node | undefined,
    scope: ObjectType,
  ): Promise<{ readonly expression: Expression; readonly references: readonly Reference[] } | undefined> {
    const text = textOf(node);
    if (node === undefined || text === undefined) return undefined;
    const bound = bindCondition({ text, placeOf: (offset, length) => placeInText(node, offset, offset + length), scope });
    this.#complaints.also(bound.diagnostics);
    this.#count(bound.references);
    return bound.diagnostics.length > 0 ? undefined : bound;
  }

  /** Is a condition false whatever happens? Only one that asks for nothing can be known. */
  async neverTrue(
    condition: { readonly expression: Expression; readonly references: readonly Reference[] } | undefined,
  ): Promise<boolean> {
    if (condition === undefined || condition.references.length > 0) return false;
    try {
      return !evaluateCondition(condition.expression, { inputs: {}, steps: {}, run: {} });
    } catch {
      return false;
    }
  }

  async env(node: Node | undefined, scope: ObjectType): Promise<Readonly<Record<string, Template>>> {
    return (await this.envWith(node, scope)).env;
  }

  /** Environment variables; their values become text. */
  async envWith(
    node: Node | undefined,
    scope: ObjectType,
  ): Promise<{ readonly env: Readonly<Record<string, Template>>; readonly references: readonly Reference[] }> {
    const env: Record<string, Template> = {};
    const references: Reference[] = [];
    for (const [name, item] of fieldsOf(node)) {
      if (!/^[A-Za-z_]\w*$/.test(name)) this.#complaints.at('playbook/env-value', { name, found: 'named so' }, item, 'key');
      if (item.kind !== 'scalar' || item.value === null) {
        this.#complaints.at('playbook/env-value', { name, found: valueWords(plain(item)) }, item, 'value');
        continue;
      }
      const bound = await this.value(item, scope);
      env[name] = bound.template;
      references.push(...bound.references);
    }
    return { env, references };
  }

  /** A shell line, in which no expression may stand. */
  line(node: Node | undefined, key: string): string | undefined {
    const text = textOf(node);
    if (node === undefined || text === undefined) return undefined;
    this.#refuse(node, text, key);
    return text;
  }
  /** The words of a command without a shell. */
  words(node: Node | undefined, key: string): readonly string[] {
    return itemsOf(node).flatMap((item) => this.line(item, key) ?? []);
  }

  #refuse(node: Node, text: string, key: string): void {
    const match = /\$\{\{\s*([\s\S]*?)\s*\}\}/.exec(text);
    if (match === null) return;
    const expression = match[1] ?? '';
    const last = /([A-Za-z][\w-]*)\W*$/.exec(expression)?.[1] ?? 'value';
    const facts = {
      key,
      expression,
      variable: last
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .replaceAll('-', '_')
        .toUpperCase(),
    };
    // What it names counts as used: the mistake is where it stands.
    for (const [, name] of expression.matchAll(/\binputs\s*\.\s*([\w-]+)/gi)) if (name !== undefined) this.#use(name);
    this.#complaints.add('step/run-expression', facts, {
      place: placeInText(node, match.index, match.index + match[0].length),
    });
  }

  #count(references: readonly Reference[]): void {
    for (const { context, path } of references) {
      if (context !== 'inputs') continue;
      const [name] = path;
      if (name === undefined || name === '*') for (const each of this.#inputs.all.keys()) this.#use(each);
      else this.#use(name);
    }
  }
  #use(name: string): void {
    const exact = this.#inputs.all.has(name)
      ? name
      : [...this.#inputs.all.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
    if (exact !== undefined) (this.acting ? this.usedByActions : this.used).add(exact);
  }

  async #folded(template: Template, isKnown: (expression: Expression) => boolean): Promise<Template> {
    const contexts = { inputs: this.#inputs.values, steps: {}, run: {} };
    const fold = (part: Template): Template => {
      switch (part.kind) {
        case 'literal':
          return part;
        case 'expression':
          return isKnown(part.expression) ? { kind: 'literal', value: evaluateTemplate(part, contexts) } : part;
        case 'text':
          return part.parts.every((piece) => typeof piece === 'string' || isKnown(piece))
            ? { kind: 'literal', value: evaluateTemplate(part, contexts) }
            : part;
        case 'list':
          return { kind: 'list', items: part.items.map(fold) };
        case 'map':
          return {
            kind: 'map',
            entries: Object.fromEntries(Object.entries(part.entries).map(([key, entry]) => [key, fold(entry)])),
          };
      }
    };
    return fold(template);
  }
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${{');
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some(holdsExpression);
}

/** Characters of a value below a node, in the file that it came from. */
const placeIn =
  (node: Node) =>
  (path: Path, offset: number, length: number): Place =>
    placeInText(reach(node, path).node, offset, offset + length);
