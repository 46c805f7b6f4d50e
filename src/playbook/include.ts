// `include:` brings a list of steps from another file: its inputs are replaced by what `with` says, and the ids get a prefix.
import { nearest } from '../diagnostics/nearest.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import { convert, expected, type Input, readInput } from './inputs.ts';
import { isStepList, stepId } from './merge.ts';
import type { Reuse } from './reuse.ts';
import type { Location } from './reuse-address.ts';
import { checkVersions } from './settings.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { type Names, nodeAt, substituteStep, textLimit } from './substitute.ts';
import { field, fieldsOf, itemsOf, type MapNode, type Node, nodeOf, plain, textOf } from './tree.ts';

/** Of no type and no value: a mistake that has been said makes no others. */
const unknown = "${{ fromJSON('null') }}";

export interface IncludeTools {
  readonly reuse: Reuse;
  readonly complaints: Complaints;
  /** Files that are brought in, each once. */
  readonly files: Set<Source>;
  /** How often a file was brought in. */
  readonly times: { count: number };
}

const mostTimes = 500;

/** The file with every `include` replaced by the steps that it names. `chain`: the files on the way, the last one is this. */
export async function expandIncludes(root: Node, chain: readonly Location[], tools: IncludeTools): Promise<Node> {
  const phases = field(root, 'phases');
  if (root.kind !== 'map' || phases?.kind !== 'map') return root;
  const expanded = new Map<string, Node>();
  for (const [name, phase] of phases.fields) expanded.set(name, await inPhase(phase, chain, tools));
  return { ...root, fields: new Map(root.fields).set('phases', { ...phases, fields: expanded }) };
}

async function inPhase(phase: Node, chain: readonly Location[], tools: IncludeTools): Promise<Node> {
  const steps = field(phase, 'steps');
  const list = isStepList(steps);
  if (phase.kind !== 'map' || steps === undefined || list === undefined) return phase;
  const items = await expandSteps(list.items, chain, tools);
  const next: Node =
    steps === list ? { ...list, items } : { ...(steps as MapNode), fields: new Map([['append', { ...list, items }]]) };
  return { ...phase, fields: new Map(phase.fields).set('steps', next) };
}

async function expandSteps(steps: readonly Node[], chain: readonly Location[], tools: IncludeTools): Promise<readonly Node[]> {
  const all: Node[] = [];
  for (const step of steps) {
    const include = field(step, 'include');
    // What is wrong with its form is said where all forms are checked.
    if (textOf(field(include, 'from')) === undefined) all.push(step);
    else all.push(...(await included(step, include, chain, tools)));
  }
  return all;
}

async function included(
  step: Node,
  include: Node | undefined,
  chain: readonly Location[],
  tools: IncludeTools,
): Promise<readonly Node[]> {
  const { complaints, reuse, files } = tools;
  for (const [key, node] of fieldsOf(step)) {
    if (key === 'include') continue;
    complaints.at('step/key-kind', { key, found: 'A step with `include`', allowed: 'steps of their own' }, node, 'key');
  }
  const from = field(include, 'from');
  if (include === undefined || from === undefined) return [];
  checkShape(include, complaints, 'include');
  tools.times.count++;
  if (tools.times.count > mostTimes) {
    if (tools.times.count === mostTimes + 1) complaints.at('reuse/too-large', { what: 'files', limit: mostTimes }, from, 'value');
    return [];
  }
  const opened = await reuse.open(from, chain);
  if (opened === undefined) return [];
  const { source, location } = opened;
  if (!files.has(source)) {
    files.add(source);
    complaints.also(source.problems);
    if (source.value !== undefined) {
      const included = nodeOf(source.value, { source, path: [] });
      checkShape(included, complaints, 'included');
      checkVersions(included, complaints);
    }
  }
  if (source.value === undefined) return [];
  const file = nodeOf(source.value, { source, path: [] });
  const as = prefixOf(include, complaints);
  const inputs = givenInputs({ include, from, file, name: source.file, complaints });
  // From the inside out: what an included file includes is written in its own names.
  const steps = await expandSteps(itemsOf(field(file, 'steps')), [...chain, location], tools);
  const ids = new Map(steps.flatMap((each) => stepId(each) ?? []).map((id) => [id, as === undefined ? id : `${as}-${id}`]));
  const names = namesIn({ inputs, ids, complaints, name: source.file });
  return steps.flatMap((each) => {
    const step = withIds(substituteStep(each, names), ids);
    if (valuesIn(step, mostValues) <= mostValues) return [step];
    complaints.at('reuse/too-large', { what: 'values', limit: mostValues }, each, 'head');
    return [];
  });
}

/** As many as a file may have; a list in a list in a list multiplies where each is an input of the next file. */
const mostValues = 100_000;

