// Changes of one step in the text of a playbook. Only what changes is touched: comments, quotes and blank lines stay as they are.
import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { flow, list } from './yaml-words.ts';

export interface NewWaiver {
  readonly findings: readonly string[];
  readonly in?: readonly string[];
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}
export interface StepChange {
  readonly phase: string;
  readonly id: string;
  readonly waive: readonly NewWaiver[];
  /** Values of `with`. */
  readonly with: Readonly<Record<string, number>>;
}
type Item = Scalar | YAMLMap;

/** The file with the change; a step that a file below has, and this one has not, gets an entry of its own here. */
export function changeStep(text: string, change: StepChange): string {
  const broken = inBlock(text, change);
  const own = stepIn(broken, change);
  if (own === undefined) return addStep(broken, change);
  const named = isScalar(own) ? asMap(broken, own) : broken;
  const withValues = Object.entries(change.with).reduce((now, [key, value]) => setWith(now, change, key, value), named);
  const base = idOf(own);
  return change.waive.reduce(
    (now, waiver) => addWaiver(now, change, base === undefined ? waiver : forAllItems(waiver, { base, id: change.id })),
    withValues,
  );
}

/** Findings of a `run:` begin with the step's id; where `foreach` makes several of the step, its waivers stand in each. */
function forAllItems(waiver: NewWaiver, { base, id }: { readonly base: string; readonly id: string }): NewWaiver {
  const each = (code: string): string => (code.startsWith(`${id}/`) ? `${base}-*${code.slice(id.length)}` : code);
  return base === id ? waiver : { ...waiver, findings: waiver.findings.map(each) };
}

// ---- Where things are ----------------------------------------------------------------------------------------------------------------

const contentOf = (text: string): unknown => parseDocument(text).contents;
function pairOf(node: unknown, key: string): Pair | undefined {
  return isMap(node) ? node.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined;
}
const fieldOf = (node: unknown, key: string): unknown => pairOf(node, key)?.value;

/** The list of steps of a phase, in either form. */
function stepsIn(text: string, phase: string): YAMLSeq | undefined {
  const node = fieldOf(fieldOf(contentOf(text), 'phases'), phase);
  const steps = isMap(node) ? fieldOf(node, 'steps') : node;
  if (isSeq(steps)) return steps;
  const appended = fieldOf(steps, 'append');
  return isSeq(appended) ? appended : undefined;
}
function stepIn(text: string, { phase, id }: StepChange): Item | undefined {
  const items = stepsIn(text, phase)?.items.filter((item): item is Item => isScalar(item) || isMap(item)) ?? [];
  return (
    items.find((item) => idOf(item) === id) ??
    items.find((item) => isMap(item) && pairOf(item, 'foreach') !== undefined && id.startsWith(`${idOf(item)}-`))
  );
}
const lastName = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.split('/').filter(Boolean).at(-1) : undefined;
function idOf(item: Item): string | undefined {
  if (isScalar(item)) return lastName(item.value);
  const id = fieldOf(item, 'id');
  const uses = fieldOf(item, 'uses');
  return isScalar(id) ? String(id.value) : isScalar(uses) ? lastName(uses.value) : undefined;
}

const isFlow = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.flow === true;
const startOf = (node: unknown): number => (isMap(node) || isSeq(node) || isScalar(node) ? (node.range?.[0] ?? 0) : 0);
/** Behind the last character that belongs to the value; a collection in block style ends with its last value. */
function endOf(text: string, node: unknown): number {
  if (!isFlow(node)) {
    if (isMap(node)) {
      const last = node.items.at(-1);
      if (last !== undefined) return endOf(text, isNothing(last.value) ? last.key : last.value);
    }
    if (isSeq(node) && node.items.length > 0) return endOf(text, node.items.at(-1));
  }
  let end = isMap(node) || isSeq(node) || isScalar(node) ? (node.range?.[1] ?? 0) : 0;
  while (end > 0 && /\s/.test(text.charAt(end - 1))) end--;
  return end;
}
const isNothing = (node: unknown): boolean => node === null || (isScalar(node) && node.value === null && node.source === '');
const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

// ---- What is written -----------------------------------------------------------------------------------------------------------------

const splice = (text: string, from: number, to: number, put: string): string => text.slice(0, from) + put + text.slice(to);
const below = (text: string, offset: number, lines: readonly string[]): string => {
  const at = lineEnd(text, offset);
  return splice(text, at, at, `\n${lines.join('\n')}`);
};
const indented = (lines: readonly string[], column: number): readonly string[] =>
  lines.map((line) => `${' '.repeat(column)}${line}`);
const inFlow = (text: string, node: unknown, put: string): string => {
  const end = (isMap(node) || isSeq(node) ? (node.range?.[1] ?? 1) : 1) - 1;
  const before = text.slice(0, end).trimEnd().length;
  const empty = (isMap(node) || isSeq(node)) && node.items.length === 0;
  return splice(text, before, end, `${empty ? '' : ', '}${put}${isMap(node) ? ' ' : ''}`);
};

