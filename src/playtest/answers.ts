// What a case lets steps answer, checked against the plan: who would answer so at all, and with what.
import { nearest } from '../diagnostics/nearest.ts';
import { commandGate } from '../engine/command-gate.ts';
import type { PhaseKind, Plan, StepPlan } from '../model/plan.ts';
import type { Complaints } from '../playbook/complaints.ts';
import { field, fieldsOf, itemsOf, type Node, numberOf, plain, textOf, textsOf } from '../playbook/tree.ts';
import type { Finding, GateManifest, Json, ObjectSchema, Outcome, Schema } from '../plugin-api.ts';
import { parseQuantity } from '../registry/quantity.ts';
import { valueWords } from '../registry/type-words.ts';
import { valueProblems } from '../registry/value-problem.ts';
import { answerForms, gateWords } from './grammar.ts';
import { checkPart } from './shape.ts';

/** Files that an action, or the working copy, changes. */
export interface Edit {
  readonly changes: ReadonlyMap<string, string | undefined>;
  readonly adds: readonly string[];
  readonly removes: readonly string[];
}
/** `failsFirst`: so many tries fail before it comes. */
export type Answer =
  | {
      readonly kind: 'context';
      readonly outputs: Json;
      readonly fails?: string;
      readonly takesMs: number;
      readonly failsFirst: number;
    }
  | {
      readonly kind: 'action';
      readonly outputs: Json;
      /** Undefined: a file of its own. */
      readonly edit: Edit | undefined;
      readonly outcome: Outcome;
      readonly says: string;
      readonly takesMs: number;
      readonly failsFirst: number;
    }
  | {
      readonly kind: 'gate';
      readonly outputs: Json;
      readonly finds: readonly Finding[];
      readonly onBase: readonly Finding[];
      readonly examined: number;
      readonly inconclusive?: string;
      readonly invalid?: string;
      readonly takesMs: number;
      readonly failsFirst: number;
    }
  | { readonly kind: 'approval'; readonly answer: 'approved' | 'unanswered' | { readonly rejected: string } };

/** `always`: one answer for every time. */
export interface Script {
  readonly node: Node | undefined;
  readonly always: boolean;
  readonly answers: readonly Answer[];
}

interface Asked {
  readonly id: string;
  readonly kind: PhaseKind;
  readonly step: StepPlan | undefined;
}

export function manifestOf(plan: Plan, step: StepPlan): GateManifest | undefined {
  if (step.body.kind !== 'plugin') return commandGate(step).manifest;
  const manifest = plan.plugins[step.body.plugin]?.manifest;
  return manifest?.kind === 'gate' ? manifest : undefined;
}

/** Who can be asked: every step, also of `finally`, and every phase of kind approve. */
export function askedIn(plan: Plan): ReadonlyMap<string, Asked> {
  const all = new Map<string, Asked>();
  for (const phase of plan.phases) {
    if (phase.kind === 'approve') all.set(phase.id, { id: phase.id, kind: 'approve', step: undefined });
    else for (const step of phase.steps) all.set(step.id, { id: step.id, kind: phase.kind, step });
  }
  for (const step of plan.finally ?? []) all.set(step.id, { id: step.id, kind: 'context', step });
  return all;
}

export function readScripts(options: {
  readonly node: Node | undefined;
  readonly plan: Plan;
  readonly playbook: string;
  readonly complaints: Complaints;
}): ReadonlyMap<string, Script> {
  const { plan, complaints } = options;
  const asked = askedIn(plan);
  const scripts = new Map<string, Script>();
  for (const [id, node] of fieldsOf(options.node)) {
    const who = asked.get(id);
    if (who === undefined) {
      complainUnknownStep({ id, node, what: 'key', known: [...asked.keys()], playbook: options.playbook, complaints });
      continue;
    }
    const reader = new Reader(plan, who, complaints);
    const items = node.kind === 'list' ? node.items : [node];
    if (items.length === 0) {
      complaints.at('playbook/limit', { key: id, expected: 'at least one answer', found: valueWords([]) }, node, 'value');
      continue;
    }
    scripts.set(id, { node, always: node.kind !== 'list', answers: items.map((item) => reader.answer(item)) });
  }
  for (const [id, who] of asked) {
    if (!scripts.has(id))
      scripts.set(id, { node: undefined, always: true, answers: [new Reader(plan, who, complaints).answer(undefined)] });
  }
  return scripts;
}