/** How many values there are in it; it stops to count soon after `limit`. */
function valuesIn(node: Node, limit: number): number {
  if (node.kind === 'scalar') return 1;
  let count = 1;
  for (const inner of node.kind === 'list' ? node.items : node.fields.values()) {
    count += valuesIn(inner, limit - count);
    if (count > limit) break;
  }
  return count;
}

function prefixOf(include: Node, complaints: Complaints): string | undefined {
  const node = field(include, 'as');
  const as = textOf(node);
  if (node === undefined || as === undefined) return undefined;
  if (/^[A-Za-z][\w-]*$/.test(as)) return as;
  complaints.at('include/prefix', { as }, node, 'value');
  return undefined;
}

/** The values of the included file's inputs, as they take the place of `inputs.<name>`. */
function givenInputs(o: {
  readonly include: Node;
  readonly from: Node;
  readonly file: Node;
  readonly name: string;
  readonly complaints: Complaints;
}): ReadonlyMap<string, Node> {
  const { complaints } = o;
  const declared = fieldsOf(field(o.file, 'inputs'));
  const known = [...declared.keys()];
  const given = fieldsOf(field(o.include, 'with'));
  for (const [name, node] of given) {
    if (declared.has(name)) continue;
    const near = nearest(name, known);
    const facts = { name, file: o.name, why: 'does not exist', known, ...(near === undefined ? {} : { near }) };
    complaints.at('include/input', facts, node, 'key');
  }
  const values = new Map<string, Node>();
  for (const [name, node] of declared) {
    const value = given.get(name) ?? field(node, 'default');
    if (value === undefined) {
      const wanted = plain(field(node, 'required') ?? nodeAt(false, node.origin)) === true;
      if (wanted) complaints.at('include/input', { name, file: o.name, why: 'has no value', known }, o.from, 'value');
      values.set(name, nodeAt(wanted ? unknown : null, node.origin));
      continue;
    }
    const input = readInput({ name, node, complaints });
    values.set(name, converted(value, { ...o, input, known }));
  }
  return values;
}

/** What an expression gives is known later; all else is checked here. */
function converted(
  value: Node,
  o: {
    readonly input: Omit<Input, 'declared' | 'place'>;
    readonly name: string;
    readonly known: readonly string[];
    readonly complaints: Complaints;
  },
): Node {
  if (JSON.stringify(plain(value)).includes('${{')) return value;
  const result = convert(o.input, plain(value));
  if (result.ok) return value.kind === 'scalar' ? nodeAt(result.value, value.origin) : value;
  const why = `takes ${expected(o.input)}, and here it is ${valueWords(plain(value))}`;
  o.complaints.at('include/input', { name: o.input.name, file: o.name, why, known: o.known }, value, 'value');
  return nodeAt(unknown, value.origin);
}

/** `inputs` are those of the file alone, `steps` those of the file before all others. */
function namesIn(o: {
  readonly inputs: ReadonlyMap<string, Node>;
  readonly ids: ReadonlyMap<string, string>;
  readonly complaints: Complaints;
  readonly name: string;
}): Names {
  const find: Names['find'] = ({ context, path, node, offset, length }) => {
    const [name] = path;
    if (context === 'steps' && name !== undefined) {
      const id = o.ids.get(name);
      return id === undefined ? undefined : { used: 1, expression: `steps.${id}` };
    }
    if (context !== 'inputs' || name === undefined) return undefined;
    const value = o.inputs.get(name);
    if (value !== undefined) return { used: 1, node: value };
    const known = [...o.inputs.keys()];
    const near = nearest(name, known);
    const { source, path: at } = node.origin;
    o.complaints.add(
      'include/input',
      { name, file: o.name, why: 'does not exist', known, ...(near === undefined ? {} : { near }) },
      { place: source.placeOffset(at, offset, offset + length) },
    );
    return { used: 1, node: nodeAt(unknown, node.origin) };
  };
  const tooLong = (node: Node): void =>
    o.complaints.at('reuse/too-large', { what: 'characters', limit: textLimit }, node, 'value');
  return { find, tooLong };
}

/** A step under its new id, with `needs` that mean steps of the same file. */
function withIds(step: Node, ids: ReadonlyMap<string, string>): Node {
  const id = stepId(step);
  const next = id === undefined ? undefined : ids.get(id);
  if (id === undefined || next === undefined || next === id) return step;
  const fields = new Map<string, Node>(step.kind === 'map' ? step.fields : [['uses', step]]);
  fields.set('id', nodeAt(next, (field(step, 'id') ?? field(step, 'uses') ?? step).origin));
  const needs = field(step, 'needs');
  if (needs?.kind === 'list') {
    const items = needs.items.map((item) => nodeAt(ids.get(textOf(item) ?? '') ?? plain(item), item.origin));
    fields.set('needs', { ...needs, items });
  }
  return { kind: 'map', fields, origin: step.origin };
}
