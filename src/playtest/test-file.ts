// A file of cases: read, checked against the plan of its playbook, played.

import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { Complaints, sorted } from '../playbook/complaints.ts';
import type { Prepared } from '../playbook/prepare.ts';
import type { Source } from '../playbook/source.ts';
import { field, fieldsOf, itemsOf, type MapNode, type Node, nodeOf, numberOf, plain, textOf, textsOf } from '../playbook/tree.ts';
import type { Registry } from '../registry/registry.ts';
import { valueWords } from '../registry/type-words.ts';
import { editOf, readScripts, type Script } from './answers.ts';
import { type Branch, branchesOf } from './branches.ts';
import { checkExpected, compare } from './expectations.ts';
import { playCase } from './play-case.ts';
import { checkPart } from './shape.ts';
import { pathWords, takenPath } from './taken.ts';

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** The steps in the order in which they ended. */
  readonly path: string;
  readonly milliseconds: number;
}
export interface FileResult {
  readonly file: string;
  readonly playbook: string;
  readonly cases: readonly CaseResult[];
  /** Everything that is wrong with the file, its playbook, and the paths that were taken. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
  readonly branches: readonly Branch[];
  /** Something is wrong with the file itself, or with its playbook: nothing was played. */
  readonly broken: boolean;
}

/** The playbook of a test, made ready for one case. */
export type PrepareCase = (o: {
  readonly playbook: string;
  readonly repo: string | undefined;
  readonly mode: 'run' | 'verify';
  readonly inputs: { readonly name: string; readonly text: string };
  readonly today: Date | undefined;
}) => Promise<{ readonly prepared: Prepared; readonly registry: Registry }>;

interface Surroundings {
  readonly prepareCase: PrepareCase;
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** The file and its playbook are checked, and no case is played. */
  readonly checkOnly?: boolean;
}

export async function runTestFile(source: Source, surroundings: Surroundings): Promise<FileResult> {
  return new TestFile(source, surroundings).run();
}

interface Case {
  readonly node: MapNode;
  readonly name: string;
  readonly mode: 'run' | 'verify';
}
interface Ready extends Case {
  readonly plan: Plan;
  readonly registry: Registry;
  readonly scripts: ReadonlyMap<string, Script>;
  readonly expect: Node;
}

class TestFile {
  readonly #source: Source;
  readonly #around: Surroundings;
  readonly #complaints = new Complaints();
  readonly #sources = new Map<string, Source>();
  /** Said of the playbook, once, for however many cases. */
  readonly #ofPlaybook: Diagnostic[] = [];
  #playbook = '';

  constructor(source: Source, around: Surroundings) {
    this.#source = source;
    this.#around = around;
    this.#sources.set(source.file, source);
  }

