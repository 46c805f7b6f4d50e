// Phases and steps as they are written, with their plugins found; what they say is read afterwards, when all of them are known.
import { nearest } from '../diagnostics/nearest.ts';
import type { PhaseKind, PinnedPlugin } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import { stepId, stepsOf } from './merge.ts';
import type { Plugins } from './plugins.ts';
import { field, fieldsOf, type Node, placeOf, textOf } from './tree.ts';

export type Kind = PhaseKind;
export interface StepDraft {
  readonly id: string;
  readonly node: Node;
  readonly phase: Pick<PhaseDraft, 'id' | 'kind' | 'index' | 'final'>;
  /** Position in its phase. */
  readonly index: number;
  readonly body: 'uses' | 'run' | 'argv' | undefined;
  /** As written after `uses:`. */
  readonly uses?: string;
  readonly plugin?: PinnedPlugin;
}
export interface PhaseDraft {
  readonly id: string;
  readonly node: Node;
  readonly kind: Kind;
  readonly index: number;
  readonly steps: readonly StepDraft[];
  /** The top-level `finally`. */
  readonly final?: true;
}

const kinds: readonly Kind[] = ['context', 'action', 'verify', 'approve'];
const isKind = (text: string): text is Kind => (kinds as readonly string[]).includes(text);
const pluginKind = { context: 'context', action: 'action', verify: 'gate', approve: 'gate' } as const;

export async function draftPhases(root: Node, plugins: Plugins, complaints: Complaints): Promise<readonly PhaseDraft[]> {
  const phases = field(root, 'phases');
  if (phases === undefined || (phases.kind === 'map' && phases.fields.size === 0)) {
    complaints.at('phase/empty', { phase: '' }, phases ?? root, phases === undefined ? 'head' : 'key');
    return [];
  }
  const drafts: PhaseDraft[] = [];
  const ids = new Map<string, Node>();
  const unique = (id: string, step: Node): void => {
    const other = ids.get(id);
    if (other === undefined) ids.set(id, step);
    else {
      const related = [{ place: idPlace(other), message: 'The other one.' }];
      complaints.add('step/duplicate-id', { id }, { place: idPlace(step), related });
    }
  };
  for (const [id, node] of fieldsOf(phases)) {
    if (id === 'finally') {
      const expected = 'another name than `finally`, which is a key of its own at the top level';
      complaints.at('playbook/form', { key: 'phases', expected, found: 'the name `finally`' }, node, 'key');
      continue;
    }
    const kind = kindOf(id, node, complaints);
    if (kind === undefined || node.kind !== 'map') continue;
    const phase = { id, kind, index: drafts.length };
    const steps: StepDraft[] = [];
    // The decision is a step of the name of its phase.
    if (kind === 'approve') unique(id, node);
    for (const [index, step] of kind === 'approve' ? [] : stepsOf(node).entries()) {
      const draft = await draftStep({ node: step, phase, index, plugins, complaints });
      if (draft === undefined) continue;
      unique(draft.id, step);
      steps.push(draft);
    }
    const list = field(node, 'steps');
    if (kind === 'approve') checkApproval({ ...phase, node }, complaints);
    else if (list === undefined || (list.kind === 'list' && list.items.length === 0))
      complaints.at('phase/empty', { phase: id }, node, 'key');
    drafts.push({ ...phase, node, steps });
  }
  const last = field(root, 'finally');
  if (last?.kind === 'list') {
    const phase = { id: 'finally', kind: 'context', index: drafts.length, final: true } as const;
    const steps: StepDraft[] = [];
    for (const [index, node] of last.items.entries()) {
      const include = field(node, 'include');
      if (include !== undefined)
        complaints.at('step/key-kind', { key: 'include', found: '`finally`', allowed: 'steps of phases' }, include, 'key');
      const draft = await draftStep({ node, phase, index, plugins, complaints });
      if (draft === undefined) continue;
      unique(draft.id, node);
      steps.push(draft);
    }
    drafts.push({ ...phase, node: last, steps });
  }
  return drafts;
}

/** A person decides: there is nothing to run. */
function checkApproval({ node, kind }: Omit<PhaseDraft, 'steps'>, complaints: Complaints): void {
  const steps = field(node, 'steps');
  for (const [key, item] of [
    ['steps', steps !== undefined && stepsOf(node).length > 0 ? steps : undefined],
    ['parallel', field(node, 'parallel')],
  ] as const) {
    if (item !== undefined)
      complaints.at('phase/key-kind', { key, kind, allowed: 'A person decides, and nothing runs.' }, item, 'key');
  }
}

const idPlace = (step: Node) => placeOf(field(step, 'id') ?? field(step, 'uses') ?? step, 'value');

function kindOf(id: string, node: Node, complaints: Complaints): Kind | undefined {
  const given = field(node, 'kind');
  const kind = given === undefined ? id : textOf(given);
  if (kind === undefined || (given !== undefined && !isKind(kind))) return undefined;
  if (isKind(kind)) return kind;
  const near = nearest(id, kinds);
  complaints.at('phase/kind', { phase: id, ...(near === undefined ? {} : { near }) }, node, 'key');
  return undefined;
}

async function draftStep(options: {
  readonly node: Node;
  readonly phase: StepDraft['phase'];
  readonly index: number;
  readonly plugins: Plugins;
  readonly complaints: Complaints;
}): Promise<StepDraft | undefined> {
  const { node, phase, plugins, complaints } = options;
  const short = node.kind === 'scalar';
  const usesNode = short ? node : field(node, 'uses');
  const id = stepId(node);
  if (short && id === undefined) return undefined;
  const found = short ? (['uses'] as const) : (['uses', 'run', 'argv'] as const).filter((key) => field(node, key) !== undefined);
  const allowed = phase.kind === 'action' ? ['uses'] : ['uses', 'run', 'argv'];
  const what = id === undefined ? 'This step' : `The step \`${id}\``;
  if (found.length === 0 && field(node, 'include') === undefined)
    complaints.at('step/body', { what, found: [], forms: allowed }, node);
  if (found.length > 1)
    complaints.at('step/body', { what, found, forms: allowed }, field(node, found[1] ?? 'uses') ?? node, 'key');
  const body = found[0];
  if (phase.kind === 'action' && (body === 'run' || body === 'argv')) {
    complaints.at(
      'step/key-kind',
      { key: body, found: 'A step of an action phase', allowed: 'steps of context and verify phases' },
      field(node, body) ?? node,
      'key',
    );
  }
  const place =
    phase.final === true
      ? '`finally`'
      : phase.kind === 'verify'
        ? 'a verify phase'
        : phase.kind === 'action'
          ? 'an action phase'
          : 'a context phase';
  const plugin = usesNode === undefined ? undefined : await plugins.resolve(usesNode, { kind: pluginKind[phase.kind], place });
  if (id === undefined || !/^[A-Za-z][\w-]*$/.test(id)) {
    if (field(node, 'id') !== undefined || (found.length > 0 && (usesNode === undefined || plugin !== undefined)))
      complaints.at('step/id', { id: id ?? '' }, field(node, 'id') ?? node, field(node, 'id') === undefined ? 'head' : 'value');
    if (id === undefined) return undefined;
  }
  const uses = textOf(usesNode);
  return {
    id,
    node,
    phase,
    index: options.index,
    body,
    ...(uses === undefined ? {} : { uses }),
    ...(plugin === undefined ? {} : { plugin }),
  };
}
