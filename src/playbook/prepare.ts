// From the files to a plan: read, merged, checked as a whole, and bound. Every problem of every file at once, and nothing runs.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ModelPlan, Plan } from '../model/plan.ts';
import { openRegistry, type Registry } from '../registry/registry.ts';
import { readAuth } from './auth.ts';
import { Complaints, sorted } from './complaints.ts';
import { checkDefaults, complainUnused } from './defaults.ts';
import { draftPhases } from './drafts.ts';
import { Expressions } from './expressions.ts';
import { readGlobs, readPath } from './files.ts';
import { checkFiles, complainMissing, type GivenInputs, type Inputs, readInputs } from './inputs.ts';
import { type Layers, readLayers } from './layers.ts';
import { hasForeach } from './merge.ts';
import { checkCycle, readFinally, readPhases } from './phases.ts';
import { Plugins } from './plugins.ts';
import type { Rename } from './renames.ts';
import type { ReuseReaders } from './reuse.ts';
import { Scopes } from './scopes.ts';
import { complainActing, readSecrets } from './secrets.ts';
import { draftServices, readServices } from './services.ts';
import { checkVersions, readBudget, readDeliver, readModel, readSandbox, readSetup } from './settings.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { field, fieldsOf, type MapNode, type Node, textOf } from './tree.ts';

export interface PrepareRequest extends GivenInputs {
  /** As the user typed it: a file, `bexpert:<name>`, or the name of a playbook that comes with bexpert. */
  readonly playbook: string;
  readonly cwd: string;
  /** Absolute folder of the scope. */
  readonly scopeFolder: string;
  readonly mode: 'run' | 'verify';
  /** The files are looked at, and no call: whoever plays them will give the inputs. */
  readonly anyInputs?: boolean;
  /** Text of a file of the scope, or undefined where there is none. */
  readonly readScope: (file: string) => Promise<string | undefined>;
  /** Text of a playbook that is no shipped one; default: the disk. */
  readonly readPlaybook?: (absolutePath: string) => Promise<string | undefined>;
  /** A file of a git commit that is extended, or why there is none. */
  readonly readGit?: ReuseReaders['readGit'];
  /** A file in place of one that is extended or included. */
  readonly inPlaceOf?: ReuseReaders['inPlaceOf'];
  /** Absolute path of a folder of the scope, for team plugins. */
  readonly pluginFolder: (folder: string) => Promise<string>;
  readonly cacheFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overrides: { readonly model?: string; readonly sandbox?: Plan['sandbox'] };
  /** Keys under old names; default: those of the language. */
  readonly renames?: readonly Rename[];
  /** The day on which waivers must still hold; default: now. */
  readonly today?: Date;
  /** In place of the plugins that come with bexpert and those of the scope. */
  readonly registry?: Registry;
}
export interface Prepared {
  /** Undefined when there is an error. */
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** For code frames. */
  readonly sources: readonly Source[];
  /** What the files say together; undefined where one of them cannot be read. */
  readonly merged?: Merged;
}
/** All files as one, before inputs have their values. */
export interface Merged {
  readonly root: MapNode;
  readonly layers: Layers;
  readonly inputs: Inputs;
  /** Of the playbook, or of its file. */
  readonly name: string;
}

/** Never throws for bad input. */
export async function prepare(request: PrepareRequest): Promise<Prepared> {
  const complaints = new Complaints();
  const layers = await readLayers(request, complaints);
  if (layers === undefined) return { plan: undefined, diagnostics: complaints.list, sources: [] };
  const { root } = layers;
  let plan: Plan | undefined;
  let merged: Merged | undefined;
  const sources = [...layers.list.map(({ source }) => source), ...layers.included];
  // A file that cannot be read takes its keys with it: what then seems to be missing is no problem of its own.
  if (root?.kind === 'map') {
    checkShape(root, complaints);
    if (layers.sound) {
      const bound = await bind({ request, root, layers, complaints });
      plan = bound.plan;
      merged = { root, layers, inputs: bound.inputs, name: bound.plan.name };
      if (bound.inputs.source !== undefined) sources.push(bound.inputs.source);
    }
  }
  const diagnostics = layers.withOrigin(
    sorted(
      complaints.list,
      sources.map(({ file }) => file),
    ),
  );
  const wrong = diagnostics.some(({ severity }) => severity === 'error');
  return { plan: wrong ? undefined : plan, diagnostics, sources, ...(merged === undefined ? {} : { merged }) };
}