  async run(): Promise<FileResult> {
    this.#complaints.also(this.#source.problems);
    const root = nodeOf(this.#source.value, { source: this.#source, path: [] });
    const cases = this.#source.value === undefined ? [] : this.#read(root);
    const ready: Ready[] = [];
    for (const each of cases) {
      const one = await this.#prepare(root, each);
      if (one !== undefined) ready.push(one);
    }
    const broken = this.#complaints.list.some(isError) || this.#ofPlaybook.some(isError);
    const results: CaseResult[] = [];
    const runs: { readonly plan: Plan; readonly events: readonly JournalEvent[] }[] = [];
    for (const one of broken || this.#around.checkOnly === true ? [] : ready) {
      const { result, events } = await this.#play(one);
      results.push(result);
      runs.push({ plan: one.plan, events });
    }
    const sources = [...this.#sources.values()];
    return {
      file: this.#source.file,
      playbook: this.#playbook,
      cases: results,
      diagnostics: sorted(
        [...this.#complaints.list, ...this.#ofPlaybook],
        sources.map(({ file }) => file),
      ),
      sources,
      branches: branchesOf(runs),
      broken,
    };
  }

  #read(root: Node): readonly Case[] {
    const complaints = this.#complaints;
    if (root.kind !== 'map' || field(root, 'bexpert-test') === undefined) {
      const why = root.kind === 'map' ? 'it has no key `bexpert-test`' : `it is ${valueWords(plain(root))}`;
      complaints.at('playtest/not-a-test', { file: this.#source.file, why }, root);
      return [];
    }
    checkPart({ node: root, part: 'file', where: 'the top level', complaints });
    const version = field(root, 'bexpert-test');
    if (version !== undefined && numberOf(version) !== undefined && numberOf(version) !== 1)
      complaints.at('playtest/version', { found: String(plain(version)) }, version, 'value');
    this.#playbook = textOf(field(root, 'playbook')) ?? '';
    const list = field(root, 'cases');
    if (list?.kind !== 'list') return [];
    if (list.items.length === 0) complaints.at('playtest/no-cases', {}, list, 'value');
    return itemsOf(list).flatMap((node, index) => this.#case(node, index) ?? []);
  }

  #case(node: Node, index: number): Case | undefined {
    const complaints = this.#complaints;
    if (node.kind !== 'map') {
      const facts = { key: `cases[${index}]`, expected: 'a map of keys', found: valueWords(plain(node)) };
      complaints.at('playbook/type', facts, node, 'value');
      return undefined;
    }
    const name = textOf(field(node, 'name')) ?? `case ${index + 1}`;
    checkPart({ node, part: 'case', where: `the case \`${name}\``, complaints });
    const candidate = field(node, 'candidate');
    if (candidate?.kind === 'map') checkPart({ node: candidate, part: 'tree', where: '`candidate`', complaints });
    const expect = field(node, 'expect');
    if (expect?.kind === 'map') {
      checkPart({ node: expect, part: 'expect', where: '`expect`', complaints });
      if (fieldsOf(expect).size === 0) complaints.at('playtest/expects-nothing', {}, expect, 'value');
    }
    return { node, name, mode: textOf(field(node, 'mode')) === 'verify' ? 'verify' : 'run' };
  }

  /** The plan of a case, what its steps answer and what it expects; undefined where something of it is wrong. */
  async #prepare(root: Node, one: Case): Promise<Ready | undefined> {
    const { prepared, registry } = await this.#around.prepareCase({
      playbook: this.#playbook,
      repo: textOf(field(root, 'repo')),
      mode: one.mode,
      inputs: { name: `inputs of "${one.name}"`, text: JSON.stringify(plain(field(one.node, 'inputs') ?? emptyMap(one.node))) },
      today: dayOf(one.node),
    });
    for (const source of prepared.sources) if (!this.#sources.has(source.file)) this.#sources.set(source.file, source);
    for (const diagnostic of prepared.diagnostics) if (isError(diagnostic)) this.#ofPlaybook.push(diagnostic);
    const { plan } = prepared;
    const expect = field(one.node, 'expect');
    if (plan === undefined || expect === undefined) return undefined;
    const complaints = this.#complaints;
    const scripts = readScripts({ node: field(one.node, 'steps'), plan, playbook: this.#playbook, complaints });
    checkSecrets({ node: field(one.node, 'missing-secrets'), plan, complaints });
    checkExpected({ node: expect, plan, playbook: this.#playbook, complaints });
    return { ...one, plan, registry, scripts, expect };
  }

  async #play(one: Ready): Promise<{ readonly result: CaseResult; readonly events: readonly JournalEvent[] }> {
    const began = this.#around.now();
    const { node, plan, registry, scripts, mode } = one;
    const candidate = field(node, 'candidate');
    const acts = mode === 'run' && plan.phases.some(({ kind }) => kind === 'action');
    const { events, asked } = await playCase({
      plan,
      mode,
      scripts,
      registry,
      ci: plain(field(node, 'ci') ?? emptyMap(node)) === true,
      branch: textOf(field(node, 'branch')) ?? 'main',
      today: dayOf(node) ?? new Date(),
      missingSecrets: textsOf(field(node, 'missing-secrets')),
      candidate: acts || candidate === undefined ? undefined : editOf(candidate),
      signal: this.#around.signal,
    });
    const complaints = new Complaints();
    const taken = takenPath(events);
    compare({ node: one.expect, plan, playbook: this.#playbook, complaints, taken });
    checkAnswers({ scripts, asked, complaints });
    this.#complaints.also(complaints.list);
    const milliseconds = Math.max(0, this.#around.now() - began);
    return { result: { name: one.name, passed: complaints.list.length === 0, path: pathWords(taken), milliseconds }, events };
  }
}

function checkSecrets(o: { readonly node: Node | undefined; readonly plan: Plan; readonly complaints: Complaints }): void {
  const known = Object.keys(o.plan.secrets ?? {});
  for (const item of itemsOf(o.node)) {
    const name = textOf(item);
    if (name === undefined || known.includes(name)) continue;
    const near = nearest(name, known);
    o.complaints.at('playtest/unknown-secret', { name, known, ...(near === undefined ? {} : { near }) }, item, 'value');
  }
}

/** An answer that nobody asked for has no effect; one that is missing was made up. */
function checkAnswers(o: {
  readonly scripts: ReadonlyMap<string, Script>;
  readonly asked: ReadonlyMap<string, number>;
  readonly complaints: Complaints;
}): void {
  for (const [id, { node, always, answers }] of o.scripts) {
    const asked = o.asked.get(id) ?? 0;
    const given = answers.length;
    if (node === undefined) continue;
    if (asked === 0) o.complaints.at('playtest/unused-answer', { id, given, asked }, node, 'key');
    else if (!always && asked > given) o.complaints.at('playtest/too-few-answers', { id, given, asked }, node, 'key');
    else if (!always && asked < given)
      o.complaints.at('playtest/unused-answer', { id, given, asked }, itemsOf(node)[asked] ?? node, 'value');
  }
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
const emptyMap = ({ origin }: Node): Node => ({ kind: 'map', fields: new Map(), origin });
function dayOf(node: Node): Date | undefined {
  const text = textOf(field(node, 'today'));
  const day = text === undefined ? undefined : new Date(`${text}T12:00:00Z`);
  return day === undefined || Number.isNaN(day.getTime()) ? undefined : day;
}
