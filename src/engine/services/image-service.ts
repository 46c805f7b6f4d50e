// A service with `image`: a container of this machine's Podman or Docker, started for one step and reached at a port of 127.0.0.1 that the
// runner relays into the pod.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { evaluateTemplate } from '../../expression/evaluate.ts';
import { type ContainerEngine, findEngine } from '../../host/container-engine.ts';
import { cpuTime, processTree } from '../../host/sandbox/processes.ts';
import type { ServicePlan } from '../../model/plan.ts';
import { isPluginError, type Json, pluginError } from '../../plugin-api.ts';
import type { RunContext } from '../context.ts';
import { contextsOf, secretContext } from '../inputs.ts';
import type { Setting } from '../step-body.ts';
import { Container, type ContainerOptions, loopback } from './container.ts';
import { LogFile } from './log-file.ts';
import type { OwnedHandle } from './plugin-service.ts';
import { untilReady } from './ready.ts';

const tries = 3;
const text = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));
type ImageBody = Extract<ServicePlan['body'], { readonly kind: 'image' }>;

export async function startImageService(setting: Setting, plan: ServicePlan): Promise<OwnedHandle> {
  const { context, signal } = setting;
  const { body } = plan;
  if (body.kind !== 'image') throw new Error(`the service ${plan.name} has no image`);
  const engine = await engineFor(plan, context, signal);
  const env = environmentOf(setting, plan, body);
  const log = new LogFile(
    path.join(context.folders.logs, `${plan.name}-${randomBytes(4).toString('hex')}.log`),
    context.maskStream(),
  );
  const { image, argv, port } = body;
  const options = {
    engine,
    folder: context.folders.run,
    run: context.id,
    service: plan.name,
    image,
    argv,
    env,
    port,
    log,
    signal,
  };
  try {
    const container = await readyContainer(options, plan);
    return handleOf(container, options, plan);
  } catch (error) {
    await log[Symbol.asyncDispose]();
    throw error;
  }
}

/** On another port when somebody was faster to take it. */
async function readyContainer(options: ContainerOptions, plan: ServicePlan): Promise<Container> {
  for (let attempt = 1; ; attempt++) {
    const container = await Container.make(options);
    try {
      await launch(container, options, plan);
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      if (attempt >= tries || !isPluginError(error) || error.code !== 'service/port-taken') throw error;
    }
  }
}

async function launch(container: Container, options: ContainerOptions, plan: ServicePlan): Promise<void> {
  const { engine, image, port, signal, log } = options;
  const { ready } = plan;
  const section = log.section(ready.log);
  await untilReady({
    name: plan.name,
    ready,
    pod: { connect: () => container.connect(ready.http === undefined) },
    address: { host: loopback, port },
    ended: container.start(),
    log: section,
    command: (line) => container.runs(line, ready.withinMs),
    listens: () => undefined,
    advice: {
      ended: `Start it by hand: \`${engine.name} run --rm ${image}\`, with the variables of its \`env:\` in bexpert.yml. It must stay in the foreground.`,
      port: `\`port: ${port}\` of the service is the port that its program listens on inside, on all addresses (0.0.0.0) and not on 127.0.0.1 alone.`,
    },
    signal,
  });
}

function handleOf(container: Container, options: ContainerOptions, plan: ServicePlan): OwnedHandle {
  const { log } = options;
  const end = async (): Promise<void> => {
    try {
      await container[Symbol.asyncDispose]();
    } finally {
      await log[Symbol.asyncDispose]();
    }
  };
  return {
    handle: {
      address: { host: loopback, port: container.port },
      url: ({ host, port }) => `http://${host}:${port}`,
      outputs: {},
      log: () => log.text(),
      cpu: async () => {
        const pid = await container.pid();
        return cpuTime(pid === undefined ? [] : processTree(pid));
      },
      restart: async () => {
        await container.stop();
        await launch(container, options, plan);
      },
      [Symbol.asyncDispose]: end,
    },
    [Symbol.asyncDispose]: end,
  };
}

async function engineFor(plan: ServicePlan, context: RunContext, signal: AbortSignal): Promise<ContainerEngine> {
  const found = await findEngine({ env: context.env, signal });
  if ('name' in found) return found;
  throw pluginError({
    code: 'service/no-engine',
    message: `The service ${plan.name} has an \`image\`, and neither Podman nor Docker answers on this machine (${found.join('; ')}).`,
    hint: 'Install Podman, or start Docker; `bexpert doctor` says when one answers. Or start the program itself with `run:`.',
  });
}

/** Its own `env:` and nothing else. In it `service` is what its program sees. */
function environmentOf(setting: Setting, plan: ServicePlan, { port }: ImageBody): Readonly<Record<string, string>> {
  const contexts = {
    ...contextsOf(setting.context, setting.ref.attempt),
    ...secretContext(setting.context),
    service: { host: loopback, port, url: `http://${loopback}:${port}`, ports: {} },
  };
  const env = Object.entries(plan.env).map(([name, template]) => [name, text(evaluateTemplate(template, contexts))] as const);
  for (const [name, value] of env) {
    if (!/[\r\n\0]/.test(value)) continue;
    throw pluginError({
      code: 'service/image-env',
      message: `The variable ${name} of the service ${plan.name} has several lines; those of a container have one.`,
      hint: 'Hand it over in base64, and let the command of the image decode it.',
    });
  }
  return Object.fromEntries(env);
}
