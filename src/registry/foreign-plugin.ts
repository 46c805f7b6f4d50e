// A plugin in another language as one of ours: its command runs in the sandbox of the step, and what it answers is checked.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type ActionResult,
  type Artifact,
  type ContextResult,
  type ExecHost,
  type GateResult,
  type Json,
  type NegativeControl,
  type Plugin,
  pluginError,
  type ServiceInstance,
  type Tree,
  type Turn,
  type WritableTree,
} from '../plugin-api.ts';
import { checkedAnswer, checkedOutputs, checkFindings, keepArtifacts } from './foreign-answer.ts';
import { oneDocument } from './foreign-document.ts';
import type { ForeignDefinition } from './foreign-manifest.ts';
import { callForeign } from './foreign-process.ts';
import { answers, protocolVersion, proveAnswer, type TreeName } from './foreign-protocol.ts';
import { visitScalars } from './scalars.ts';

type Fields = { readonly [key: string]: Json };
type Artifacts = { readonly artifacts?: readonly Artifact[] };

/** Before the step is cut off: time to end in order, and for its services. */
const graceMs = 5000;

/** A tree for a plugin's eyes, and the instances that were started for it. */
interface Shown {
  readonly name: TreeName;
  readonly tree: Tree;
  readonly path: string;
  readonly services: boolean;
}

/** `files`: the folder with the plugin's files, pinned by content. */
export function foreignPlugin(definition: ForeignDefinition, files: string): Plugin {
  const { manifest } = definition;
  switch (manifest.kind) {
    case 'gate':
      return {
        kind: 'gate',
        manifest,
        files,
        run: async (inputs, host) => gate(definition, inputs as Json, host as ExecHost),
        prove: definition.prove.controls.map((control) => controlOf(definition, control)),
      };
    case 'context':
      return {
        kind: 'context',
        manifest,
        files,
        run: async (inputs, host) => context(definition, inputs as Json, host as ExecHost),
      };
    case 'action':
      return {
        kind: 'action',
        manifest,
        files,
        run: async (inputs, host, turn) => action(definition, inputs as Json, host as ExecHost, turn),
      };
  }
}

async function gate(definition: ForeignDefinition, inputs: Json, host: ExecHost): Promise<GateResult> {
  const { manifest, servicesOf } = definition;
  if (manifest.kind !== 'gate') throw new Error(`${manifest.name} is no gate`);
  const { candidate, base } = host.trees;
  const shown: readonly Shown[] = [
    { name: 'candidate', tree: candidate, path: candidate.path, services: servicesOf.includes('candidate') },
    { name: 'base', tree: base, path: host.baseBeside ?? base.path, services: servicesOf.includes('base') },
  ];
  const { output, answer } = await ask({ definition, host, shown, request: { task: 'run', inputs } });
  const { outputs, ...result } = checkedAnswer<GateResult & Artifacts>(manifest, answers.gate, answer);
  checkFindings(manifest, result.findings);
  return {
    ...result,
    outputs: checkedOutputs(manifest, outputs as Json | undefined),
    artifacts: await keepArtifacts(host, manifest, { folder: output, artifacts: result.artifacts ?? [] }),
  };
}

async function context(definition: ForeignDefinition, inputs: Json, host: ExecHost): Promise<ContextResult> {
  const { manifest } = definition;
  const { base } = host.trees;
  const shown: readonly Shown[] = [{ name: 'base', tree: base, path: base.path, services: true }];
  const { output, answer } = await ask({ definition, host, shown, request: { task: 'run', inputs } });
  const { outputs, brief, artifacts } = checkedAnswer<ContextResult & Artifacts>(manifest, answers.context, answer);
  await keepArtifacts(host, manifest, { folder: output, artifacts: artifacts ?? [] });
  return { outputs: checkedOutputs(manifest, outputs as Json | undefined), brief };
}

async function action(definition: ForeignDefinition, inputs: Json, host: ExecHost, turn: Turn): Promise<ActionResult> {
  const { manifest } = definition;
  const { candidate: work, base } = host.trees;
  const { attempt, feedback, brief, rules, state } = turn;
  const shown: readonly Shown[] = [
    { name: 'work', tree: work, path: work.path, services: true },
    { name: 'base', tree: base, path: host.baseBeside ?? base.path, services: false },
  ];
  const told = { attempt, feedback, brief, rules, ...(state === undefined ? {} : { state }) } as unknown as Json;
  const { output, answer } = await ask({ definition, host, shown, request: { task: 'run', inputs, turn: told } });
  const checked = checkedAnswer<ActionResult & Artifacts & { readonly state?: Json }>(manifest, answers.action, answer);
  await keepArtifacts(host, manifest, { folder: output, artifacts: checked.artifacts ?? [] });
  if (checked.state !== undefined) await turn.checkpoint(checked.state);
  const { outcome, summary } = checked;
  return { outputs: checkedOutputs(manifest, checked.outputs as Json | undefined), outcome, summary };
}

