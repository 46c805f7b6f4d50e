import type { CpuTime, Json, ProxyAddress, ServiceInstance, ServiceState, Thawed, Tree } from '../../plugin-api.ts';

/** Where a service is for one who sees it at an address, and the variables that follow from it. */
export interface Seen {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** An instance as the engine keeps it: the same service can be seen through a proxy at another address. */
export interface StartedService extends ServiceInstance {
  /** Its further ports by their names. */
  readonly ports: Readonly<Record<string, number>>;
  at(address: ProxyAddress): Seen;
  /** One for all who hold the instance. */
  readonly identity: object;
  /** What it was started with. */
  readonly dependencies?: readonly StartedService[];
}

/** The same object for the same instance, whoever was handed it. */
export const identityOf = (instance: ServiceInstance): object =>
  'identity' in instance ? (instance as StartedService).identity : instance;

/** The instance, and all that it depends on; one of each name. */
export function withDependencies(instance: ServiceInstance): readonly ServiceInstance[] {
  const found = new Map<string, ServiceInstance>();
  const visit = (one: ServiceInstance): void => {
    if (found.has(one.name)) return;
    found.set(one.name, one);
    if ('dependencies' in one) for (const dependency of (one as StartedService).dependencies ?? []) visit(dependency);
  };
  visit(instance);
  return [...found.values()];
}

/** Adds what an instance gives to others: its address in the pod and how it looks from elsewhere. */
export function startedService(parts: {
  readonly name: string;
  readonly tree: Tree;
  readonly address: ProxyAddress;
  readonly outputs: Json;
  readonly ports?: Readonly<Record<string, number>>;
  readonly at: (address: ProxyAddress) => Seen;
  readonly log: () => Promise<string>;
  readonly cpu: () => Promise<CpuTime>;
  readonly state: () => Promise<ServiceState>;
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<Thawed>;
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
}): StartedService {
  const { end, ...rest } = parts;
  let ended: Promise<void> | undefined;
  return {
    ...rest,
    identity: {},
    ports: parts.ports ?? {},
    url: parts.at(parts.address).url,
    [Symbol.asyncDispose]() {
      ended ??= end();
      return ended;
    },
  };
}

/** What `services` gives in expressions. `through`: proxies that stand between, by service name. */
export function serviceContext(
  instances: readonly ServiceInstance[],
  through: Readonly<Record<string, ProxyAddress>> = {},
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    instances.map((instance) => {
      const address = through[instance.name] ?? instance.address;
      const url = 'at' in instance ? (instance as StartedService).at(address).url : instance.url;
      const ports = 'ports' in instance ? (instance as StartedService).ports : {};
      return [instance.name, { url, host: address.host, port: address.port, ports, outputs: instance.outputs }];
    }),
  );
}

/** Default variables of all who use these instances. */
export function serviceVariables(
  instances: readonly ServiceInstance[],
  through: Readonly<Record<string, ProxyAddress>> = {},
): Record<string, string> {
  return Object.assign(
    {},
    ...instances.map((instance) =>
      'at' in instance ? (instance as StartedService).at(through[instance.name] ?? instance.address).variables : {},
    ),
  );
}
