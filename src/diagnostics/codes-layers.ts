import type { CodeTable } from './code-table.ts';

const tick = (name: string): string => `\`${name}\``;
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(tick).join(', '));
const near = (name: string | undefined): string => (name === undefined ? '' : `Did you mean ${tick(name)}? `);

/** What can be wrong between files: `extends`, `include`, `foreach`, `final` and `bounds`. */
export const layerCodes = {
  'reuse/form': {
    means: 'The address behind `extends` or `from` has no form that names one file for good.',
    message: (facts: { address: string; why: string }) => `${tick(facts.address)} cannot be used: ${facts.why}.`,
    hint: () =>
      'An address is a file (`./base.yml`), a playbook that comes with bexpert (`bexpert:migration`), a file of an installed package (`npm:@acme/playbooks/backend.yml`), or a file of a git commit (`git+https://host/acme/playbooks.git@<40 hex digits>#backend.yml`).',
  },
  'reuse/not-found': {
    means: 'The file that `extends` or `from` names is not there.',
    message: (facts: { address: string; why: string; near?: string; hint: string }) =>
      `${tick(facts.address)} cannot be read: ${facts.why}.`,
    hint: (facts: { address: string; why: string; near?: string; hint: string }) => `${near(facts.near)}${facts.hint}`,
  },
  'reuse/escapes': {
    means: 'A file of a package or of a git commit names a file outside of it.',
    message: (facts: { address: string; of: string }) => `${tick(facts.address)} lies outside of ${facts.of}.`,
    hint: () => 'A package and a commit are closed: what they name must be inside, or have an address of its own.',
  },
  'reuse/cycle': {
    means: 'Files extend or include each other in a circle.',
    message: (facts: { files: readonly string[] }) => `These files use each other: ${facts.files.join(' → ')}.`,
    hint: () => 'Remove one of them; what several files share goes into a file that uses none of them.',
  },
  'reuse/depth': {
    means: 'Files extend or include each other more levels deep than is allowed.',
    message: (facts: { limit: number }) => `Files may use each other ${facts.limit} levels deep, and this is one more.`,
    hint: () => 'Put what the files in the middle say into one of them.',
  },
  'reuse/too-large': {
    means: 'Files that include each other bring in more than a playbook may hold, or a value grows too long on the way.',
    message: (facts: { what: 'files' | 'characters' | 'values'; limit: number }) =>
      facts.what === 'files'
        ? `A playbook may include files ${facts.limit} times in all, and this is once more.`
        : `With the names in it replaced, this may have ${facts.limit} ${facts.what}, and it has more.`,
    hint: (facts: { what: 'files' | 'characters' | 'values'; limit: number }) =>
      facts.what === 'files'
        ? 'Files that include each other several times multiply; include the last one where it is needed.'
        : 'Hand large values over in a file.',
  },
  'include/input': {
    means: 'The `with` of an `include` does not fit the inputs of the included file.',
    message: (facts: { name: string; file: string; why: string }) =>
      `The input ${tick(facts.name)} of ${facts.file} ${facts.why}.`,
    hint: (facts: { name: string; file: string; why: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? 'The file has no inputs.' : `Its inputs are ${listed(facts.known)}.`}`,
  },
  'include/prefix': {
    means: 'The `as` of an `include` cannot begin the id of a step.',
    message: (facts: { as: string }) => `${tick(facts.as)} cannot begin the id of a step.`,
    hint: () =>
      'It begins with a letter and holds letters, digits, `-` and `_`: with `as: orders` the step `load` becomes `orders-load`.',
  },
  'foreach/items': {
    means: 'What `foreach` goes through is no list, is empty or too long, or is not known before the run.',
    message: (facts: { what: string; why: string }) => `\`foreach\` of ${facts.what} cannot go through its items: ${facts.why}.`,
    hint: () =>
      'Write a list, `foreach: [orders, payments]`, or an expression with an input of type list: `foreach: ${{ inputs.hosts }}`.',
  },
  'policy/final': {
    means: 'A value is changed or removed that a file below has made final.',
    message: (facts: { path: string; how: string }) => `${tick(facts.path)} is final, and ${facts.how}.`,
    hint: (facts: { owner: string; open?: string }) =>
      facts.open === undefined
        ? `${facts.owner} decides it. Remove the change, or have it changed there.`
        : `${facts.owner} decides it. Remove the change, have it changed there, or have it opened with \`'!${facts.open}'\` in \`final\`.`,
  },
  'policy/open-input': {
    severity: 'warning',
    means: 'A value that is final reads an input that whoever calls may set to anything.',
    message: (facts: { name: string; path: string }) =>
      `The input ${tick(facts.name)} has no default, and ${tick(facts.path)}, which is final, reads it: a call may say anything.`,
    hint: (facts: { name: string }) =>
      `Give it a default, \`type: choice\` with \`options\`, or bounds: \`bounds: { inputs.${facts.name}: { min: ... } }\`. If anything may stand there, say so with \`'!inputs.${facts.name}'\` in \`final\`.`,
  },
  'policy/lasting': {
    means: 'A file removes what files below it say in `protect`, `final` or `bounds`, which nothing takes away.',
    message: (facts: { key: string }) => `What files below say in ${tick(facts.key)} holds; null takes nothing of it away.`,
    hint: () => 'Remove the line, or have it changed in the file that says it. More may be added.',
  },
  'policy/bound': {
    means: 'A value is not within the bounds that a file below sets.',
    message: (facts: { path: string; must: string; found: string }) =>
      `${tick(facts.path)} must be ${facts.must}; ${facts.found}.`,
    hint: (facts: { owner: string }) => `${facts.owner} sets the bounds. Keep the value within them, or have them changed there.`,
  },
  'policy/path': {
    means: 'A path of `final` or `bounds` names nothing, so it would protect nothing.',
    message: (facts: { path: string; why: string }) => `${tick(facts.path)} protects nothing: ${facts.why}.`,
    hint: () =>
      'A path names keys, and steps by their id: `phases.verify.steps.coverage.with.lines`, `defaults.coverage.lines`, `inputs.max-slowdown`, `budget.usd`; `*` stands for all keys or steps of a level.',
  },
} as const satisfies CodeTable;
