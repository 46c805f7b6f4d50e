// A plugin of kind context that makes a token: it sees the tree of the instance and runs its commands beside it. What it says is held
// back until the token is known, and what it keeps is thrown away.
import path from 'node:path';
import { evaluateTemplate } from '../expression/evaluate.ts';
import type { PassingEvent } from '../model/event.ts';
import type { AuthPlan, StepPlan } from '../model/plan.ts';
import { isPluginError, type Json, pluginError, type ServiceInstance } from '../plugin-api.ts';
import { removeAll } from '../workspace/files.ts';
import { withinTime } from './deadline.ts';
import { StepTimeout } from './failure.ts';
import { newScratch, safe } from './scratch.ts';
import { bareStep } from './services/plugin-service.ts';
import type { Setting } from './step-body.ts';
import { openHost } from './step-host.ts';
import type { StepServices } from './step-services.ts';
import { failed, shortest, type TokenOrder, type TokenPlace } from './tokens.ts';

interface Making {
  readonly plan: Extract<AuthPlan, { readonly kind: 'plugin' }>;
  readonly order: TokenOrder;
  readonly place: TokenPlace;
  readonly withinMs: number;
}

/** Its outputs, as the manifest declares them. */
export async function runTokenPlugin(making: Making): Promise<{ readonly [name: string]: Json }> {
  const { setting, folderOf } = making.place;
  const { order, plan } = making;
  const { context } = setting;
  const name = `auth-${safe(order.auth)}`;
  const held: PassingEvent[] = [];
  const kept = newScratch(context, `${name}-kept`);
  const folder = folderOf(order.instance.tree);
  const { work: _, onArtifact: __, ...shared } = setting;
  const quiet: Setting = {
    ...shared,
    context: {
      ...context,
      folders: { ...context.folders, artifacts: path.join(kept, 'artifacts') },
      emit: (event) => held.push(event),
    },
    step: stepOf(making, name),
    candidate: folder,
    base: folder,
  };
  try {
    const outputs = await withinTime({ milliseconds: making.withinMs, signal: setting.signal }, (signal) =>
      run({ ...quiet, signal }, making),
    );
    if (typeof outputs.token === 'string' && outputs.token.length >= shortest) context.hide(outputs.token);
    return outputs;
  } catch (error) {
    setting.signal.throwIfAborted();
    if (error instanceof StepTimeout) {
      const why = `the plugin ${plan.plugin} had none after ${making.withinMs / 1000} s.`;
      throw failed(plan, order.auth, { why });
    }
    if (!isPluginError(error)) throw error;
    const why = `the plugin ${plan.plugin} says ${error.code}: ${error.message}`;
    throw failed(plan, order.auth, { why, ...(error.hint === undefined ? {} : { hint: error.hint }) });
  } finally {
    for (const event of held) context.emit(event);
    await removeAll(kept);
  }
}

const stepOf = ({ plan, order, withinMs }: Making, id: string): StepPlan => ({
  ...bareStep({ id, name: `token ${order.auth}`, place: plan.place, timeoutMs: withinMs }),
  body: { kind: 'plugin', plugin: plan.plugin, with: plan.with },
  services: order.beside.map(({ name }) => name),
});

async function run(setting: Setting, making: Making): Promise<{ readonly [name: string]: Json }> {
  const { plan, order, place } = making;
  const { context } = setting;
  const plugin = await context.registry.load(plan.plugin, context.plan.plugins[plan.plugin]);
  if (plugin.kind !== 'context')
    throw pluginError({ code: 'plugin/kind', message: `The plugin ${plan.plugin} is a ${plugin.kind}, not a context.` });
  const inputs = await context.registry.validateInputs(plan.plugin, evaluateTemplate(plan.with, order.contexts));
  if (!inputs.ok) {
    throw pluginError({
      code: 'step/inputs',
      message: `its inputs do not fit: ${inputs.error.map(({ message }) => message).join('; ')}`,
      hint: 'An expression gave a value of another type than the plugin takes.',
    });
  }
  const services = borrowed(order, place.services());
  await using opened = await openHost(setting, plugin.manifest, { ...plugin, services, beside: order.beside });
  const { outputs } = await plugin.run(inputs.value, opened.host);
  const checked = await context.registry.validateOutputs(plan.plugin, (outputs ?? {}) as Json);
  if (checked.ok) return checked.value as { readonly [name: string]: Json };
  throw pluginError({
    code: 'plugin/outputs',
    message: `its outputs are not what its manifest allows: ${checked.error.map(({ message }) => message).join('; ')}`,
    hint: 'This is a fault of the plugin.',
  });
}

/** The instances that are there already: it starts none, and ends none. */
function borrowed(order: TokenOrder, of: StepServices): StepServices {
  const lent = new Map(order.beside.map((instance) => [instance.name, lend(instance)]));
  const names = [...lent.keys()];
  return {
    services: {
      names,
      async start(name) {
        const instance = lent.get(name);
        if (instance !== undefined) return instance;
        throw pluginError({
          code: 'services/unknown',
          message: `There is no service ${name} for this token; there are ${names.join(', ')}.`,
          hint: `It is made for ${order.instance.name}, beside which stands what that depends on: \`dependencies: [${name}]\`.`,
        });
      },
      async token(auth) {
        throw pluginError({
          code: 'auth/nested',
          message: `The plugin that makes the token ${order.auth} asks for the token ${auth}.`,
          hint: 'A plugin that makes a token must do without another one.',
        });
      },
    },
    net: of.net,
    podOf: of.podOf,
    [Symbol.asyncDispose]: async () => {},
  };
}

const lend = (instance: ServiceInstance): ServiceInstance => ({ ...instance, [Symbol.asyncDispose]: async () => {} });
