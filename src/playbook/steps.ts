import { nearest } from '../diagnostics/nearest.ts';
import type { Reference } from '../expression/references.ts';
import type { AccessRules, ModelPlan, StepBody, StepPlan } from '../model/plan.ts';
import type { Registry } from '../registry/registry.ts';
import { amountOf } from './amounts.ts';
import { asksCandidate } from './candidate-made.ts';
import { readCommandKeys } from './command-keys.ts';
import type { Complaints } from './complaints.ts';
import type { StepDraft } from './drafts.ts';
import type { Expressions } from './expressions.ts';
import { readGlobs, readPath } from './files.ts';
import { type BoundInputs, bindInputs, withDefaults } from './plugin-inputs.ts';
import { runsBefore, type Scopes } from './scopes.ts';
import { readBudget } from './settings.ts';
import { checkStepKeys } from './step-keys.ts';
import { field, itemsOf, type Node, numberOf, placeOf, textOf, textsOf } from './tree.ts';
import { readWaivers } from './waivers.ts';

/** What all steps are read with. */
export interface StepTools {
  readonly scopes: Scopes;
  readonly expressions: Expressions;
  readonly registry: Registry;
  readonly complaints: Complaints;
  readonly steps: readonly StepDraft[];
  readonly services: readonly string[];
  /** Names of entries of `auth`. */
  readonly tokens: readonly string[];
  readonly defaults: Node | undefined;
  /** The playbook's own. */
  readonly workingDirectory: string | undefined;
  /** `model:` of a step. */
  readonly modelOf: (node: Node) => Promise<ModelPlan>;
  /** `2026-11-25`, UTC. */
  readonly today: string;
}

const timeoutMs = 600_000;

export async function readStep(draft: StepDraft, tools: StepTools): Promise<StepPlan> {
  const { node } = draft;
  const { scopes, expressions, complaints } = tools;
  checkStepKeys(draft, complaints);
  expressions.acting = draft.phase.kind === 'action';
  const condition = await expressions.condition(field(node, 'if'), scopes.step(draft));
  const { env, references } = await expressions.envWith(field(node, 'env'), scopes.stepEnv(draft));
  const bound = await readWith(draft, tools);
  const body = bodyOf(draft, bound, expressions);
  expressions.acting = false;
  const requires = readNeeds(draft, tools);
  const all = [...(condition?.references ?? []), ...references, ...(bound?.references ?? [])];
  checkHeldOut(all, draft, tools);
  const needs = [...new Set([...requires, ...stepsNamed(all, draft, tools)])];
  checkTokens(draft, bound, tools);
  const services = readServicesOf({ draft, bound, references, tools });
  const name = textOf(field(node, 'name')) ?? draft.id;
  const whenChanged = field(node, 'when-changed');
  const network = field(node, 'network');
  const workingDirectory =
    readPath(field(node, 'working-directory'), 'working-directory', complaints) ??
    (draft.body === 'uses' ? undefined : tools.workingDirectory);
  const model = field(node, 'model');
  const access = field(node, 'access');
  const budget = field(node, 'budget');
  const allowEmpty = textOf(field(node, 'allow-empty'));
  const report = textOf(field(node, 'report'));
  return {
    id: draft.id,
    name,
    place: placeOf(node),
    body,
    ...(condition === undefined ? {} : { if: condition.expression }),
    ...(asksCandidate(condition?.references ?? [], tools.steps) ? { ifOfCandidate: true } : {}),
    ...(whenChanged === undefined ? {} : { whenChanged: readGlobs(whenChanged, complaints, 'repository') }),
    needs,
    requires,
    env,
    services,
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    timeoutMs:
      amountOf(field(node, 'timeout'), 'duration') ?? amountOf(field(tools.defaults, 'timeout'), 'duration') ?? timeoutMs,
    ...readRetry(field(node, 'retry'), complaints),
    exclusive: draft.plugin?.manifest.exclusive === true,
    ...(access === undefined ? {} : { access: readAccess(access, complaints) }),
    ...(model === undefined ? {} : { model: await tools.modelOf(model) }),
    ...(textOf(field(node, 'sandbox')) === 'required' ? { sandbox: 'required' } : {}),
    ...(network === undefined ? {} : { network: textsOf(network) }),
    ...(budget === undefined ? {} : { budget: readBudget(budget, complaints) }),
    level: textOf(field(node, 'level')) === 'warn' ? 'warn' : 'block',
    inconclusive: textOf(field(node, 'inconclusive')) === 'warn' ? 'warn' : 'block',
    // What a command reports is new unless base has it too; its exit code is judged as it is.
    ...(report === 'all' || (report === 'new' && draft.body === 'uses') ? { report } : {}),
    ...(allowEmpty === undefined ? {} : { allowEmpty }),
    ...(isTrue(field(node, 'held-out')) ? { heldOut: true } : {}),
    waive: readWaivers(draft, tools.today, complaints),
    ...(textOf(field(node, 'evidence')) === undefined ? {} : { evidence: 'exit-code' }),
    ...(draft.body === 'uses' ? {} : readCommandKeys(node, complaints)),
  };
}