export function complainUnknownStep(o: {
  readonly id: string;
  readonly node: Node;
  readonly what: 'key' | 'value';
  readonly known: readonly string[];
  readonly playbook: string;
  readonly complaints: Complaints;
}): void {
  const near = nearest(o.id, o.known);
  const facts = { id: o.id, playbook: o.playbook, known: o.known, ...(near === undefined ? {} : { near }) };
  o.complaints.at('playtest/unknown-step', facts, o.node, o.what);
}

const kinds: Readonly<Record<PhaseKind, string>> = {
  context: 'a context step',
  action: 'an action',
  verify: 'a gate',
  approve: 'a phase in which a person decides',
};

class Reader {
  constructor(
    readonly plan: Plan,
    readonly asked: Asked,
    readonly complaints: Complaints,
  ) {}

  answer(node: Node | undefined): Answer {
    switch (this.asked.kind) {
      case 'context':
        return this.#context(node);
      case 'action':
        return this.#action(node);
      case 'verify':
        return this.#gate(node);
      case 'approve':
        return this.#approval(node);
    }
  }

  #context(node: Node | undefined): Answer {
    this.#map(node, 'context');
    const fails = textOf(field(node, 'fails'));
    return {
      kind: 'context',
      outputs: this.#outputs(field(node, 'outputs')),
      ...(fails === undefined ? {} : { fails }),
      takesMs: takesOf(node),
      failsFirst: numberOf(field(node, 'fails-first')) ?? 0,
    };
  }

  #action(node: Node | undefined): Answer {
    this.#map(node, 'action');
    const outcome = textOf(field(node, 'outcome')) as Outcome | undefined;
    const says = textOf(field(node, 'says'));
    return {
      kind: 'action',
      outputs: this.#outputs(field(node, 'outputs')),
      edit: outcome !== undefined && outcome !== 'ok' ? editOf(node) : (editIn(node) ?? undefined),
      outcome: outcome ?? 'ok',
      says: says ?? 'as the test says',
      takesMs: takesOf(node),
      failsFirst: numberOf(field(node, 'fails-first')) ?? 0,
    };
  }

  #gate(node: Node | undefined): Answer {
    const manifest = this.asked.step === undefined ? undefined : manifestOf(this.plan, this.asked.step);
    const word = node === undefined ? 'PASS' : gateWords.find((each) => each === textOf(node));
    if (word === undefined) this.#map(node, 'gate');
    const inconclusive = textOf(field(node, 'inconclusive')) ?? (word === 'INCONCLUSIVE' ? 'as the test says' : undefined);
    const invalid = textOf(field(node, 'invalid')) ?? (word === 'INVALID' ? 'as the test says' : undefined);
    return {
      kind: 'gate',
      outputs: this.#outputs(field(node, 'outputs')),
      finds: word === 'FAIL' ? this.#anything(manifest) : this.#findings(field(node, 'finds'), manifest),
      onBase: this.#findings(field(node, 'on-base'), manifest),
      examined: numberOf(field(node, 'examined')) ?? 1,
      ...(inconclusive === undefined ? {} : { inconclusive }),
      ...(invalid === undefined ? {} : { invalid }),
      takesMs: takesOf(node),
      failsFirst: numberOf(field(node, 'fails-first')) ?? 0,
    };
  }

  #approval(node: Node | undefined): Answer {
    const text = node === undefined ? 'approved' : textOf(node);
    if (text === 'approved' || text === 'unanswered') return { kind: 'approval', answer: text };
    this.#map(node, 'approval');
    return { kind: 'approval', answer: { rejected: textOf(field(node, 'rejected')) ?? '' } };
  }

  #map(node: Node | undefined, part: 'context' | 'action' | 'gate' | 'approval'): void {
    if (node === undefined) return;
    if (node.kind === 'map') {
      checkPart({ node, part, where: `the answer of \`${this.asked.id}\``, complaints: this.complaints });
      return;
    }
    const kind = kinds[this.asked.kind];
    const expected = answerForms[this.asked.kind].is;
    this.complaints.at('playtest/answer', { id: this.asked.id, kind, expected, found: valueWords(plain(node)) }, node, 'value');
  }

  #outputs(node: Node | undefined): Json {
    const { step } = this.asked;
    const schema = step?.body.kind === 'plugin' ? this.plan.plugins[step.body.plugin]?.manifest.outputs : undefined;
    if (schema === undefined)
      return node === undefined ? { ...(this.asked.kind === 'verify' ? {} : { stdout: '' }) } : plain(node);
    if (node === undefined) return sampleOf(schema);
    const value = { ...(sampleOf(schema) as object), ...(plain(node) as object) };
    this.complaints.values(valueProblems({ schema, value, where: `the outputs of \`${this.asked.id}\`` }), node);
    return value;
  }

  /** For the word FAIL: a finding that counts whatever base has, where the gate has one. */
  #anything(manifest: GateManifest | undefined): readonly Finding[] {
    const declared = Object.entries(manifest?.findings ?? {});
    const [code] = declared.find(([, { baseline }]) => baseline === 'absolute') ?? declared[0] ?? [`${this.asked.id}/failed`];
    return [this.#finding({ code: code.replace(/\*$/, 'failed') })];
  }

  #findings(node: Node | undefined, manifest: GateManifest | undefined): readonly Finding[] {
    return itemsOf(node).flatMap((item) => {
      const code = textOf(item) ?? textOf(field(item, 'code'));
      if (textOf(item) === undefined)
        checkPart({ node: item, part: 'finding', where: `a finding of \`${this.asked.id}\``, complaints: this.complaints });
      if (code === undefined) return [];
      const known = Object.keys(manifest?.findings ?? {});
      const open = known.some((each) => each.endsWith('/*') && code.startsWith(each.slice(0, -1)));
      if (!known.includes(code) && !open) {
        const near = nearest(code, known);
        const facts = { code, gate: this.asked.id, known, ...(near === undefined ? {} : { near }) };
        this.complaints.at('playtest/unknown-finding', facts, field(item, 'code') ?? item, 'value');
      }
      const text = (key: string): string | undefined => textOf(field(item, key));
      const magnitude = numberOf(field(item, 'magnitude'));
      return [
        this.#finding({
          code,
          ...(magnitude === undefined ? {} : { magnitude }),
          ...optional({ message: text('message'), subject: text('subject'), file: text('file'), severity: text('severity') }),
        }),
      ];
    });
  }

  #finding(given: {
    readonly code: string;
    readonly message?: string;
    readonly subject?: string;
    readonly file?: string;
    readonly severity?: string;
    readonly magnitude?: number;
  }): Finding {
    return {
      code: given.code,
      severity: given.severity === 'warning' ? 'warning' : 'error',
      subject: given.subject ?? this.asked.id,
      message: given.message ?? `${given.code}, as the test says`,
      ...(given.file === undefined ? {} : { location: { file: given.file } }),
      ...(given.magnitude === undefined ? {} : { magnitude: given.magnitude }),
    };
  }
}

