// Which names an expression may use where, and of which types they are.
import { type ExpressionType, listOf, type ObjectType, objectOf, typeOfSchema, types } from '../expression/type.ts';
import type { Manifest } from '../plugin-api.ts';
import type { StepDraft } from './drafts.ts';
import type { Input, Inputs } from './inputs.ts';
import { field, fieldsOf, textOf } from './tree.ts';

type Properties = Readonly<Record<string, ExpressionType>>;

const facts = {
  id: types.string,
  mode: { kind: 'string', options: ['run', 'verify'] },
  ci: types.boolean,
  event: types.string,
  branch: types.string,
  base: types.string,
  attempt: types.number,
} as const satisfies Properties;
const atTheEnd = 'It is known in the steps of the top-level `finally`, when the run is over.';
const ofGitHub = {
  sha: 'The commit that is judged against is `run.base`.',
  ref: 'The branch is `run.branch`.',
  ref_name: 'The branch is `run.branch`.',
  event_name: 'It is `run.event`.',
  run_id: 'It is `run.id`.',
  run_attempt: 'The attempt of the loop is `run.attempt`.',
};
const run = objectOf(facts, { ...ofGitHub, verdict: atTheEnd, 'exit-code': atTheEnd, report: atTheEnd });
const verdict = { kind: 'string', options: ['proven', 'not-proven', 'inconclusive', 'unverified'] } as const;
const finished = { ...facts, verdict, 'exit-code': types.number };
const runEnded = objectOf(finished, { report: 'It is the path of a file that a command reads: use it in `env`.' });
const runEndedEnv = objectOf({ ...finished, report: types.string });
const elsewhere: Readonly<Record<string, string>> = {
  secrets:
    'A secret may stand in `env` of `run:` and `argv:` steps, of services, of set-up and of tokens, and nowhere else: no plugin and no model gets one.',
  item: 'It exists in a step with `foreach`, and in nothing else.',
  github: 'A playbook runs anywhere: `run` has `branch`, `base`, `event` and `ci`.',
  services: 'Addresses of services are known when they run: use them in `env`.',
  service: 'It is the service itself: use it in the `env` of a service.',
};

function inputType(input: Input): ExpressionType {
  switch (input.type) {
    case 'string':
    case 'file':
      return types.string;
    case 'choice':
      return { kind: 'string', options: input.options ?? [] };
    case 'boolean':
      return types.boolean;
    case 'list':
      return listOf(types.string);
    case 'number':
    case 'duration':
    case 'size':
    case 'percent':
      return types.number;
  }
}

/** What GitHub knows of a step that ended. */
function ended(id: string): Readonly<Record<string, string>> {
  const way = `How a step ended is no value: one with \`needs: [${id}]\` runs where \`${id}\` ended green.`;
  return { outcome: way, conclusion: way, result: way };
}

const outputType = (name: string | undefined): ExpressionType =>
  name === 'number' ? types.number : name === 'boolean' ? types.boolean : types.string;

const portsOf = (names: readonly string[]): ObjectType => objectOf(Object.fromEntries(names.map((name) => [name, types.number])));
const address = (outputs: ExpressionType, ports: readonly string[]): ObjectType =>
  objectOf({ url: types.string, host: types.string, port: types.number, ports: portsOf(ports), outputs });

const outputsOf = ({ plugin, body, phase, node }: StepDraft): ExpressionType => {
  if (plugin !== undefined) return typeOfSchema({ description: '', ...plugin.manifest.outputs });
  if (body === 'uses') return types.any;
  const declared = [...fieldsOf(field(node, 'outputs'))].map(([name, type]) => [name, outputType(textOf(type))] as const);
  return objectOf({ ...(phase.kind === 'context' ? { stdout: types.string } : {}), ...Object.fromEntries(declared) });
};

/** Made when an expression first asks: most texts hold none, and each step of a long playbook sees all steps before it. */
function lazily(make: () => ObjectType): ObjectType {
  let made: ObjectType | undefined;
  const type = (): ObjectType => {
    made ??= make();
    return made;
  };
  return {
    kind: 'object',
    get properties() {
      return type().properties;
    },
    get elsewhere() {
      return type().elsewhere ?? {};
    },
  };
}

export interface ServiceFacts {
  readonly name: string;
  readonly manifest?: Manifest;
  readonly ports?: readonly string[];
}

/** Makes the scopes of one playbook. */
export class Scopes {
  readonly #inputs: ObjectType;
  readonly #env: ObjectType;
  readonly #secrets: ObjectType;
  /** Each with its type, for many texts of the playbook ask. */
  readonly #steps: readonly { readonly step: StepDraft; readonly type: ObjectType }[];
  readonly #services: ReadonlyMap<string, ObjectType>;
  /** Steps of earlier phases, and with those of its own, by the index of a phase. */
  readonly #shared = new Map<number, { readonly earlier: Properties; readonly own: Properties }>();