const isTrue = (node: Node | undefined): boolean => node?.kind === 'scalar' && node.value === true;

const mostRetries = 9;

/** `retry: 2`, or `retry: { attempts: 3 }`. */
function readRetry(node: Node | undefined, complaints: Complaints): Pick<StepPlan, 'retry'> {
  const attempts = numberOf(field(node, 'attempts'));
  const retry = attempts === undefined ? numberOf(node) : attempts - 1;
  if (node === undefined || retry === undefined) return {};
  if (attempts === undefined && !(Number.isInteger(retry) && retry >= 1 && retry <= mostRetries)) {
    complaints.at(
      'playbook/limit',
      { key: 'retry', expected: `a whole number from 1 to ${mostRetries}`, found: String(retry) },
      node,
      'value',
    );
  }
  return { retry };
}

async function readWith(draft: StepDraft, tools: StepTools): Promise<BoundInputs | undefined> {
  const { node, plugin, uses } = draft;
  const given = uses === undefined ? field(node, 'with') : withDefaults(field(tools.defaults, uses), field(node, 'with'));
  if (plugin === undefined || uses === undefined) {
    // The plugin is missing, and that is said; what its expressions name is checked and counts as used all the same.
    if (given !== undefined) await tools.expressions.value(given, tools.scopes.step(draft));
    return undefined;
  }
  return bindInputs({ ...tools, name: uses, manifest: plugin.manifest, given, node, scope: tools.scopes.step(draft) });
}

function bodyOf({ node, body, uses }: StepDraft, bound: BoundInputs | undefined, expressions: Expressions): StepBody {
  if (body === 'run') return { kind: 'shell', command: expressions.line(field(node, 'run'), 'run') ?? '' };
  if (body === 'argv') return { kind: 'argv', argv: expressions.words(field(node, 'argv'), 'argv') };
  return { kind: 'plugin', plugin: uses ?? '', with: bound?.template ?? { kind: 'literal', value: {} } };
}

function readNeeds(draft: StepDraft, { steps, complaints }: StepTools): readonly string[] {
  return itemsOf(field(draft.node, 'needs')).flatMap((item) => {
    const id = textOf(item);
    if (id === undefined) return [];
    const before = (step: StepDraft): boolean => runsBefore(step, { phase: draft.phase, self: draft });
    const step = steps.find((candidate) => candidate.id === id);
    if (id === draft.id) complaints.at('step/cycle', { ids: [id, id] }, item, 'value');
    else if (step === undefined) {
      const known = [...new Set(steps.filter(before).map((candidate) => candidate.id))];
      const near = nearest(id, known);
      complaints.at('step/needs-unknown', { id, known, ...(near === undefined ? {} : { near }) }, item, 'value');
    } else if (!before(step)) complaints.at('step/order', { step: draft.id, other: id }, item, 'value');
    else return [id];
    return [];
  });
}

