import type { Complaints } from '../playbook/complaints.ts';
import { field, type Node, numberOf, plain } from '../playbook/tree.ts';
import { conform } from '../registry/conform.ts';
import { quantityForms } from '../registry/quantity.ts';
import { valueWords } from '../registry/type-words.ts';
import { valueProblems } from '../registry/value-problem.ts';
import { type PlaytestPart, playtestGrammar, type TestForm, testForms } from './grammar.ts';

/** Is every key of this part known and of its type? What stands in a part below it is checked as that part. */
export function checkPart(o: {
  readonly node: Node;
  readonly part: PlaytestPart;
  readonly where: string;
  readonly complaints: Complaints;
}): void {
  const schema = playtestGrammar[o.part];
  o.complaints.values(valueProblems({ schema, value: conform(schema, plain(o.node)), where: o.where }), o.node);
  const takes = field(o.node, 'takes');
  // `takes: 30` could be seconds or minutes.
  if (Object.hasOwn(schema.properties, 'takes') && takes !== undefined && numberOf(takes) !== undefined) {
    const facts = { key: 'takes', expected: quantityForms.duration, found: valueWords(plain(takes)) };
    o.complaints.at('playbook/form', facts, takes, 'value');
  }
  for (const [key, form] of Object.entries(testForms[o.part] ?? {})) {
    const item = field(o.node, key);
    if (item !== undefined) checkForm(item, { form, key, complaints: o.complaints });
  }
}

function checkForm(node: Node, o: { readonly form: TestForm; readonly key: string; readonly complaints: Complaints }): void {
  const { form, key, complaints } = o;
  if (!fits(node, form)) {
    complaints.at('playbook/type', { key, expected: form.is, found: valueWords(plain(node)) }, node, 'value');
    return;
  }
  // Items of parts have words of their own where they are read.
  if (node.kind === 'list' && form.list !== undefined && form.list.part === undefined)
    for (const [index, item] of node.items.entries()) checkForm(item, { form: form.list, key: `${key}[${index}]`, complaints });
  if (node.kind === 'map' && form.map !== undefined)
    for (const [name, item] of node.fields) checkForm(item, { form: form.map, key: name, complaints });
}

function fits(node: Node, form: TestForm): boolean {
  if (form.any === true) return true;
  if (node.kind === 'list') return form.list !== undefined;
  if (node.kind === 'map') return form.map !== undefined || form.part !== undefined;
  const { value } = node;
  if (typeof value === 'string') return form.text === true || form.words?.includes(value) === true;
  if (typeof value === 'number') return form.integer !== undefined && Number.isInteger(value) && value >= form.integer.minimum;
  return value === false && form.never === true;
}
