import { nearest } from '../diagnostics/nearest.ts';
import type { ObjectType } from '../expression/type.ts';
import type { PinnedPlugin, PreparationPlan, ReadyPlan, ServicePlan } from '../model/plan.ts';
import type { Registry } from '../registry/registry.ts';
import { amountOf } from './amounts.ts';
import type { Complaints } from './complaints.ts';
import type { Expressions } from './expressions.ts';
import { readPath } from './files.ts';
import { bindInputs } from './plugin-inputs.ts';
import type { Plugins } from './plugins.ts';
import type { Scopes } from './scopes.ts';
import { field, fieldsOf, itemsOf, type Node, numberOf, placeOf, textOf, textsOf } from './tree.ts';

export interface ServiceDraft {
  readonly name: string;
  readonly node: Node;
  readonly body: 'uses' | 'run' | 'argv' | 'image' | undefined;
  readonly dependencies: readonly string[];
  readonly ports: readonly string[];
  readonly plugin?: PinnedPlugin;
}

export async function draftServices(root: Node, plugins: Plugins, complaints: Complaints): Promise<readonly ServiceDraft[]> {
  const drafts: ServiceDraft[] = [];
  for (const [name, node] of fieldsOf(field(root, 'services'))) {
    if (node.kind !== 'map') continue;
    if (!/^[A-Za-z][\w-]*$/.test(name)) {
      complaints.at(
        'playbook/form',
        {
          key: 'services',
          expected: 'names of letters, digits, `-` and `_` that begin with a letter',
          found: `the name \`${name}\``,
        },
        node,
        'key',
      );
    }
    const forms = ['uses', 'run', 'argv', 'image'] as const;
    // The command of an image may be another one.
    const found = forms.filter(
      (key) => field(node, key) !== undefined && !(key === 'argv' && field(node, 'image') !== undefined),
    );
    const what = `The service \`${name}\``;
    if (found.length === 0) complaints.at('step/body', { what, found, forms }, node, 'key');
    if (found.length > 1) complaints.at('step/body', { what, found, forms }, field(node, found[1] ?? 'uses') ?? node, 'key');
    const uses = field(node, 'uses');
    const plugin = uses === undefined ? undefined : await plugins.resolve(uses, { kind: 'service', place: '`services`' });
    drafts.push({
      name,
      node,
      body: found[0],
      dependencies: textsOf(field(node, 'dependencies')),
      ports: textsOf(field(node, 'ports')),
      ...(plugin === undefined ? {} : { plugin }),
    });
  }
  return drafts;
}

interface Tools {
  readonly scopes: Scopes;
  readonly expressions: Expressions;
  readonly registry: Registry;
  readonly complaints: Complaints;
  readonly workingDirectory: string | undefined;
}

export async function readServices(
  drafts: readonly ServiceDraft[],
  tools: Tools,
): Promise<Readonly<Record<string, ServicePlan>>> {
  const plans: Record<string, ServicePlan> = {};
  for (const draft of drafts) {
    checkKeys(draft, tools.complaints);
    checkDependencies(draft, drafts, tools.complaints);
    plans[draft.name] = await readService(draft, tools);
  }
  checkCycles(drafts, tools.complaints);
  return plans;
}

const command = 'services with `run` or `argv`';
const plugin = 'services with `uses`';
const image = 'services with `image`';
const keysOf: Readonly<Record<string, { readonly body: readonly string[]; readonly allowed: string }>> = {
  with: { body: ['uses'], allowed: plugin },
  migrate: { body: ['uses'], allowed: `${plugin}, such as databases` },
  seed: { body: ['uses'], allowed: `${plugin}, such as databases` },
  dependencies: { body: ['run', 'argv'], allowed: command },
  ports: { body: ['run', 'argv'], allowed: command },
  log: { body: ['run', 'argv'], allowed: command },
  port: { body: ['image'], allowed: image },
};