function optional(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

const takesOf = (node: Node | undefined): number => {
  const text = textOf(field(node, 'takes'));
  return text === undefined ? 0 : (parseQuantity('duration', text) ?? 0);
};

/** Undefined where nothing is said of files. */
function editIn(node: Node | undefined): Edit | undefined {
  return ['changes', 'adds', 'removes'].some((key) => field(node, key) !== undefined) ? editOf(node) : undefined;
}

export function editOf(node: Node | undefined): Edit {
  const changes = field(node, 'changes');
  return {
    changes: new Map([
      ...textsOf(changes).map((file) => [file, undefined] as const),
      ...[...fieldsOf(changes)].map(([file, text]) => [file, String(plain(text))] as const),
    ]),
    adds: textsOf(field(node, 'adds')),
    removes: textsOf(field(node, 'removes')),
  };
}

/** The smallest value that a schema allows, for outputs that the case does not give. */
function sampleOf(schema: Schema | ObjectSchema): Json {
  switch (schema.type) {
    case 'string':
      return schema.enum?.[0] ?? '';
    case 'number':
    case 'integer':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'map':
      return {};
    case 'json':
      return null;
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).flatMap((key) => {
          const inner = schema.properties[key];
          return inner === undefined ? [] : [[key, sampleOf(inner)]];
        }),
      );
  }
}