  constructor(parts: {
    readonly inputs: Inputs;
    readonly env: Iterable<string>;
    readonly secrets?: Iterable<string>;
    readonly steps: readonly StepDraft[];
    readonly services: readonly ServiceFacts[];
  }) {
    this.#inputs = objectOf(Object.fromEntries([...parts.inputs.all.values()].map((input) => [input.name, inputType(input)])));
    this.#env = {
      ...objectOf(Object.fromEntries([...parts.env].map((name) => [name, types.any]))),
      declare: (name) =>
        `These are the variables of the playbook's own \`env\`, and none of the machine's: \`env: { ${name}: ... }\`.`,
    };
    this.#secrets = {
      ...objectOf(Object.fromEntries([...(parts.secrets ?? [])].map((name) => [name, types.string]))),
      declare: (name) =>
        `Declare it, with where it comes from: \`secrets: { ${name}: { env: ${name.toUpperCase().replaceAll('-', '_')} } }\`.`,
    };
    this.#steps = parts.steps.map((step) => ({
      step,
      type: lazily(() => objectOf({ outputs: outputsOf(step) }, ended(step.id))),
    }));
    this.#services = new Map(
      parts.services.map(({ name, manifest, ports = [] }) => [
        name,
        lazily(() => address(manifest === undefined ? types.any : typeOfSchema({ description: '', ...manifest.outputs }), ports)),
      ]),
    );
  }

  /** Where nothing has run yet: the playbook's own `env`, and what is made before the first step. */
  get before(): ObjectType {
    return this.#scope({});
  }
  /** Inputs of a plugin of kind service. */
  serviceInputs(): ObjectType {
    return this.#scope({ env: this.#env });
  }
  /** Commands of set-up and tokens. */
  setup(): ObjectType {
    return this.#scope({ env: this.#env, secrets: this.#secrets });
  }
  token(): ObjectType {
    return this.#scope({ env: this.#env, secrets: this.#secrets, services: this.#only([...this.#services.keys()]) });
  }
  service(dependencies: readonly string[], ports: readonly string[] = []): ObjectType {
    const service = objectOf({ url: types.string, host: types.string, port: types.number, ports: portsOf(ports) });
    return this.#scope({ env: this.#env, secrets: this.#secrets, services: this.#only(dependencies), service });
  }
  phase(index: number): ObjectType {
    return this.#scope({ env: this.#env, steps: this.#before({ index, kind: 'verify' }, undefined) });
  }
  /** `with` and `if` of a step. */
  step(step: StepDraft): ObjectType {
    return this.#scope({
      env: this.#env,
      steps: this.#before(step.phase, step),
      ...(step.phase.final === true ? { run: runEnded } : {}),
    });
  }
  /** `env` of a step, where addresses of services are known too. */
  stepEnv(step: StepDraft): ObjectType {
    return this.#scope({
      env: this.#env,
      ...(step.body === 'run' || step.body === 'argv' ? { secrets: this.#secrets } : {}),
      steps: this.#before(step.phase, step),
      services: this.#only([...this.#services.keys()]),
      ...(step.phase.final === true ? { run: runEndedEnv } : {}),
    });
  }

  #scope(more: Properties): ObjectType {
    return objectOf({ inputs: this.#inputs, run, ...more }, elsewhere);
  }
  #only(names: readonly string[]): ObjectType {
    return lazily(() => this.#chosen(names));
  }
  #chosen(names: readonly string[]): ObjectType {
    const found = names.flatMap((name) => {
      const type = this.#services.get(name);
      return type === undefined ? [] : ([[name, type]] as const);
    });
    const missing = [...this.#services.keys()].filter((name) => !names.includes(name));
    const why = (name: string): string =>
      `\`${name}\` is not among the dependencies: \`dependencies: [${[...names, name].join(', ')}]\`.`;
    return objectOf(Object.fromEntries(found), Object.fromEntries(missing.map((name) => [name, why(name)])));
  }

  /** Steps whose outputs are known when this one runs, or may be waited for. */
  #before(phase: { readonly index: number; readonly kind: string }, self: StepDraft | undefined): ObjectType {
    let properties: Properties | undefined;
    const known = (): Properties => {
      properties ??= phase.kind === 'action' || self === undefined ? this.#known(phase, self) : this.#others(phase, self);
      return properties;
    };
    const late = (): Readonly<Record<string, string>> => this.#late(phase, self);
    return {
      kind: 'object',
      get properties() {
        return known();
      },
      get elsewhere() {
        return late();
      },
    };
  }

  #known(phase: { readonly index: number; readonly kind: string }, self: StepDraft | undefined): Properties {
    const at = { phase, ...(self === undefined ? {} : { self }) };
    return Object.fromEntries(this.#steps.flatMap(({ step, type }) => (runsBefore(step, at) ? [[step.id, type]] : [])));
  }

  /** The same for a step of a phase whose steps run side by side: they all see the same steps, but each not itself. */
  #others(phase: { readonly index: number; readonly kind: string }, self: StepDraft): Properties {
    const sharing = this.#shared.get(phase.index) ?? {
      earlier: this.#known(phase, undefined),
      own: this.#known({ ...phase, index: phase.index + 1 }, undefined),
    };
    this.#shared.set(phase.index, sharing);
    const before = Object.hasOwn(sharing.earlier, self.id) ? sharing.earlier[self.id] : undefined;
    const { [self.id]: _, ...others } = sharing.own;
    return before === undefined ? others : { ...others, [self.id]: before };
  }

  #late(phase: { readonly index: number; readonly kind: string }, self: StepDraft | undefined): Readonly<Record<string, string>> {
    const at = { phase, ...(self === undefined ? {} : { self }) };
    const why = (id: string): string =>
      id === self?.id ? 'That is this step itself.' : `\`${id}\` runs later; move this behind it.`;
    return Object.fromEntries(this.#steps.flatMap(({ step }) => (runsBefore(step, at) ? [] : [[step.id, why(step.id)]])));
  }
}

/** Is `step` over, or can it be waited for, when `self` runs in `phase`? */
export function runsBefore(
  step: StepDraft,
  at: { readonly phase: { readonly index: number; readonly kind: string }; readonly self?: StepDraft },
): boolean {
  if (step.phase.index !== at.phase.index) return step.phase.index < at.phase.index;
  if (at.self === undefined || step.id === at.self.id) return false;
  return at.phase.kind !== 'action' || step.index < at.self.index;
}