/** Values of a held-out gate stay among gates. */
function checkHeldOut(references: readonly Reference[], draft: StepDraft, { steps, complaints }: StepTools): void {
  if (draft.phase.kind === 'verify' || draft.phase.final === true) return;
  const named = new Set(references.flatMap(({ context, path }) => (context === 'steps' ? [path[0]?.toLowerCase()] : [])));
  for (const { id, node } of steps) {
    if (named.has(id.toLowerCase()) && isTrue(field(node, 'held-out')))
      complaints.at('step/held-out', { step: draft.id, other: id }, draft.node);
  }
}

/** A reference to another step's outputs orders, and requires nothing. */
function stepsNamed(references: readonly Reference[], draft: StepDraft, tools: StepTools): readonly string[] {
  return references.flatMap(({ context, path }) => {
    if (context !== 'steps') return [];
    const name = path[0];
    const before = tools.steps.filter((step) => runsBefore(step, { phase: draft.phase, self: draft }));
    // A step that is computed may be any of them.
    if (name === undefined || name === '*') return before.map(({ id }) => id);
    return before.filter(({ id }) => id.toLowerCase() === name.toLowerCase()).map(({ id }) => id);
  });
}

function checkTokens(draft: StepDraft, bound: BoundInputs | undefined, { tokens: known, complaints }: StepTools): void {
  for (const { name, input, at, written } of bound?.tokens ?? []) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const facts = { name, by: `\`${input}\` of the step \`${draft.id}\``, known, ...(near === undefined ? {} : { near }) };
    complaints.at('auth/no-entry', facts, at, written ? 'value' : 'head');
  }
}

function readServicesOf(options: {
  readonly draft: StepDraft;
  readonly bound: BoundInputs | undefined;
  readonly references: readonly Reference[];
  readonly tools: StepTools;
}): readonly string[] {
  const { draft, tools } = options;
  const known = tools.services;
  const names = new Set<string>();
  const take = (name: string, by: string, at: Node, what: 'head' | 'value'): void => {
    if (known.includes(name)) names.add(name);
    else {
      const near = nearest(name, known);
      tools.complaints.at('service/unknown', { name, by, known, ...(near === undefined ? {} : { near }) }, at, what);
    }
  };
  for (const item of itemsOf(field(draft.node, 'services'))) {
    const name = textOf(item);
    if (name !== undefined) take(name, `The step \`${draft.id}\``, item, 'value');
  }
  for (const { name, input, at, written } of options.bound?.services ?? []) {
    take(name, `\`${input}\` of the step \`${draft.id}\``, at, written ? 'value' : 'head');
  }
  for (const { context, path } of options.references) {
    const name = path[0];
    if (context === 'services' && name !== undefined && known.includes(name)) names.add(name);
  }
  return [...names];
}

function readAccess(node: Node, complaints: Complaints): AccessRules {
  const globs = (key: string) => {
    const item = field(node, key);
    return item === undefined ? undefined : readGlobs(item, complaints);
  };
  const [edit, deny, noRead] = [globs('edit'), globs('deny'), globs('no-read')];
  const open = field(node, 'open');
  return {
    ...(edit === undefined ? {} : { edit }),
    ...(deny === undefined ? {} : { deny }),
    ...(noRead === undefined ? {} : { noRead }),
    ...(open === undefined
      ? {}
      : {
          open: itemsOf(open).map((item) => {
            const as = textOf(field(item, 'as'));
            return {
              paths: readGlobs(field(item, 'paths'), complaints),
              as: as === 'append' || as === 'review' ? as : 'edit',
              reason: textOf(field(item, 'reason')) ?? '',
            };
          }),
        }),
  };
}
