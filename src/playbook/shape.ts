// Is every key known and of the type that the grammar says? One mistake is one problem, whatever other forms a value may have.
import type { Json, ObjectSchema } from '../plugin-api.ts';
import { conform } from '../registry/conform.ts';
import { quantityForms } from '../registry/quantity.ts';
import { valueWords } from '../registry/type-words.ts';
import { type ValueProblem, valueProblems } from '../registry/value-problem.ts';
import type { Complaints } from './complaints.ts';
import { type Form, grammar, nested, notYet, type Part } from './grammar.ts';
import { appended, stepId } from './merge.ts';
import { field, type MapNode, type Node, plain, textsBelow } from './tree.ts';

/** Where values are not evaluated, or where other words are said about it. */
const mayHoldExpressions: ReadonlySet<string> = new Set([
  'if',
  'with',
  'env',
  'run',
  'argv',
  'defaults',
  'description',
  'migrate',
  'seed',
  'reason',
]);

/** `part`: what the node is as a whole; a file that is included is another whole than a playbook. */
export function checkShape(root: Node, complaints: Complaints, part: 'playbook' | 'included' | 'include' = 'playbook'): void {
  const words = part === 'include' ? '`include`' : topLevel;
  new Shape(complaints).check(root, { part }, { where: words, key: part === 'include' ? 'include' : words });
}

interface Context {
  /** What the value is, in words. */
  readonly where: string;
  /** What it stands behind. */
  readonly key: string;
}

class Shape {
  constructor(readonly complaints: Complaints) {}

  check(node: Node, form: Form, context: Context): void {
    if (form.any === 'value' || (form.any === 'map' && node.kind === 'map')) return;
    if (node.kind === 'map' && form.list !== undefined && appended(node) !== undefined) {
      this.complaints.at('playbook/append', { key: context.key, below: 'nothing' }, node);
    } else if (node.kind === 'map' && form.part !== undefined) {
      this.#part(node, form.part, context.where);
    } else if (node.kind === 'map' && form.map !== undefined) {
      for (const [key, item] of node.fields) this.check(item, form.map, { where: childWords(form.map, key, context), key });
    } else if (node.kind === 'list' && form.list !== undefined) {
      for (const [index, item] of node.items.entries()) {
        this.check(item, form.list, {
          where: itemWords(form.list, item, `${context.key}[${index}]`),
          key: `${context.key}[${index}]`,
        });
      }
    } else if (node.kind === 'scalar' && typeof node.value === 'string' && form.text !== undefined) {
      return;
    } else if (node.kind === 'scalar' && typeof node.value === 'number' && form.number === true) {
      return;
    } else {
      this.complaints.at(
        'playbook/type',
        { key: context.key, expected: formWords(form), found: valueWords(plain(node)) },
        node,
        'value',
      );
    }
  }

  #part(node: MapNode, part: Part, where: string): void {
    const schema: ObjectSchema = grammar[part];
    const written = shallow(node, schema);
    const value = conform(schema, written);
    const problems = valueProblems({ schema, value, where });
    const forms = nested[part] ?? {};
    const appending = new Set<string>();
    const expressions = new Set<string>();
    for (const [key, item] of node.fields) {
      if (appended(item) !== undefined) appending.add(key);
      const form = Object.hasOwn(forms, key) ? forms[key] : undefined;
      if (mayHoldExpressions.has(key) || form?.part !== undefined || form?.map !== undefined || form?.list !== undefined)
        continue;
      if (item.kind === 'scalar' && (typeof item.value !== 'string' || !item.value.includes('${{'))) continue;
      for (const { node: at, text } of textsBelow(item)) {
        if (!text.includes('${{')) continue;
        expressions.add(key);
        this.complaints.at('playbook/expression-place', { key }, at, 'value');
      }
    }
    this.complaints.values(
      problems.flatMap((problem) => this.#known(problem, { part, said: new Set([...expressions, ...appending]) })),
      node,
    );
    this.complaints.values(bareAmounts(part, written), node);
    for (const key of appending) {
      const item = field(node, key);
      if (item !== undefined && schema.properties[key] !== undefined && forms[key] === undefined) {
        this.complaints.at('playbook/append', { key, below: 'nothing' }, item);
      }
    }
    for (const [key, item] of node.fields) {
      const form = Object.hasOwn(forms, key) ? forms[key] : undefined;
      if (form !== undefined) this.check(item, form, { where: keyWords(form, key, where), key });
    }
  }