/** A key that would change nothing is an error. */
function checkKeys({ name, node, body }: ServiceDraft, complaints: Complaints): void {
  if (body === undefined) return;
  for (const [key, { body: bodies, allowed }] of Object.entries(keysOf)) {
    const item = field(node, key);
    if (item !== undefined && !bodies.includes(body)) complaints.at('service/key-kind', { key, name, allowed }, item, 'key');
  }
  const ready = field(node, 'ready');
  const asks = ['http', 'tcp', 'log', 'command'].flatMap((key) => {
    const item = field(ready, key);
    return item === undefined ? [] : [{ key, item }];
  });
  if (body === 'uses') {
    for (const { key, item } of asks)
      complaints.at('service/key-kind', { key: `ready.${key}`, name, allowed: command }, item, 'key');
    for (const key of ['env', 'working-directory']) {
      const item = field(node, key);
      const prepares = ['migrate', 'seed', 'prepare'].some((key) => field(node, key) !== undefined);
      if (item !== undefined && !prepares)
        complaints.at(
          'service/key-kind',
          { key, name, allowed: `${command}, and for the commands of \`migrate\`, \`seed\` and \`prepare\`` },
          item,
          'key',
        );
    }
    return;
  }
  if (body === 'image') checkImage({ name, node }, complaints);
  if (asks.length > 1) {
    const facts = {
      what: `\`ready\` of the service \`${name}\``,
      found: asks.map(({ key }) => key),
      forms: ['http', 'tcp', 'log', 'command'],
    };
    complaints.at('step/body', facts, asks[1]?.item ?? node, 'key');
  }
}

/** What is sent to a registry, and read by a command line. */
const imageForm = /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?$/i;

function checkImage({ name, node }: Pick<ServiceDraft, 'name' | 'node'>, complaints: Complaints): void {
  const item = field(node, 'image');
  const written = textOf(item);
  if (item !== undefined && written !== undefined && !written.includes('${{')) {
    if (!imageForm.test(written)) {
      const expected = 'the name of a container image, such as `docker.io/library/redis:7@sha256:...`';
      complaints.at('playbook/form', { key: 'image', expected, found: `\`${written}\`` }, item, 'value');
    } else if (!written.includes('@sha256:') && !written.startsWith('localhost/')) {
      complaints.at('service/image-unpinned', { image: written, name }, item, 'value');
    }
  }
  if (field(node, 'port') === undefined) complaints.at('service/image-port', { name }, node, 'key');
  const tcp = field(field(node, 'ready'), 'tcp');
  if (tcp !== undefined) complaints.at('service/key-kind', { key: 'ready.tcp', name, allowed: command }, tcp, 'key');
  const place = field(node, 'working-directory');
  if (place !== undefined && field(node, 'prepare') === undefined) {
    const allowed = `${command}, and for the commands of \`prepare\``;
    complaints.at('service/key-kind', { key: 'working-directory', name, allowed }, place, 'key');
  }
}

function checkDependencies({ name, node }: ServiceDraft, drafts: readonly ServiceDraft[], complaints: Complaints): void {
  const known = drafts.map((draft) => draft.name);
  for (const item of itemsOf(field(node, 'dependencies'))) {
    const other = textOf(item);
    if (other === undefined || known.includes(other)) continue;
    const near = nearest(other, known);
    complaints.at(
      'service/unknown',
      { name: other, by: `The service \`${name}\``, known, ...(near === undefined ? {} : { near }) },
      item,
      'value',
    );
  }
}

function checkCycles(drafts: readonly ServiceDraft[], complaints: Complaints): void {
  const edges = new Map(drafts.map(({ name, dependencies }) => [name, dependencies]));
  for (const names of cyclesOf(edges)) {
    const node = drafts.find(({ name }) => name === names[0])?.node;
    if (node !== undefined)
      complaints.at('service/cycle', { names: [...names, names[0] ?? ''] }, field(node, 'dependencies') ?? node, 'key');
  }
}

/** One cycle for each group of names that lead to each other, beginning with its first name. */
export function cyclesOf(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: (readonly string[])[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name);
    if (at !== -1) {
      cycles.push(path.slice(at));
      for (const member of path.slice(at)) done.add(member);
      return;
    }
    if (done.has(name)) return;
    for (const next of edges.get(name) ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of edges.keys()) visit(name, []);
  return cycles;
}