function controlOf(definition: ForeignDefinition, control: { readonly name: string; readonly expects: string }): NegativeControl {
  const { manifest, prove } = definition;
  return {
    ...control,
    apply: async (tree: WritableTree, host?: ExecHost) => {
      if (host === undefined) {
        throw pluginError({
          code: 'foreign/no-host',
          message: `The control "${control.name}" of the plugin ${manifest.name} is a command, and nothing was given to run it with.`,
        });
      }
      const shown: readonly Shown[] = [{ name: 'candidate', tree: host.trees.candidate, path: tree.path, services: false }];
      const request = { task: 'prove', control: control.name, inputs: {} };
      const { answer } = await ask({ definition: { ...definition, command: prove.command }, host, shown, request });
      const { applied, notApplicable } = checkedAnswer<{ applied?: boolean; notApplicable?: string }>(
        manifest,
        proveAnswer,
        answer,
      );
      if (notApplicable !== undefined) return { notApplicable };
      if (applied === true) return 'applied';
      throw pluginError({
        code: 'foreign/answer',
        message: `The \`prove\` command of the plugin ${manifest.name} answered neither \`applied: true\` nor \`notApplicable\`.`,
      });
    },
  };
}

/** Starts the services, hands over the request, and gives the answer as it is. */
async function ask(options: {
  readonly definition: ForeignDefinition;
  readonly host: ExecHost;
  readonly shown: readonly Shown[];
  readonly request: Fields & { readonly task: string };
}): Promise<{ readonly output: string; readonly answer: Fields }> {
  const { definition, host, shown } = options;
  const { name } = definition.manifest;
  const started = await startServices(host, shown);
  const tokens = await tokensFor(definition, options.request.inputs ?? {}, { host, started });
  const output = path.posix.join(host.scratch.path, `output-${randomBytes(8).toString('hex')}`);
  await mkdir(host.outside(output));
  const left = host.deadline - host.now();
  const withinMs = Math.max(100, left - Math.min(graceMs, left * 0.2));
  const changed = shown.length > 1 ? await host.changed() : [];
  const { task, inputs = {}, ...rest } = options.request;
  const request = {
    protocol: protocolVersion,
    task,
    plugin: name,
    inputs,
    env: host.env as Fields,
    trees: Object.fromEntries(shown.map((one) => [one.name, { path: one.path, hash: one.tree.hash }])),
    services: Object.fromEntries([...started].map(([tree, instances]) => [tree, addresses(instances, tokens)])),
    changed: changed as unknown as Json,
    output,
    deadline: { at: new Date(Date.now() + withinMs).toISOString(), inMs: Math.round(withinMs) },
    seed: host.seed,
    ...rest,
  };
  // All instances of a step are in one pod; the variables of one tree's are enough.
  const services = [...started.values()].find((instances) => instances.length > 0) ?? [];
  const printed = await callForeign(host, { plugin: name, argv: definition.command, request, withinMs }, { services });
  const answer = oneDocument(printed, name);
  if (answer instanceof Error) throw answer;
  return { output, answer };
}

async function startServices(
  host: ExecHost,
  shown: readonly Shown[],
): Promise<ReadonlyMap<TreeName, readonly ServiceInstance[]>> {
  const started = new Map<TreeName, readonly ServiceInstance[]>();
  const ofTree = new Map<string, readonly ServiceInstance[]>();
  for (const { name, tree, services } of shown) {
    if (!services) continue;
    // Where base and candidate are the same there is one instance of each.
    const instances = ofTree.get(tree.hash) ?? (await startAll(host, tree));
    ofTree.set(tree.hash, instances);
    started.set(name, instances);
  }
  return started;
}

async function startAll(host: ExecHost, tree: Tree): Promise<readonly ServiceInstance[]> {
  const instances: ServiceInstance[] = [];
  for (const name of host.services.names) instances.push(await host.services.start(name, { tree }));
  return instances;
}

type Tokens = ReadonlyMap<ServiceInstance, Fields>;

/** Made for the services that its inputs name; where they name none, for all that were started. */
async function tokensFor(
  { manifest }: ForeignDefinition,
  inputs: Json,
  at: { readonly host: ExecHost; readonly started: ReadonlyMap<TreeName, readonly ServiceInstance[]> },
): Promise<Tokens> {
  const named = { auth: new Set<string>(), service: new Set<string>() };
  visitScalars(manifest.inputs, inputs, (_, schema, value) => {
    const format = schema.type === 'string' ? schema.format : undefined;
    if ((format === 'auth' || format === 'service') && value !== '') named[format].add(String(value));
  });
  const made = new Map<ServiceInstance, Fields>();
  // What runs in an action's tree is what the action writes.
  if (manifest.kind === 'action' || named.auth.size === 0) return made;
  for (const instance of new Set([...at.started.values()].flat())) {
    if (named.service.size > 0 && !named.service.has(instance.name)) continue;
    const tokens: Record<string, string> = {};
    for (const auth of named.auth) tokens[auth] = await at.host.services.token(auth, instance);
    made.set(instance, tokens);
  }
  return made;
}

const addresses = (instances: readonly ServiceInstance[], tokens: Tokens): Json =>
  Object.fromEntries(
    instances.map((instance) => {
      const { name, url, address, outputs } = instance;
      const own = tokens.get(instance);
      return [name, { url, host: address.host, port: address.port, outputs, ...(own === undefined ? {} : { tokens: own }) }];
    }),
  );