const waiverFields = ({ findings, in: files, until, by, reason }: NewWaiver): readonly string[] => [
  `findings: ${list(findings)}`,
  ...(files === undefined ? [] : [`in: ${list(files)}`]),
  `until: ${until}`,
  `by: ${flow(by)}`,
  `reason: ${flow(reason)}`,
];
function waiverLines(waiver: NewWaiver): readonly string[] {
  return waiverFields(waiver).flatMap((field, index) => {
    const lead = index === 0 ? '- ' : '  ';
    if (field.length < 110 || waiver.in === undefined || !field.startsWith('in: ')) return [`${lead}${field}`];
    return [`${lead}in:`, ...waiver.in.map((file) => `    - ${flow(file)}`)];
  });
}
const waiverFlow = (waiver: NewWaiver): string => `{ ${waiverFields(waiver).join(', ')} }`;

/** `[tests, coverage]` gets lines of its own, since its steps are to say more. */
function inBlock(text: string, { phase }: StepChange): string {
  const steps = stepsIn(text, phase);
  if (steps === undefined || steps.flow !== true) return text;
  const from = startOf(steps);
  const to = endOf(text, steps);
  const source = text.slice(from, to);
  if (source.includes('\n') || steps.items.length === 0) return text;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const key = /^(\s*)[\w-]+:\s*$/.exec(text.slice(lineStart, from));
  if (key === null) return text;
  const items = steps.items.map((item) => `- ${text.slice(startOf(item), endOf(text, item))}`);
  const start = text.slice(0, from).trimEnd().length;
  const comment = text.slice(to, lineEnd(text, to)).trim();
  const put = `${comment === '' ? '' : ` ${comment}`}\n${indented(items, (key[1] ?? '').length + 2).join('\n')}`;
  return splice(text, start, lineEnd(text, to), put);
}

function asMap(text: string, item: Scalar): string {
  const [from, to] = [startOf(item), endOf(text, item)];
  const name = text.slice(from, to);
  // Within brackets over several lines.
  const inList = !/^\s*(- )+\s*$/.test(text.slice(text.lastIndexOf('\n', from - 1) + 1, from));
  return splice(text, from, to, inList ? `{ uses: ${name} }` : `uses: ${name}`);
}

function mapOf(text: string, change: StepChange): YAMLMap {
  const item = stepIn(text, change);
  if (!isMap(item)) throw new Error(`unreachable: the step ${change.id} is a map by now`);
  return item;
}

function addWaiver(text: string, change: StepChange, waiver: NewWaiver): string {
  const step = mapOf(text, change);
  const known = fieldOf(step, 'waive');
  if (isSeq(known) && known.flow !== true) {
    return below(text, endOf(text, known), indented(waiverLines(waiver), columnOf(text, startOf(known))));
  }
  if (isSeq(known)) return inFlow(text, known, waiverFlow(waiver));
  if (isFlow(step)) return inFlow(text, step, `waive: [${waiverFlow(waiver)}]`);
  const column = columnOf(text, startOf(step));
  return below(text, endOf(text, step), [...indented(['waive:'], column), ...indented(waiverLines(waiver), column + 2)]);
}

function setWith(text: string, change: StepChange, key: string, value: number): string {
  const step = mapOf(text, change);
  const given = fieldOf(step, 'with');
  const old = fieldOf(given, key);
  if (isScalar(old)) return splice(text, startOf(old), endOf(text, old), String(value));
  if (isFlow(given)) return inFlow(text, given, `${key}: ${value}`);
  if (isMap(given) && given.items.length > 0) {
    return below(text, endOf(text, given), indented([`${key}: ${value}`], columnOf(text, startOf(given))));
  }
  if (isFlow(step)) return inFlow(text, step, `with: { ${key}: ${value} }`);
  return below(text, endOf(text, step), indented([`with: { ${key}: ${value} }`], columnOf(text, startOf(step))));
}

/** `- id: tests` in the phase, which is made where it is missing. */
function addStep(text: string, change: StepChange): string {
  const { phase, id } = change;
  const lines = [`- id: ${id}`];
  const steps = stepsIn(text, phase);
  const phases = pairOf(contentOf(text), 'phases');
  let next: string;
  if (steps !== undefined && steps.flow !== true && steps.items.length > 0) {
    // The dash of its first step stands in front of it.
    const first = text.lastIndexOf('-', startOf(steps.items[0]));
    next = below(text, endOf(text, steps), indented(lines, columnOf(text, first)));
  } else if (steps !== undefined) next = inFlow(text, steps, `{ id: ${id} }`);
  else if (isMap(phases?.value) && phases.value.flow !== true && pairOf(phases.value, phase) === undefined) {
    const column = columnOf(text, startOf(phases.value));
    next = below(text, endOf(text, phases.value), [...indented([`${phase}:`], column), ...indented(lines, column + 2)]);
  } else if (phases === undefined) next = `${text.trimEnd()}\nphases:\n  ${phase}:\n    - id: ${id}\n`;
  else return text;
  return stepIn(next, change) === undefined ? text : changeStep(next, change);
}