  /** A key that the language has and this version has not is a problem of its own; one with an expression is said already. */
  #known(problem: ValueProblem, of: { readonly part: Part; readonly said: ReadonlySet<string> }): readonly ValueProblem[] {
    const key = problem.path[0];
    if (problem.code !== 'playbook/unknown-key') return typeof key === 'string' && of.said.has(key) ? [] : [problem];
    const later = notYet[of.part] ?? {};
    const instead = Object.hasOwn(later, problem.facts.key) ? later[problem.facts.key] : undefined;
    if (instead === undefined) return [problem];
    return [{ ...problem, code: 'playbook/not-supported', facts: { what: `\`${problem.facts.key}\``, instead } }];
  }
}

/** The value of a part; what is checked on its own, key by key, is only there. */
function shallow({ fields }: MapNode, { properties }: ObjectSchema): Readonly<Record<string, Json>> {
  const value: Record<string, Json> = {};
  for (const [key, item] of fields) {
    value[key] = Object.hasOwn(properties, key) && properties[key]?.type === 'json' ? null : plain(item);
  }
  return value;
}

/** `timeout: 30` could be seconds or minutes. */
function bareAmounts(part: Part, value: Readonly<Record<string, Json>>): readonly ValueProblem[] {
  const schemas: ObjectSchema['properties'] = grammar[part].properties;
  return Object.entries(value).flatMap(([key, given]) => {
    if (typeof given !== 'number') return [];
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    if (schema === undefined || !('format' in schema) || schema.format !== 'duration') return [];
    const facts = { key, expected: quantityForms.duration, found: valueWords(given) };
    return [{ code: 'playbook/form', facts, path: [key], at: 'value' } satisfies ValueProblem];
  });
}

export const topLevel = 'the top level';
const named: { readonly [P in Part]?: string } = {
  input: 'input',
  service: 'service',
  phase: 'phase',
  auth: 'token',
  secret: 'secret',
};

function childWords(form: Form, key: string, context: Context): string {
  const word = form.part === undefined ? undefined : named[form.part];
  return word === undefined ? `\`${key}\` of ${context.where}` : `the ${word} \`${key}\``;
}
function itemWords(form: Form, item: Node, key: string): string {
  if (form.part !== 'step') return `\`${key}\``;
  const id = stepId(item);
  return id === undefined ? 'this step' : `the step \`${id}\``;
}
const keyWords = (form: Form, key: string, where: string): string =>
  where === topLevel || form.map !== undefined ? `\`${key}\`` : `\`${key}\` of ${where}`;

const listed: { readonly [P in Part]?: string } = {
  setup: 'commands: maps with `run`',
  step: 'steps',
  preparation: 'shell command lines, or maps with `run`',
  waiver: 'waivers: maps with `findings`, `until`, `by` and `reason`',
  opening: 'maps with `paths`, `as` and `reason`',
};

function formWords(form: Form): string {
  const words = [
    ...(form.text === undefined ? (form.number === true ? ['a number'] : []) : [form.text]),
    ...(form.list === undefined
      ? []
      : [`a list of ${(form.list.part === undefined ? undefined : listed[form.list.part]) ?? 'values'}`]),
    ...(form.map === undefined
      ? []
      : [
          `a map of names${form.map.part === undefined ? '' : ` to ${form.map.part === 'retry' ? 'keys' : `${form.map.part}s`}`}`,
        ]),
    ...(form.part === undefined && form.any !== 'map' ? [] : ['a map of keys']),
  ];
  return words.join(', or ');
}
