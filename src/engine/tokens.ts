// `host.services.token`: the bearer token of an `auth:` entry, made beside an instance, once for each, and a secret from then on.
import { type Contexts, evaluateTemplate } from '../expression/evaluate.ts';
import type { Pod } from '../host/sandbox/contract.ts';
import { shellArgv } from '../host/shell.ts';
import type { AuthPlan } from '../model/plan.ts';
import { type Commands, type Json, type PluginError, pluginError, type ServiceInstance, type Tree } from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import { contextsOf, secretContext } from './inputs.ts';
import { identityOf, serviceContext, serviceVariables, withDependencies } from './services/instance.ts';
import type { Setting } from './step-body.ts';
import type { StepServices } from './step-services.ts';

export interface TokenPlace {
  readonly setting: Setting;
  readonly folderOf: (tree: Tree) => TreeFolder;
  /** Those of the step whose request needs the token. */
  readonly services: () => StepServices;
  readonly commandsFor: (tree: Tree, pod: Pod) => Promise<Commands & AsyncDisposable>;
}
/** One token that is to be made. */
export interface TokenOrder {
  readonly auth: string;
  readonly instance: ServiceInstance;
  /** The instance, and what it depends on. */
  readonly beside: readonly ServiceInstance[];
  readonly contexts: Contexts;
}
type Of<Kind extends AuthPlan['kind']> = Extract<AuthPlan, { readonly kind: Kind }>;

const withinMs = 60_000;
/** Shorter ones turn up in ordinary words, so that they could not be masked. */
export const shortest = 6;

/** The tokens of one step. */
export class Tokens {
  readonly #place: TokenPlace;
  readonly #made = new Map<object, Map<string, Promise<string>>>();

  constructor(place: TokenPlace) {
    this.#place = place;
  }

  /** The same one for the same instance, until that starts again. */
  token(auth: string, instance: ServiceInstance): Promise<string> {
    const one = identityOf(instance);
    const own = this.#made.get(one) ?? new Map<string, Promise<string>>();
    this.#made.set(one, own);
    const known = own.get(auth);
    if (known !== undefined) return known;
    const making = this.#make(auth, instance);
    own.set(auth, making);
    making.catch(() => own.delete(auth));
    return making;
  }

  /** What an instance knew of its tokens may be gone. */
  forget(instance: ServiceInstance): void {
    this.#made.delete(identityOf(instance));
  }

  async #make(auth: string, instance: ServiceInstance): Promise<string> {
    const { setting } = this.#place;
    const { context } = setting;
    const plan = Object.hasOwn(context.plan.auth, auth) ? context.plan.auth[auth] : undefined;
    if (plan === undefined) throw unknownToken(auth, Object.keys(context.plan.auth));
    const beside = withDependencies(instance);
    const contexts = {
      ...contextsOf(context, setting.ref.attempt),
      ...secretContext(context),
      services: serviceContext(beside),
    };
    const order = { auth, instance, beside, contexts };
    const made = plan.kind === 'command' ? await this.#byCommand(plan, order) : await this.#byPlugin(plan, order);
    context.hide(made);
    return made;
  }

  async #byCommand(plan: Of<'command'>, order: TokenOrder): Promise<string> {
    const { tree } = order.instance;
    await using commands = await this.#place.commandsFor(tree, await this.#place.services().podOf([]));
    const own = Object.entries(plan.env).map(([name, template]) => [
      name,
      String(evaluateTemplate(template, order.contexts) as Json),
    ]);
    const [file, ...args] = shellArgv(plan.run);
    const result = await commands.run(file, args, {
      tree,
      env: { ...serviceVariables(order.beside), ...Object.fromEntries(own) },
      timeoutMs: withinMs,
    });
    const made = result.stdout.trim();
    const ended = `\`${plan.run}\` ended with ${result.exitCode ?? result.status}`;
    if (result.status === 'exited' && result.exitCode === 0 && isToken(made)) return longEnough(made, plan, order.auth);
    throw failed(plan, order.auth, {
      why: `${ended} and printed ${made === '' ? 'nothing' : /\s/.test(made) ? 'more than one word' : 'a word'}. ${result.stderr.trim().slice(-500)}`,
      hint: 'Let it print the bearer token alone on standard output.',
    });
  }

  async #byPlugin(plan: Of<'plugin'>, order: TokenOrder): Promise<string> {
    const { runTokenPlugin } = await import('./token-plugin.ts');
    const outputs = await runTokenPlugin({ plan, order, place: this.#place, withinMs });
    if (typeof outputs.token === 'string' && isToken(outputs.token)) return longEnough(outputs.token, plan, order.auth);
    const found = outputs.token === undefined || outputs.token === '' ? 'is empty' : 'is more than one word';
    throw failed(plan, order.auth, {
      why: `the output \`token\` of the plugin ${plan.plugin} ${found}.`,
      hint: 'Let the plugin throw a PluginError that says why it has no token.',
    });
  }
}

const isToken = (text: string): boolean => text !== '' && !/\s/.test(text);

const nameOf = (plan: AuthPlan, auth: string): string => `\`auth: ${auth}\` (${plan.place.file}:${plan.place.range.start.line})`;

/** `why`: a sentence. */
export function failed(plan: AuthPlan, auth: string, said: { readonly why: string; readonly hint?: string }): PluginError {
  return pluginError({
    code: 'auth/failed',
    message: `${nameOf(plan, auth)} gave no token: ${said.why.trim()}`,
    ...(said.hint === undefined ? {} : { hint: said.hint }),
  });
}

function longEnough(made: string, plan: AuthPlan, auth: string): string {
  if (made.length >= shortest) return made;
  throw pluginError({
    code: 'auth/short',
    message: `${nameOf(plan, auth)} gave a token of ${made.length} characters; it has to have ${shortest} at least.`,
    hint: 'It cannot be told from ordinary words, and so not be masked.',
  });
}

function unknownToken(auth: string, known: readonly string[]): PluginError {
  return pluginError({
    code: 'auth/unknown',
    message: `There is no \`auth:\` entry ${auth}; there are ${known.join(', ') || 'none'}.`,
    hint: `Add it to bexpert.yml: \`auth: { ${auth}: { run: node scripts/token.js } }\`.`,
  });
}
