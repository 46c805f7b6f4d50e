// Databases: migrated and seeded once per tree, copied for every step that uses them.
import { evaluateTemplate } from '../../expression/evaluate.ts';
import { stepCommands } from '../../host/commands.ts';
import { shellArgv } from '../../host/shell.ts';
import type { PreparationPlan, ServicePlan } from '../../model/plan.ts';
import { type Json, pluginError } from '../../plugin-api.ts';
import type { TreeFolder } from '../../workspace/contract.ts';
import type { RunContext } from '../context.ts';
import { unlessAborted } from '../deadline.ts';
import { contextsOf, secretContext } from '../inputs.ts';
import { mountsOf } from '../scratch.ts';
import { viewOf } from '../step-view.ts';
import { serviceContext } from './instance.ts';
import { admitService, type OwnedHandle, serviceSetting, startPluginService } from './plugin-service.ts';

const commandMs = 10 * 60_000;

interface Request {
  readonly context: RunContext;
  readonly plan: ServicePlan;
  readonly tree: TreeFolder;
}

/** The services of a run that are made once per tree. */
export class ServiceTemplates implements AsyncDisposable {
  readonly #made = new Map<string, Promise<OwnedHandle>>();
  readonly #over = new AbortController();

  /** An instance of one's own, in the state that `migrate` and `seed` of this tree leave. `signal`: of whoever waits for it. */
  async copy(request: Request & { readonly signal: AbortSignal }): Promise<OwnedHandle> {
    const key = `${request.plan.name} ${request.tree.tree}`;
    for (;;) {
      const template = this.#template(key, request);
      // Others may wait for the same one: whoever gives up leaves it to them.
      const owned = await unlessAborted(template, request.signal);
      if (owned.handle.copy !== undefined) {
        const copied = await owned.handle.copy();
        return { handle: copied, [Symbol.asyncDispose]: () => copied[Symbol.asyncDispose]() };
      }
      // What cannot be copied is for one alone: the first of those who wait takes it.
      if (this.#made.get(key) !== template) continue;
      this.#made.delete(key);
      return owned;
    }
  }

  #template(key: string, request: Request): Promise<OwnedHandle> {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const template = this.#make(request);
    this.#made.set(key, template);
    // A failure is asked again: the next step may have better luck with the machine, and says so itself if not.
    template.catch(() => {
      if (this.#made.get(key) === template) this.#made.delete(key);
    });
    return template;
  }

  async #make({ context, plan, tree }: Request): Promise<OwnedHandle> {
    const signal = AbortSignal.any([context.signal, this.#over.signal]);
    // Kept as long as the service: what it starts later still runs in it.
    const folder = await tree.copy();
    let owned: OwnedHandle | undefined;
    const end = async () => {
      await owned?.[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    };
    try {
      const start = plan.body.kind === 'image' ? (await import('./image-service.ts')).startImageService : startPluginService;
      owned = await start(serviceSetting({ context, plan, tree: folder, signal }), plan);
      for (const [what, line] of [
        ['migrate', plan.migrate],
        ['seed', plan.seed],
      ] as const) {
        if (line !== undefined)
          await prepare({ context, plan, folder, owned, what, preparation: { run: line, env: {} }, signal });
      }
      for (const preparation of plan.prepare ?? [])
        await prepare({ context, plan, folder, owned, what: 'prepare', preparation, signal });
      return { handle: owned.handle, [Symbol.asyncDispose]: end };
    } catch (error) {
      await end();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    const made = [...this.#made.values()];
    this.#made.clear();
    await Promise.allSettled(made.map(async (template) => (await template)[Symbol.asyncDispose]()));
  }
}

/** Runs a command of the service in the tree, with the service at its variables. */
async function prepare(options: {
  readonly context: RunContext;
  readonly plan: ServicePlan;
  readonly folder: TreeFolder;
  readonly owned: OwnedHandle;
  readonly what: 'migrate' | 'seed' | 'prepare';
  readonly preparation: PreparationPlan;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { context, plan, folder, owned, what, preparation } = options;
  const line = preparation.run;
  await using pod = await context.provider.openPod();
  const tree = viewOf(context, folder, 'candidate');
  const instance = await admitService({
    name: plan.name,
    tree,
    pod,
    // The template itself stays when this pod goes.
    owned: { handle: owned.handle, async [Symbol.asyncDispose]() {} },
  });
  await using mounts = await mountsOf(context, `${what}-${plan.name}`);
  await using commands = stepCommands({
    provider: context.provider,
    profile: 'setup',
    mounts: mounts.mounts,
    tree,
    treeMounts: () => folder.mounts({ writable: true }),
    pod,
    signal: options.signal,
  });
  const contexts = {
    ...contextsOf(context, 1),
    ...secretContext(context),
    services: serviceContext([instance]),
    service: { url: instance.url, host: instance.address.host, port: instance.address.port },
  };
  const own = Object.entries({ ...plan.env, ...preparation.env }).map(([name, template]) => [
    name,
    asText(evaluateTemplate(template, contexts)),
  ]);
  const workingDirectory = preparation.workingDirectory ?? plan.workingDirectory;
  const [file, ...args] = shellArgv(line);
  const result = await commands.run(file, args, {
    env: { ...instance.at(instance.address).variables, ...Object.fromEntries(own) },
    timeoutMs: commandMs,
    ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
  });
  if (result.status === 'exited' && result.exitCode === 0) return;
  context.signal.throwIfAborted();
  throw pluginError({
    code: `service/${what}-failed`,
    message: `\`${what}: ${line}\` of the service ${plan.name} ended with ${result.exitCode ?? result.status}: ${`${result.stdout}\n${result.stderr}`.trim().slice(-2000)}`,
    hint: 'It runs in the tree with the variables of the service, DATABASE_URL of a database among them.',
  });
}

const asText = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));
