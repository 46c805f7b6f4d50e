// What a case expects, against the path that was taken.
import type { Plan } from '../model/plan.ts';
import type { Complaints } from '../playbook/complaints.ts';
import { field, fieldsOf, itemsOf, type Node, numberOf, plain, textOf, textsOf } from '../playbook/tree.ts';
import type { Json } from '../plugin-api.ts';
import { askedIn, complainUnknownStep } from './answers.ts';
import { pathWords, type Taken, wordOf } from './taken.ts';

interface Expecting {
  readonly node: Node;
  readonly plan: Plan;
  readonly playbook: string;
  readonly complaints: Complaints;
}

/** Names of steps that do not exist, before anything is played. */
export function checkExpected(o: Expecting): void {
  const known = [...askedIn(o.plan).keys()];
  const check = (id: string | undefined, node: Node, what: 'key' | 'value'): void => {
    if (id !== undefined && !known.includes(id)) complainUnknownStep({ ...o, id, node, what, known });
  };
  for (const key of ['ran', 'skipped']) for (const item of itemsOf(field(o.node, key))) check(textOf(item), item, 'value');
  for (const key of ['results', 'told', 'retried']) for (const [id, item] of fieldsOf(field(o.node, key))) check(id, item, 'key');
}

export function compare(o: Expecting & { readonly taken: Taken }): void {
  const { node, taken, complaints } = o;
  const path = pathWords(taken);
  const differ = (what: string, at: Node, [expected, found]: readonly [string, string]): void => {
    if (expected === found) return;
    // The path is the same for all that is otherwise.
    const facts = { what, expected, found, path: complaints.list.length === 0 ? path : '' };
    complaints.at('playtest/otherwise', facts, at, 'value');
  };
  const { finished } = taken;
  const one = (key: string, found: Json): void => {
    const at = field(node, key);
    if (at !== undefined) differ(`\`${key}\``, at, [String(plain(at)), String(found)]);
  };
  one('verdict', finished?.verdict ?? '');
  one('status', finished?.status ?? '');
  one('exit-code', finished?.exitCode ?? '');
  one('attempts', taken.attempts);
  const delivers = field(node, 'delivers');
  if (delivers !== undefined) {
    const words = (value: Json): string => (value === false ? 'nothing' : `attempt ${String(value)}`);
    differ('`delivers`', delivers, [words(plain(delivers)), words(taken.delivered ?? false)]);
  }
  const reason = field(node, 'reason');
  const text = textOf(reason);
  if (reason !== undefined && text !== undefined && !(finished?.reason ?? '').includes(text))
    differ('`reason`', reason, [`a reason with "${text}"`, `"${finished?.reason ?? ''}"`]);
  for (const key of ['ran', 'skipped'] as const) {
    const at = field(node, key);
    if (at !== undefined) differ(`\`${key}\``, at, [setWords(textsOf(at)), setWords(taken[key])]);
  }
  for (const [id, at] of fieldsOf(field(node, 'results'))) {
    const words = (taken.results.get(id) ?? []).map(wordOf);
    const wanted = at.kind === 'list' ? textsOf(at) : [textOf(at) ?? ''];
    // One word is how it ended last.
    const found = at.kind === 'list' ? words : words.slice(-1);
    differ(`the results of \`${id}\``, at, [listWords(wanted), listWords(found)]);
  }
  for (const [id, at] of fieldsOf(field(node, 'told')))
    differ(`what \`${id}\` was told`, at, [setWords(textsOf(at)), setWords(told(o, id))]);
  for (const [id, at] of fieldsOf(field(node, 'retried')))
    differ(`\`${id}\` was tried again`, at, [
      timesWords(numberOf(at) ?? 0),
      timesWords(taken.retried.filter(({ step }) => step === id).length),
    ]);
}

/** Codes of what the attempts before the last one of this action found. */
function told({ taken, plan }: Expecting & { readonly taken: Taken }, id: string): readonly string[] {
  const phase = plan.phases.find(({ steps }) => steps.some((step) => step.id === id));
  const turns = taken.ends.filter(({ step }) => step === id);
  const last = turns.at(-1);
  if (phase === undefined || last === undefined) return [];
  const before = taken.ends.filter(({ attempt }) => attempt === last.attempt - 1);
  const codes = before.flatMap(({ result }) =>
    result.kind === 'gate' && result.verdict === 'fail'
      ? result.findings.flatMap(({ code, severity, standing }) => (severity === 'error' && standing === 'counts' ? [code] : []))
      : [],
  );
  return [...new Set(codes)];
}

const timesWords = (count: number): string => (count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`);
const setWords = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : [...ids].sort().join(', '));
const listWords = (list: readonly string[]): string => (list.length === 0 ? 'never' : list.join(', then '));