async function bind(options: {
  readonly request: PrepareRequest;
  readonly root: MapNode;
  readonly layers: Layers;
  readonly complaints: Complaints;
}): Promise<{ readonly plan: Plan; readonly inputs: Inputs }> {
  const { request, layers, complaints } = options;
  const { playbook, ownFile } = layers;
  for (const { root } of layers.list) checkVersions(root, complaints);
  const registry =
    request.registry ??
    openRegistry({
      pluginFolder: request.pluginFolder,
      packages: { folder: request.scopeFolder, readScope: request.readScope },
      cacheFolder: request.cacheFolder,
    });
  const plugins = new Plugins(registry, complaints);
  const inputs = readInputs({ root: options.root, playbook, templates: templatesOf(layers), given: request, complaints });
  const expressions = new Expressions(inputs, complaints);
  const expanded = hasForeach(options.root)
    ? await (await import('./foreach.ts')).expandForeach(options.root, { inputs, expressions, complaints })
    : undefined;
  const root = expanded?.root ?? options.root;
  const drafts = await draftPhases(root, plugins, complaints);
  const phases = drafts.filter(({ final }) => final !== true);
  const services = await draftServices(root, plugins, complaints);
  const steps = drafts.flatMap((phase) => phase.steps);
  const scopes = new Scopes({
    inputs,
    env: fieldsOf(field(root, 'env')).keys(),
    secrets: fieldsOf(field(root, 'secrets')).keys(),
    steps,
    services: services.map(({ name, plugin, ports }) => ({
      name,
      ports,
      ...(plugin === undefined ? {} : { manifest: plugin.manifest }),
    })),
  });
  const workingDirectory = readPath(field(root, 'working-directory'), 'working-directory', complaints);
  const tools = { scopes, expressions, registry, complaints, workingDirectory };
  const defaults = field(root, 'defaults');
  const plannedServices = await readServices(services, tools);
  const today = (request.today ?? new Date()).toISOString().slice(0, 10);
  const acts = request.mode === 'run' && phases.some(({ kind }) => kind === 'action');
  const models = { override: request.overrides.model, acts, readScope: request.readScope, complaints };
  const model = await readModel({ ...models, node: field(root, 'model') });
  const modelOf = (node: Node): Promise<ModelPlan> => readModel({ ...models, node, below: model });
  const stepTools = {
    ...tools,
    modelOf,
    steps,
    services: services.map(({ name }) => name),
    tokens: [...fieldsOf(field(root, 'auth')).keys()],
    defaults,
    today,
  };
  const planned = await readPhases(phases, stepTools);
  const final = await readFinally(
    drafts.find((draft) => draft.final === true),
    stepTools,
  );
  const auth = await readAuth(root, { ...tools, plugins, defaults, services: stepTools.services });
  await checkDefaults({ node: defaults, registry, used: plugins.used, complaints });
  await checkCycle({ drafts: phases, root, plugins, complaints });
  const description = textOf(field(root, 'description'));
  const plan: Plan = {
    name:
      textOf(field(root, 'name')) ??
      path
        .basename(playbook.file)
        .replace(/\.ya?ml$/, '')
        .replace(/^bexpert:/, ''),
    ...(description === undefined ? {} : { description }),
    sources: [
      ...new Set([
        playbook,
        ...(ownFile === undefined ? [] : [ownFile]),
        ...filesOf(layers),
        ...(inputs.source === undefined ? [] : [inputs.source]),
      ]),
    ].map((source) => ({
      file: source.file,
      get digest() {
        return source.digest;
      },
    })),
    inputs: inputs.values,
    env: await expressions.env(field(root, 'env'), scopes.before),
    ...(field(root, 'secrets') === undefined ? {} : { secrets: readSecrets(field(root, 'secrets'), complaints) }),
    setup: await readSetup(root, tools),
    services: plannedServices,
    auth,
    phases: planned,
    ...final,
    protect: readGlobs(field(root, 'protect'), complaints, 'repository'),
    budget: readBudget(field(root, 'budget'), complaints),
    model,
    sandbox: readSandbox({
      node: field(root, 'sandbox'),
      override: request.overrides.sandbox,
      ci: (request.env.CI ?? '') !== '',
      acts,
    }),
    deliver: readDeliver(field(root, 'deliver')),
    plugins: plugins.used,
  };
  if (plan.secrets !== undefined) complainActing({ steps, plan, complaints });
  checkUse({ inputs, expressions, mode: request.mode, anyInputs: request.anyInputs === true, complaints });
  if (layers.list.some((layer) => field(layer.root, 'final') !== undefined || field(layer.root, 'bounds') !== undefined)) {
    const { checkPolicy } = await import('./policy.ts');
    await checkPolicy({
      layers,
      root: options.root,
      expanded: root,
      groups: expanded?.groups ?? new Map(),
      plan,
      inputs,
      overrides: request.overrides,
      registry,
      complaints,
    });
  }
  // Where something is wrong, what only seems to be unused is no news.
  if (complaints.list.every(({ severity }) => severity !== 'error'))
    complainUnused({ root, ownFile, playbook, plan, complaints });
  await checkFiles(inputs, request.readScope, complaints);
  return { plan, inputs };
}

/** Files that the playbook builds on. */
const templatesOf = ({ list }: Layers): readonly Source[] =>
  list.flatMap(({ of, source }) => (of === 'playbook' ? [source] : []));
const filesOf = ({ list, included }: Layers): readonly Source[] => [...list.map(({ source }) => source), ...included];

/** In a verification the action steps are left out, and with them the inputs that only they use. */
function checkUse(options: {
  readonly inputs: Inputs;
  readonly expressions: Expressions;
  readonly mode: 'run' | 'verify';
  readonly anyInputs: boolean;
  readonly complaints: Complaints;
}): void {
  const { inputs, expressions, complaints } = options;
  const used = new Set([...expressions.used, ...expressions.usedByActions]);
  // A name that is misspelt where it is used seems to be unused where it is declared.
  const sound = complaints.list.every(({ severity }) => severity !== 'error');
  for (const [name, input] of inputs.all) {
    if (sound && input.declared && !used.has(name)) complaints.add('input/unused', { name }, { place: input.place });
  }
  if (!options.anyInputs) complainMissing(inputs, options.mode === 'verify' ? expressions.used : used, complaints);
}
