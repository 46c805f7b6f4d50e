// `foreach:` makes one step for each item of a list, with `item` replaced by its value.
import { nearest } from '../diagnostics/nearest.ts';
import { expressionProblem, toDiagnostic } from '../expression/problem.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import type { Expressions } from './expressions.ts';
import type { Inputs } from './inputs.ts';
import { stepId, stepsOf } from './merge.ts';
import { Scopes } from './scopes.ts';
import { type Names, nodeAt, substituteStep, textLimit } from './substitute.ts';
import { field, fieldsOf, itemsOf, type MapNode, type Node, placeInText, plain, textOf } from './tree.ts';

export interface ForeachTools {
  readonly inputs: Inputs;
  readonly expressions: Expressions;
  readonly complaints: Complaints;
}
export interface Expanded {
  readonly root: MapNode;
  /** Ids of the steps that came of one, by the id under which that one is written. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

export async function expandForeach(root: MapNode, tools: ForeachTools): Promise<Expanded> {
  const groups = new Map<string, readonly string[]>();
  const phases = new Map<string, Node>();
  for (const [name, phase] of fieldsOf(field(root, 'phases'))) {
    const steps: Node[] = [];
    for (const step of stepsOf(phase)) {
      const made = await stepsFor(step, tools);
      const id = stepId(step);
      if (made !== undefined && id !== undefined)
        groups.set(
          id,
          made.map((each) => stepId(each) ?? id),
        );
      steps.push(...(made ?? [step]));
    }
    phases.set(name, withSteps(phase, steps));
  }
  for (const [name, phase] of phases)
    phases.set(
      name,
      withSteps(
        phase,
        stepsOf(phase).map((step) => withNeeds(step, groups)),
      ),
    );
  const node = field(root, 'phases');
  const next: Node | undefined = node?.kind === 'map' ? { ...node, fields: phases } : node;
  return { root: next === undefined ? root : { ...root, fields: new Map(root.fields).set('phases', next) }, groups };
}

function withSteps(phase: Node, items: readonly Node[]): Node {
  const list = field(phase, 'steps');
  return phase.kind === 'map' && list?.kind === 'list'
    ? { ...phase, fields: new Map(phase.fields).set('steps', { ...list, items }) }
    : phase;
}

/** Whoever needs a step with `foreach` needs all that came of it. */
function withNeeds(step: Node, groups: Expanded['groups']): Node {
  const needs = field(step, 'needs');
  if (step.kind !== 'map' || needs?.kind !== 'list' || !needs.items.some((item) => groups.has(textOf(item) ?? ''))) return step;
  const items = needs.items.flatMap((item) => groups.get(textOf(item) ?? '')?.map((id) => nodeAt(id, item.origin)) ?? [item]);
  return { ...step, fields: new Map(step.fields).set('needs', { ...needs, items }) };
}

async function stepsFor(step: Node, tools: ForeachTools): Promise<readonly Node[] | undefined> {
  const node = field(step, 'foreach');
  if (node === undefined || step.kind !== 'map') return undefined;
  const fields = new Map(step.fields);
  fields.delete('foreach');
  const id = stepId(step);
  const items = await itemsFor(node, id === undefined ? 'this step' : `the step \`${id}\``, tools);
  // A step without a name is complained about where steps are read.
  if (id === undefined || items.length === 0) return [{ ...step, fields }];
  const names = namesOf(items);
  return items.map((item, index) => {
    const name = names[index] ?? String(index + 1);
    const own = new Map(fields);
    own.set('id', nodeAt(`${id}-${name}`, (field(step, 'id') ?? field(step, 'uses') ?? step).origin));
    const title = field(step, 'name');
    if (textOf(title) !== undefined && title !== undefined) own.set('name', nodeAt(`${textOf(title)} (${name})`, title.origin));
    return substituteStep({ ...step, fields: own }, namesOfItem(item, tools.complaints));
  });
}

/** As many as the jobs of a matrix of GitHub Actions. */
const mostItems = 256;

async function itemsFor(node: Node, what: string, { expressions, inputs, complaints }: ForeachTools): Promise<readonly Node[]> {
  if (node.kind === 'list') {
    if (node.items.length > 0 && node.items.length <= mostItems) return node.items;
    complaints.at('foreach/items', { what, why: countFault(node.items.length) }, node, 'value');
    return [];
  }
  // Another form than a list or a text is complained about where forms are checked.
  const text = textOf(node);
  if (text === undefined) return [];
  const before = complaints.list.length;
  const scope = new Scopes({ inputs, env: [], steps: [], services: [] }).before;
  const { template, references } = await expressions.value(node, scope);
  if (complaints.list.length > before) return [];
  const refuse = (why: string): readonly Node[] => {
    complaints.at('foreach/items', { what, why }, node, 'value');
    return [];
  };
  if (!text.includes('${{')) return refuse('it is a text, and no list');
  // An input without a value is complained about where inputs are read; with one item in its place the step is still checked.
  if (references.some(({ context, path: [name = ''] }) => context === 'inputs' && inputs.missing.has(name)))
    return [nodeAt('item', node.origin)];
  if (template.kind !== 'literal') return refuse('the value of the expression is not known before the run');
  if (!Array.isArray(template.value)) return refuse(`the expression gives ${valueWords(template.value)}, and no list`);
  if (template.value.length === 0 || template.value.length > mostItems) return refuse(countFault(template.value.length));
  return itemsOf(nodeAt(template.value, node.origin));
}

const countFault = (count: number): string =>
  count === 0 ? 'the list is empty' : `the list has ${count} items, and ${mostItems} are the limit`;

/** What is put behind the id: the items themselves where all of them can be part of one, else their numbers. */
function namesOf(items: readonly Node[]): readonly string[] {
  const texts = items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [String(item.value)] : []));
  const fit =
    texts.length === items.length && texts.every((text) => /^[\w-]{1,40}$/.test(text)) && new Set(texts).size === texts.length;
  return fit ? texts : items.map((_, index) => String(index + 1));
}

/** `item`, and what a path leads to in it. */
function namesOfItem(item: Node, complaints: Complaints): Names {
  const find: Names['find'] = ({ context, path, node, offset, length }) => {
    if (context !== 'item') return undefined;
    let at = item;
    for (const [used, name] of path.entries()) {
      const next: Node | undefined = at.kind === 'list' ? at.items[Number(name)] : field(at, name);
      if (next === undefined) {
        // What an expression in the item gives is not known here.
        if (at.kind === 'scalar' && String(at.value).includes('${{')) return { used, node: at };
        const known = [...fieldsOf(at).keys()];
        const near = nearest(name, known);
        const of = ['item', ...path.slice(0, used)].join('.');
        const facts = { of, name, known, ...(near === undefined ? {} : { near }) };
        const problem = expressionProblem('expression/unknown-property', facts, { offset, length });
        complaints.also([toDiagnostic(problem, placeInText(node, offset, offset + length))]);
        // Of no type and no value: the mistake is said, and makes no others.
        return { used: path.length, expression: "fromJSON('null')" };
      }
      at = next;
    }
    return { used: path.length, node: plain(at) === null ? nodeAt(null, item.origin) : at };
  };
  const tooLong = (node: Node): void => complaints.at('reuse/too-large', { what: 'characters', limit: textLimit }, node, 'value');
  return { find, tooLong };
}
