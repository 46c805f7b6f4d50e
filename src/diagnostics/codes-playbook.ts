import type { CodeTable } from './code-table.ts';
import { commandCodes } from './codes-commands.ts';
import { flowCodes } from './codes-flow.ts';
import { layerCodes } from './codes-layers.ts';
import { playtestCodes } from './codes-playtest.ts';

/** A name that is empty is shown in quotes, or nothing would be seen of it. */
const tick = (name: string): string => (name === '' ? '`""`' : `\`${name}\``);
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(tick).join(', '));
const near = (name: string | undefined, form: (name: string) => string = tick): string =>
  name === undefined ? '' : `Did you mean ${form(name)}? `;

/** What can be wrong with what a playbook, a bexpert.yml, or the inputs of a call say. */
export const playbookCodes = {
  // ---- The files ---------------------------------------------------------------------------------------------------------------
  'playbook/not-found': {
    means: 'The playbook that was named is neither a file nor a playbook that comes with bexpert.',
    message: (facts: { playbook: string; near?: string; files: readonly string[]; shipped: readonly string[] }) =>
      `There is no playbook ${tick(facts.playbook)}.`,
    hint: (facts: { playbook: string; near?: string; files: readonly string[]; shipped: readonly string[] }) =>
      `${near(facts.near)}${facts.files.length === 0 ? '' : `Files near it: ${listed(facts.files)}. `}${facts.shipped.length === 0 ? '' : `Playbooks that come with bexpert: ${listed(facts.shipped)}.`}`.trimEnd(),
  },
  'playbook/unreadable': {
    means: 'What was named as a playbook, or bexpert.yml, is there, and is no file that can be read.',
    message: (facts: { playbook: string; why: string }) => `The file ${tick(facts.playbook)} cannot be read: ${facts.why}.`,
    hint: (facts: { playbook: string; why: string }) =>
      facts.why === 'it is a folder' && facts.playbook !== 'bexpert.yml'
        ? 'Name a file in it: `bexpert validate playbooks/quality.yml`.'
        : '',
  },
  'playbook/not-a-map': {
    means: 'A playbook or bexpert.yml is something else than a map of keys, or is empty.',
    message: (facts: { found: string }) => `A playbook is a map of keys, and this is ${facts.found}.`,
    hint: () => 'The shortest one has two keys: `bexpert: 1` and `phases:` with `verify: [tests]` below it.',
  },
  'playbook/version': {
    means: 'The key `bexpert` names a version of the language that this bexpert does not know.',
    message: (facts: { found: string }) => `The playbook is written in version ${facts.found} of the language.`,
    hint: () => 'This bexpert knows version 1: `bexpert: 1`.',
  },
  'playbook/deprecated': {
    means: 'A key has another name now. The old one works for a year.',
    severity: 'warning',
    message: (facts: { key: string; successor: string; since: string; until: string }) =>
      `${tick(facts.key)} is called ${tick(facts.successor)} since bexpert ${facts.since}.`,
    hint: (facts: { key: string; successor: string; since: string; until: string }) =>
      `The old name works until ${facts.until}. \`bexpert migrate\` writes the new one and leaves all else as it is.`,
  },
  'playbook/requires': {
    means: 'The playbook requires another version of bexpert.',
    message: (facts: { range: string; version: string }) =>
      `The playbook requires bexpert ${facts.range}, and this is ${facts.version}.`,
    hint: () => 'Install a version that fits, or widen `requires`.',
  },
  // ---- Keys and values ---------------------------------------------------------------------------------------------------------
  'playbook/unknown-key': {
    means: 'A key that does not exist where it stands.',
    message: (facts: { key: string; where: string; near?: string; known: readonly string[] }) =>
      `There is no key ${tick(facts.key)} in ${facts.where}.`,
    hint: (facts: { key: string; where: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? 'It takes no keys.' : `It takes ${listed(facts.known)}.`}`,
  },
  'playbook/not-supported': {
    means: 'A key, or a form of it, that belongs to the language and that this version of bexpert does not support yet.',
    message: (facts: { what: string; instead: string }) => `${facts.what} is not supported yet.`,
    hint: (facts: { what: string; instead: string }) => facts.instead,
  },
  'playbook/missing-key': {
    means: 'A key that must be there is not.',
    message: (facts: { key: string; where: string; takes: string }) => `${tick(facts.key)} is missing in ${facts.where}.`,
    hint: (facts: { key: string; where: string; takes: string; description?: string }) =>
      `Add \`${facts.key}: ...\`, ${facts.takes}${facts.description === undefined ? '' : `: ${facts.description.charAt(0).toLowerCase()}${facts.description.slice(1).replace(/\.$/, '')}`}.`,
  },
  'playbook/type': {
    means: 'A value has another type than its key takes.',
    message: (facts: { key: string; expected: string; found: string }) =>
      `${tick(facts.key)} takes ${facts.expected}, and this is ${facts.found}.`,
    hint: (facts: { key: string; expected: string; found: string }) =>
      facts.expected === 'text' && /^(the number|`)/.test(facts.found)
        ? 'Put it in quotes to make it text.'
        : /^a list of \w+$/.test(facts.expected) && facts.found.startsWith('the text')
          ? `Write it as a list: ${facts.found.replace(/^the text `(.*)`$/, '`[$1]`')}.`
          : '',
  },
  'playbook/choice': {
    means: 'A value is none of those that its key takes.',
    message: (facts: { key: string; value: string; options: readonly string[]; near?: string }) =>
      `${tick(facts.key)} cannot be ${tick(facts.value)}.`,
    hint: (facts: { key: string; value: string; options: readonly string[]; near?: string }) =>
      `${near(facts.near)}It is one of ${listed(facts.options)}.`,
  },
  'playbook/form': {
    means: 'A text does not have the form that its key takes: a duration, a percentage, a name, a date.',
    message: (facts: { key: string; expected: string; found: string }) =>
      `${tick(facts.key)} takes ${facts.expected}, and this is ${facts.found}.`,
    hint: () => '',
  },
  'playbook/limit': {
    means: 'A number is too small or too large, or a list is too short.',
    message: (facts: { key: string; expected: string; found: string }) =>
      `${tick(facts.key)} must be ${facts.expected}; this is ${facts.found}.`,
    hint: () => '',
  },
  'playbook/append': {
    means: '`append:` adds to a list of a file below, and there the value is no list.',
    message: (facts: { key: string; below: string }) => `${tick(facts.key)} cannot be appended to: below it is ${facts.below}.`,
    hint: () => 'Write the whole list without `append:`.',
  },
  'playbook/glob': {
    means: 'A glob that can match nothing: empty, absolute, or leaving the scope.',
    message: (facts: { glob: string; why: string }) =>
      facts.glob === '' ? 'An empty glob matches nothing.' : `The glob ${tick(facts.glob)} matches nothing: ${facts.why}.`,
    hint: () => 'Globs are relative to the folder of bexpert.yml and use `/`, for example `src/**`.',
  },
  'playbook/path': {
    means: 'A path is absolute or leaves the scope.',
    message: (facts: { key: string; path: string; why: string }) =>
      `${tick(facts.key)} cannot be ${tick(facts.path)}: ${facts.why}.`,
    hint: () => 'Paths are relative to the folder of bexpert.yml, for example `services/orders`.',
  },
  'playbook/expression-place': {
    means: 'An expression stands where values must be known when the plan is made.',
    message: (facts: { key: string }) => `${tick(facts.key)} takes no expression.`,
    hint: () => 'Expressions may stand in `with`, `env` and `if`.',
  },
  'playbook/expression-type': {
    means: 'An expression gives another type than the input of the plugin takes.',
    message: (facts: { key: string; expected: string; found: string }) =>
      `${tick(facts.key)} takes ${facts.expected}, and this expression gives ${facts.found}.`,
    hint: () => '',
  },
  'playbook/env-value': {
    means: 'The value of an environment variable is a list, a map or nothing, or its name is none that a system takes.',
    message: (facts: { name: string; found: string }) => `The environment variable ${tick(facts.name)} cannot be ${facts.found}.`,
    hint: (facts: { name: string; found: string }) =>
      facts.found === 'named so'
        ? 'Names hold letters, digits and `_`, and do not begin with a digit.'
        : 'Give it a text, a number, a boolean, or an expression that yields one.',
  },
  'playbook/unused': {
    means: 'The playbook declares a service, or defaults of a plugin, that nothing in it uses.',
    severity: 'warning',
    message: (facts: { what: string; by: string }) => `${facts.what} has no effect: ${facts.by}.`,
    hint: () => 'Remove it, or move it to bexpert.yml, which several playbooks share.',
  },
  'playbook/defaults-plugin': {
    means: '`defaults` names a plugin that does not exist.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `\`defaults\` is for plugins, and there is no plugin ${tick(facts.name)}.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Plugins: ${listed(facts.known)}.`,
  },
  // ---- Inputs ------------------------------------------------------------------------------------------------------------------
  'input/unknown': {
    means: 'A value is given for an input that the playbook does not have.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `The playbook has no input ${tick(facts.name)}.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? 'It has no inputs.' : `Its inputs are ${listed(facts.known)}.`}`,
  },
  'input/missing': {
    means: 'A required input has no value.',
    message: (facts: { name: string; description?: string }) =>
      `The input ${tick(facts.name)} has no value${facts.description === undefined ? '' : `: ${facts.description.replace(/\.$/, '')}`}.`,
    hint: (facts: { name: string; description?: string }) =>
      `Give it with \`--input ${facts.name}=...\`, or in bexpert.yml: \`inputs: { ${facts.name}: { default: ... } }\`.`,
  },
  'input/value': {
    means: 'The value of an input does not have the type of the input.',
    message: (facts: { name: string; expected: string; found: string; from: string; example?: string }) =>
      `The input ${tick(facts.name)} takes ${facts.expected}, and ${facts.from} it is ${facts.found}.`,
    hint: (facts: { name: string; expected: string; found: string; from: string; example?: string }) =>
      facts.example === undefined ? '' : `For example \`--input ${facts.name}=${facts.example}\`.`,
  },
  'input/options': {
    means: 'An input of type `choice` has no options, or one of another type has some.',
    message: (facts: { name: string; type: string }) =>
      facts.type === 'choice'
        ? `The input ${tick(facts.name)} is a choice without options.`
        : `The input ${tick(facts.name)} is a ${facts.type} and cannot have \`options\`.`,
    hint: () => 'Options go with a choice: `{ type: choice, options: [quick, full] }`.',
  },
  'input/unused': {
    means: 'The playbook declares an input that nothing in it uses.',
    severity: 'warning',
    message: (facts: { name: string }) => `Nothing uses the input ${tick(facts.name)}.`,
    hint: (facts: { name: string }) => `Use it with \`\${{ inputs.${facts.name} }}\`, or remove it.`,
  },
  // ---- Phases ------------------------------------------------------------------------------------------------------------------
  'phase/kind': {
    means: 'A phase has no kind, and its name is none either.',
    message: (facts: { phase: string; near?: string }) => `The phase ${tick(facts.phase)} has no kind.`,
    hint: (facts: { phase: string; near?: string }) =>
      `${near(facts.near)}Name it context, action, verify or approve, or give it one: \`${facts.phase}: { kind: verify, steps: [...] }\`.`,
  },
  'phase/empty': {
    means: 'A phase without steps, or a playbook without phases.',
    message: (facts: { phase: string }) =>
      facts.phase === '' ? 'The playbook has no phases.' : `The phase ${tick(facts.phase)} has no steps.`,
    hint: () => 'Give it steps, for example `verify: [tests]`; `null` removes a phase of a file below.',
  },
  'phase/no-verify': {
    means: 'Nothing after an action phase verifies what it did.',
    message: (facts: { phase: string }) => `No verify phase follows the action phase ${tick(facts.phase)}.`,
    hint: () => 'What a model does is never believed without proof. Add a phase after it: `verify: [tests]`.',
  },
  'phase/no-context': {
    means: 'Nothing before an action phase maps what the action has to know.',
    message: (facts: { phase: string }) => `No context phase comes before the action phase ${tick(facts.phase)}.`,
    hint: () => 'Add a phase before it with plugins of kind context; `bexpert plugins` lists them.',
  },
  'phase/no-tests': {
    means: 'A verify phase after an action has no gate that runs the tests of the project.',
    severity: 'warning',
    message: (facts: { phase: string; gates: readonly string[] }) =>
      `No verify phase after the action phase ${tick(facts.phase)} runs the tests of the project.`,
    hint: (facts: { phase: string; gates: readonly string[] }) => `Add ${listed(facts.gates)} to a verify phase.`,
  },
  'phase/nothing-to-prove': {
    means: 'The playbook has no verify phase, so a run of it can prove nothing.',
    severity: 'warning',
    message: () => 'The playbook has no verify phase: a run of it proves nothing.',
    hint: () => 'Add one, for example `verify: [tests]`.',
  },
  'phase/retry-from': {
    means: '`retry-from` names no action phase that comes before.',
    message: (facts: { from: string; phase: string; near?: string; known: readonly string[] }) =>
      `${tick(facts.from)} is no action phase before ${tick(facts.phase)}.`,
    hint: (facts: { from: string; phase: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? 'There is none; without an action nothing would change on a retry.' : `Before it: ${listed(facts.known)}.`}`,
  },
  'phase/key-kind': {
    means: 'A key of a phase that phases of its kind do not have.',
    message: (facts: { key: string; kind: string; allowed: string }) =>
      `A phase of kind ${facts.kind} has no ${tick(facts.key)}.`,
    hint: (facts: { key: string; kind: string; allowed: string }) => facts.allowed,
  },
  // ---- Steps -------------------------------------------------------------------------------------------------------------------
  'step/body': {
    means: 'A step or service says nothing to run, or says it twice.',
    message: (facts: { what: string; found: readonly string[]; forms: readonly string[] }) =>
      facts.found.length === 0
        ? `${facts.what} has nothing to run.`
        : `${facts.what} has ${listed(facts.found)}; one of them is enough.`,
    hint: (facts: { what: string; found: readonly string[]; forms: readonly string[] }) =>
      `Give it one of ${listed(facts.forms)}.`,
  },
  'step/id': {
    means: 'The id of a step cannot be used in expressions, or a step that needs an id of its own has none.',
    message: (facts: { id: string }) =>
      facts.id === '' ? 'This step needs an `id`.' : `${tick(facts.id)} cannot be the id of a step.`,
    hint: () => 'Ids begin with a letter and hold letters, digits, `-` and `_`: `- id: lint`.',
  },
  'step/duplicate-id': {
    means: 'Two steps have the same id.',
    message: (facts: { id: string }) => `Two steps have the id ${tick(facts.id)}.`,
    hint: (facts: { id: string }) => `Give one of them another: \`- id: ${facts.id}-2\`.`,
  },
  'step/key-kind': {
    means: 'A key of a step that steps of its kind do not have.',
    message: (facts: { key: string; found: string; allowed: string }) => `${facts.found} has no ${tick(facts.key)}.`,
    hint: (facts: { key: string; found: string; allowed: string }) => `${tick(facts.key)} is for ${facts.allowed}.`,
  },
  'step/needs-unknown': {
    means: '`needs` names a step that does not exist.',
    message: (facts: { id: string; near?: string; known: readonly string[] }) => `There is no step ${tick(facts.id)} to need.`,
    hint: (facts: { id: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Steps that may be needed here: ${listed(facts.known)}.`,
  },
  'step/order': {
    means: 'A step needs, or uses the outputs of, a step that runs later.',
    message: (facts: { step: string; other: string }) =>
      `${tick(facts.step)} runs before ${tick(facts.other)} and cannot use it.`,
    hint: () => 'Move the step behind the other one; phases run in order, and the steps of an action phase one after the other.',
  },
  'step/cycle': {
    means: 'Steps of a phase wait for each other.',
    message: (facts: { ids: readonly string[] }) => `These steps wait for each other: ${facts.ids.join(' → ')}.`,
    hint: () => 'Remove one of the references or `needs`.',
  },
  'step/run-expression': {
    means: 'An expression stands in the line of a `run:` or in the words of an `argv:`.',
    message: (facts: { key: string; expression: string; variable: string }) =>
      facts.key === 'argv'
        ? '`argv` takes no expression.'
        : `${tick(facts.key)} takes no expression: values never become shell text.`,
    hint: (facts: { key: string; expression: string; variable: string }) =>
      `Hand it over as a variable: \`env: { ${facts.variable}: "\${{ ${facts.expression} }}" }\`${facts.key === 'argv' ? '; the program reads it, or use `run:`, whose shell does' : `, and write \`"$${facts.variable}"\` in the line`}.`,
  },
  'step/never-runs': {
    means: 'A step or phase can never run: its condition is always false.',
    message: (facts: { what: string; why: string }) => `${facts.what} never runs: ${facts.why}.`,
    hint: () => 'A gate that cannot be reached proves nothing. Remove it, or mend the condition.',
  },
  // ---- Plugins -----------------------------------------------------------------------------------------------------------------
  'plugin/unknown': {
    means: 'A step or service uses a plugin that does not exist.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) => `There is no plugin ${tick(facts.name)}.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Plugins for this place: ${listed(facts.known)}. One of your own is a folder: \`uses: ./plugins/my-gate\`.`,
  },
  'plugin/kind': {
    means: 'A plugin stands where plugins of its kind cannot.',
    message: (facts: { name: string; kind: string; place: string; known: readonly string[] }) =>
      `${tick(facts.name)} is a plugin of kind ${facts.kind} and cannot stand in ${facts.place}.`,
    hint: (facts: { name: string; kind: string; place: string; known: readonly string[] }) =>
      `Plugins for this place: ${listed(facts.known)}.`,
  },
  'plugin/team': {
    means:
      'A plugin of the repository, or of a package, cannot be loaded: files are missing, it does not build, or its manifest is wrong.',
    message: (facts: { folder: string; why: string }) => `The plugin ${tick(facts.folder)} cannot be used: ${facts.why}.`,
    hint: (facts: { folder: string; why: string }) =>
      facts.folder.startsWith('npm:')
        ? 'A plugin from npm is a package that the repository has installed, with manifest.js and index.js, or plugin.json, at its root or where `bexpert.manifest` of its package.json says.'
        : 'A plugin is a folder with manifest.ts (`export const manifest = defineManifest({...})`) and index.ts (`export default defineGate(manifest, ...)`), which import `bexpert/plugin-api`; or, in another language, with plugin.json. `bexpert new plugin <name>` writes one.',
  },
  // ---- Services and set-up -----------------------------------------------------------------------------------------------------
  'service/unknown': {
    means: 'A step or service names a service that nobody declares.',
    message: (facts: { name: string; by: string; near?: string; known: readonly string[] }) =>
      `${facts.by} needs the service ${tick(facts.name)}, and \`services:\` does not have it.`,
    hint: (facts: { name: string; by: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.near === undefined ? 'Add' : 'Or add'} it to bexpert.yml:\n  services:\n    ${facts.name}:\n      run: <the command that starts it>   # or uses: <a plugin of kind service>`,
  },
  'service/cycle': {
    means: 'Services depend on each other in a circle.',
    message: (facts: { names: readonly string[] }) => `These services depend on each other: ${facts.names.join(' → ')}.`,
    hint: () => 'Remove one of the `dependencies`.',
  },
  'service/key-kind': {
    means: 'A key of a service that services of its form do not have.',
    message: (facts: { key: string; name: string; allowed: string }) =>
      `The service ${tick(facts.name)} cannot have ${tick(facts.key)}.`,
    hint: (facts: { key: string; name: string; allowed: string }) => `${tick(facts.key)} is for ${facts.allowed}.`,
  },
  'service/image-port': {
    means: 'A service with `image` does not say which port its program listens on.',
    message: (facts: { name: string }) => `The service ${tick(facts.name)} has an \`image\` and no \`port\`.`,
    hint: () => 'Add the port that its program listens on inside the container, such as `port: 6379`.',
  },
  'service/image-unpinned': {
    means: 'An image is named by a tag, which can mean another image tomorrow.',
    severity: 'warning',
    message: (facts: { image: string; name: string }) =>
      `${tick(facts.image)} of the service ${tick(facts.name)} can mean another image tomorrow, or on another machine.`,
    hint: (facts: { image: string; name: string }) =>
      `Add its digest: \`${facts.image}@sha256:...\`; \`podman image inspect\` or \`docker image inspect\` shows it under RepoDigests.`,
  },
  // ---- Model and budget --------------------------------------------------------------------------------------------------------
  'model/no-script': {
    means: 'The script that stands in for the model is not named or does not exist.',
    message: (facts: { script?: string }) =>
      facts.script === undefined
        ? 'A script is to fill the action steps, and none is named.'
        : `There is no file ${tick(facts.script)}.`,
    hint: (facts: { script?: string }) =>
      facts.script === undefined
        ? 'Name one in bexpert.yml, relative to it: `model: { script: bexpert.script.yml }`.'
        : 'The path is relative to the folder of bexpert.yml, and the file must be committed.',
  },
  'budget/reserve': {
    means: 'A reserve is kept of a budget that sets no limit, or is all of it.',
    message: (facts: { why: string }) => `\`reserve\` has no effect that makes sense: ${facts.why}.`,
    hint: () => 'Set `usd`, `tokens` or `time`, and keep less than 100% of it: `budget: { usd: 5, reserve: 20% }`.',
  },
  ...commandCodes,
  ...flowCodes,
  ...layerCodes,
  ...playtestCodes,
} as const satisfies CodeTable;
export type PlaybookCodes = typeof playbookCodes;