async function readService(draft: ServiceDraft, tools: Tools): Promise<ServicePlan> {
  const { name, node } = draft;
  const { expressions, complaints, scopes } = tools;
  const workingDirectory = readPath(field(node, 'working-directory'), 'working-directory', complaints) ?? tools.workingDirectory;
  const migrate = expressions.line(field(node, 'migrate'), 'migrate');
  const seed = expressions.line(field(node, 'seed'), 'seed');
  const own = draft.body === 'uses' ? [name] : [];
  const scope = scopes.service([...draft.dependencies, ...own], draft.ports);
  const preparations = await readPrepare(field(node, 'prepare'), { ...tools, scope });
  const log = readPath(field(node, 'log'), 'log', complaints);
  return {
    name,
    place: placeOf(node, 'key'),
    body: await readBody(draft, tools),
    env: await expressions.env(field(node, 'env'), scope),
    dependencies: draft.dependencies,
    ...(migrate === undefined ? {} : { migrate }),
    ...(seed === undefined ? {} : { seed }),
    ...(preparations.length === 0 ? {} : { prepare: preparations }),
    ...(draft.ports.length === 0 ? {} : { ports: readPorts(draft, complaints) }),
    ...(log === undefined ? {} : { log }),
    ready: readReady(field(node, 'ready'), expressions),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  };
}

/** Lines, or maps with `run`. */
async function readPrepare(
  node: Node | undefined,
  tools: Tools & { readonly scope: ObjectType },
): Promise<readonly PreparationPlan[]> {
  const { expressions, complaints, scope } = tools;
  const plans: PreparationPlan[] = [];
  for (const item of itemsOf(node)) {
    const short = expressions.line(item, 'prepare');
    const run = short ?? expressions.line(field(item, 'run'), 'run') ?? '';
    const workingDirectory = readPath(field(item, 'working-directory'), 'working-directory', complaints);
    plans.push({
      run,
      env: await expressions.env(field(item, 'env'), scope),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
    });
  }
  return plans;
}

function readPorts({ node, ports }: ServiceDraft, complaints: Complaints): readonly string[] {
  for (const [index, item] of itemsOf(field(node, 'ports')).entries()) {
    const name = textOf(item);
    if (name === undefined) continue;
    const found = ports.indexOf(name) < index ? `\`${name}\` once more` : `the name \`${name}\``;
    const wrong = !/^[A-Za-z][\w-]*$/.test(name) || ports.indexOf(name) < index;
    const expected = 'different names of letters, digits, `-` and `_` that begin with a letter';
    if (wrong) complaints.at('playbook/form', { key: 'ports', expected, found }, item, 'value');
  }
  return ports;
}

async function readBody(draft: ServiceDraft, tools: Tools): Promise<ServicePlan['body']> {
  const { node } = draft;
  switch (draft.body) {
    case 'argv':
      return { kind: 'argv', argv: tools.expressions.words(field(node, 'argv'), 'argv') };
    case 'image':
      return {
        kind: 'image',
        image: textOf(field(node, 'image')) ?? '',
        port: numberOf(field(node, 'port')) ?? 0,
        argv: tools.expressions.words(field(node, 'argv'), 'argv'),
      };
    case 'uses': {
      const uses = textOf(field(node, 'uses')) ?? '';
      const given = field(node, 'with');
      if (draft.plugin === undefined && given !== undefined) await tools.expressions.value(given, tools.scopes.serviceInputs());
      const bound =
        draft.plugin === undefined
          ? undefined
          : await bindInputs({
              ...tools,
              name: uses,
              manifest: draft.plugin.manifest,
              given,
              node,
              scope: tools.scopes.serviceInputs(),
            });
      return { kind: 'plugin', plugin: uses, with: bound?.template ?? { kind: 'literal', value: {} } };
    }
    case 'run':
    case undefined:
      return { kind: 'shell', command: tools.expressions.line(field(node, 'run'), 'run') ?? '' };
  }
}

const readyMs = 30_000;

function readReady(node: Node | undefined, expressions: Expressions): ReadyPlan {
  const http = textOf(field(node, 'http'));
  const tcp = numberOf(field(node, 'tcp'));
  const log = textOf(field(node, 'log'));
  const command = expressions.line(field(node, 'command'), 'command');
  return {
    ...(http === undefined ? {} : { http }),
    ...(tcp === undefined ? {} : { tcp }),
    ...(log === undefined ? {} : { log }),
    ...(command === undefined ? {} : { command }),
    withinMs: amountOf(field(node, 'within'), 'duration') ?? readyMs,
  };
}
