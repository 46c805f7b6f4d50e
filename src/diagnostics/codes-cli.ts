import type { CodeTable } from './code-table.ts';

const near = (name: string | undefined, form: (name: string) => string): string => (name === undefined ? '' : `Did you mean ${form(name)}? `);
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', '));

/** What can be wrong with a call of the command line. */
export const cliCodes = {
  'cli/unknown-command': {
    message: (facts: { typed: string; near?: string }) => `There is no command \`${facts.typed}\`.`,
    hint: (facts: { typed: string; near?: string }) =>
      /\.ya?ml$/.test(facts.typed)
        ? `To run that playbook: \`bexpert run ${facts.typed}\`.`
        : `${near(facts.near, (name) => `\`bexpert ${name}\``)}\`bexpert --help\` lists the commands.`,
  },
  'cli/unknown-option': {
    message: (facts: { option: string; command: string; near?: string }) =>
      `\`bexpert ${facts.command}\` has no option \`${facts.option}\`.`.replace('`bexpert `', '`bexpert`'),
    hint: (facts: { option: string; command: string; near?: string }) =>
      `${near(facts.near, (name) => `\`${name}\``)}\`bexpert ${facts.command === '' ? '' : `${facts.command} `}--help\` lists the options.`,
  },
  'cli/usage': {
    message: (facts: { what: string; command: string }) => `The call is not complete or not understood: ${facts.what}.`,
    hint: (facts: { what: string; command: string }) =>
      `\`bexpert ${facts.command === '' ? '' : `${facts.command} `}--help\` shows how it is called, with examples.`,
  },
  'cli/no-playbook': {
    message: (facts: { command: string; found: readonly string[] }) => `\`bexpert ${facts.command}\` needs a playbook.`,
    hint: (facts: { command: string; found: readonly string[] }) =>
      facts.found.length === 0
        ? `Name a file or a shipped playbook: \`bexpert ${facts.command} playbooks/<name>.yml\`.`
        : `These are here: ${listed(facts.found)}. For example: \`bexpert ${facts.command} ${facts.found[0]}\`.`,
  },
  'cli/nothing-to-validate': {
    message: (facts: { folder: string }) => `No playbook was named, and there is none in ${facts.folder}.`,
    hint: () => 'Name the files: `bexpert validate path/to/playbook.yml`.',
  },
  'cli/input-form': {
    message: (facts: { given: string }) => `\`--input ${facts.given}\` is not of the form name=value.`,
    hint: () => 'Write `--input goal="Add a status column"`; repeat `--input` for each input, or put them in a file for `--inputs-file`.',
  },
  'cli/input-twice': {
    message: (facts: { name: string }) => `The input \`${facts.name}\` is given twice with \`--input\`.`,
    hint: () => 'Leave one of them out.',
  },
  'cli/inputs-file': {
    message: (facts: { file: string; why: string }) => `The inputs file ${facts.file} cannot be read: ${facts.why}.`,
    hint: () => 'It is a YAML or JSON file with one key for each input.',
  },
  'cli/not-a-folder': {
    message: (facts: { folder: string }) => `\`--repo ${facts.folder}\` is not a folder.`,
    hint: () => 'Give the folder of the repository, or of a package in it. Without `--repo` it is the current folder.',
  },
  'cli/no-such-run': {
    message: (facts: { run: string; known: readonly string[]; folder: string }) => `There is no run \`${facts.run}\` in ${facts.folder}.`,
    hint: (facts: { run: string; known: readonly string[]; folder: string }) =>
      facts.known.length === 0
        ? 'No run of this repository is kept there. Was it made with another `--repo` or `--state`?'
        : `The newest are ${listed(facts.known.slice(0, 5))}; \`latest\` names the first of them.`,
  },
  'cli/run-ambiguous': {
    message: (facts: { run: string; matches: readonly string[] }) => `\`${facts.run}\` begins the names of several runs.`,
    hint: (facts: { run: string; matches: readonly string[] }) => `They are ${listed(facts.matches.slice(0, 5))}.`,
  },
  'cli/unknown-plugin': {
    message: (facts: { name: string; near?: string; known: readonly string[] }) => `There is no plugin \`${facts.name}\`.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near, (name) => `\`${name}\``)}\`bexpert plugins\` lists them: ${facts.known.join(', ')}.`,
  },
  'cli/folder-in-use': {
    message: (facts: { folder: string }) => `The folder ${facts.folder} exists and is not empty.`,
    hint: () => 'Name another folder: `bexpert demo my-demo`. Nothing was written.',
  },
  'cli/no-git': {
    message: () => 'git is not installed, or not on PATH.',
    hint: () => 'bexpert keeps its snapshots with git 2.30 or newer: https://git-scm.com/downloads.',
  },
} as const satisfies CodeTable;
