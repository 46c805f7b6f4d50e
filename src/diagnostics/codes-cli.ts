import type { CodeTable } from './code-table.ts';

const near = (name: string | undefined, form: (name: string) => string): string =>
  name === undefined ? '' : `Did you mean ${form(name)}? `;
const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');

/** What can be wrong with a call of the command line. */
export const cliCodes = {
  'cli/unknown-command': {
    means: 'The first word of the call is no command.',
    message: (facts: { typed: string; near?: string }) => `There is no command \`${facts.typed}\`.`,
    hint: (facts: { typed: string; near?: string }) =>
      /\.ya?ml$/.test(facts.typed)
        ? `To run that playbook: \`bexpert run ${facts.typed}\`.`
        : `${near(facts.near, (name) => `\`bexpert ${name}\``)}\`bexpert --help\` lists the commands.`,
  },
  'cli/unknown-option': {
    means: 'An option was given that the command does not have.',
    message: (facts: { option: string; command: string; near?: string }) =>
      `\`bexpert ${facts.command}\` has no option \`${facts.option}\`.`.replace('`bexpert `', '`bexpert`'),
    hint: (facts: { option: string; command: string; near?: string }) =>
      `${near(facts.near, (name) => `\`${name}\``)}\`bexpert ${facts.command === '' ? '' : `${facts.command} `}--help\` lists the options.`,
  },
  'cli/usage': {
    means: 'An argument is missing, is too many, or has a value that the option does not take.',
    message: (facts: { what: string; command: string }) => `The call is not complete or not understood: ${facts.what}.`,
    hint: (facts: { what: string; command: string }) =>
      `\`bexpert ${facts.command === '' ? '' : `${facts.command} `}--help\` shows how it is called, with examples.`,
  },
  'cli/report-file': {
    means: 'The file of `--report-file` cannot be written, or the reporter writes none.',
    message: (facts: { file: string; why: string }) => `The report cannot be written to \`${facts.file}\`: ${facts.why}.`,
    hint: () => 'For example: `bexpert verify <playbook> --reporter sarif --report-file bexpert.sarif`.',
  },
  'cli/no-playbook': {
    means: 'A command that plays a playbook was called without one.',
    message: (facts: { command: string; found: readonly string[] }) => `\`bexpert ${facts.command}\` needs a playbook.`,
    hint: (facts: { command: string; found: readonly string[] }) =>
      facts.found.length === 0
        ? `Name a file or a shipped playbook: \`bexpert ${facts.command} playbooks/<name>.yml\`.`
        : `These are here: ${listed(facts.found)}. For example: \`bexpert ${facts.command} ${facts.found[0]}\`.`,
  },
  'cli/nothing-to-validate': {
    means: '`bexpert validate` was called without a file where no playbook lies.',
    message: (facts: { folder: string }) => `No playbook was named, and there is none in ${facts.folder}.`,
    hint: () => 'Name the files: `bexpert validate path/to/playbook.yml`.',
  },
  'cli/nothing-to-test': {
    means: '`bexpert test` was called without a file where no test of a playbook lies.',
    message: (facts: { folder: string }) => `No test was named, and there is none in ${facts.folder}.`,
    hint: () =>
      'A test lies beside its playbook: playbooks/migration.test.yml. Name the files: `bexpert test path/to/x.test.yml`.',
  },
  'cli/no-test': {
    means: '`bexpert test` was given a file that is not there, or cannot be read.',
    message: (facts: { file: string; why: string }) => `The test \`${facts.file}\` cannot be read: ${facts.why}.`,
    hint: () => 'Without a file it plays all tests below `playbooks`.',
  },
  'cli/min-coverage': {
    means: 'The value of `bexpert test --min-coverage` is no percentage.',
    message: (facts: { given: string }) => `\`--min-coverage ${facts.given}\` is no percentage from 0 to 100.`,
    hint: () => 'Write it as `--min-coverage 80`.',
  },
  'cli/input-form': {
    means: 'The value of `--input` has no `=`.',
    message: (facts: { given: string }) => `\`--input ${facts.given}\` is not of the form name=value.`,
    hint: () =>
      'Write `--input goal="Add a status column"`; repeat `--input` for each input, or put them in a file for `--inputs-file`.',
  },
  'cli/input-twice': {
    means: 'The same input was given by two `--input` options.',
    message: (facts: { name: string }) => `The input \`${facts.name}\` is given twice with \`--input\`.`,
    hint: () => 'Leave one of them out.',
  },
  'cli/inputs-file': {
    means: 'The file of `--inputs-file` does not exist, cannot be read, or is no YAML or JSON map.',
    message: (facts: { file: string; why: string }) => `The inputs file ${facts.file} cannot be read: ${facts.why}.`,
    hint: () => 'It is a YAML or JSON file with one key for each input.',
  },
  'cli/not-a-folder': {
    means: '`--repo` names a file, or nothing.',
    message: (facts: { folder: string; option?: string }) => `\`${facts.option ?? '--repo'} ${facts.folder}\` is not a folder.`,
    hint: (facts: { folder: string; option?: string }) =>
      `Give the folder of the repository, or of a package in it.${facts.option === undefined ? ' Without `--repo` it is the current folder.' : ''}`,
  },
  'cli/no-such-run': {
    means: 'No kept run has this name.',
    message: (facts: { run: string; known: readonly string[]; folder: string }) =>
      facts.run === 'latest' ? `No run is kept in ${facts.folder}.` : `There is no run \`${facts.run}\` in ${facts.folder}.`,
    hint: (facts: { run: string; known: readonly string[]; folder: string }) =>
      facts.known.length === 0
        ? 'This repository has none there yet. Was it made with another `--repo` or `--state`?'
        : `The newest are ${listed(facts.known.slice(0, 5))}; \`latest\` names the first of them.`,
  },
  'cli/run-ambiguous': {
    means: "The beginning of a run's name fits more than one run.",
    message: (facts: { run: string; matches: readonly string[] }) => `\`${facts.run}\` begins the names of several runs.`,
    hint: (facts: { run: string; matches: readonly string[] }) => `They are ${listed(facts.matches.slice(0, 5))}.`,
  },
  'cli/older-than': {
    means: 'The value of `bexpert clean --older-than` is no duration.',
    message: (facts: { given: string }) => `\`--older-than ${facts.given}\` is no duration.`,
    hint: () => 'Write it as `30d`, `12h` or `90m`; `0s` means all that are not going on and cannot be resumed.',
  },
  'cli/keep': {
    means: 'The value of `bexpert clean --keep` is no whole number.',
    message: (facts: { given: string }) => `\`--keep ${facts.given}\` is no whole number.`,
    hint: () => 'Write how many of the newest runs are kept however old they are: `--keep 3`, or `--keep 0` for none.',
  },
  'cli/unknown-plugin': {
    means: '`bexpert plugins` was asked about a plugin that does not exist.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) => `There is no plugin \`${facts.name}\`.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near, (name) => `\`${name}\``)}\`bexpert plugins\` lists them: ${facts.known.join(', ')}.`,
  },
  'cli/nothing-to-explain': {
    means:
      '`bexpert explain` was asked about something that is no code, no key, no plugin, no verdict and no value of the playbook.',
    message: (facts: { what: string; near?: string }) => `There is nothing called \`${facts.what}\` to explain.`,
    hint: (facts: { what: string; near?: string }) =>
      `${near(facts.near, (name) => `\`${name}\``)}Ask about a code (\`playbook/unknown-key\`), a key (\`step.needs\`), a plugin (\`load\`), a verdict (\`PROVEN\`), or with \`--playbook\` about a path in it.`,
  },
  'cli/folder-in-use': {
    means: '`bexpert demo` was to write into a folder that holds something already, or that lies in a repository.',
    message: (facts: { folder: string; inside?: string; outside?: string }) =>
      facts.inside === undefined
        ? `${facts.folder} exists and is no empty folder.`
        : `${facts.folder} lies in the git repository ${facts.inside}, and the example is a repository of its own.`,
    hint: (facts: { folder: string; inside?: string; outside?: string }) =>
      `Name another folder: \`bexpert demo ${facts.outside ?? 'my-demo'}\`. Nothing was written.`,
  },
  'cli/nothing-to-map': {
    means: '`bexpert map` found no table, no route and no finding, and nothing that looks like one.',
    message: (facts: { folder: string; files: number }) =>
      `There is nothing to map in ${facts.folder}: ${facts.files === 0 ? 'it holds no file' : `its files (${facts.files.toLocaleString('en')}) hold no schema, no route and no contract that is known here`}.`,
    hint: () =>
      'Name the folder of a back end: `bexpert map services/orders`. docs/discovery.md lists the frameworks that are read; what git ignores is not.',
  },
  'cli/no-policy': {
    means: '`bexpert policy check` was called with a policy that is no file, or cannot be read.',
    message: (facts: { file: string; why: string }) => `The policy \`${facts.file}\` cannot be read: ${facts.why}.`,
    hint: () => 'The first word is the policy: `bexpert policy check policy.yml "../services/*"`.',
  },
  'cli/no-repositories': {
    means: '`bexpert policy check` was called with words that name no folder.',
    message: (facts: { given: readonly string[] }) => `No folder is named by ${listed(facts.given)}.`,
    hint: () => 'Behind the policy stand folders of repositories, or globs of them in quotes: `"../services/*"`.',
  },
  'cli/no-git': {
    means: 'The command needs git, and there is none.',
    message: () => 'git is not installed, or not on PATH.',
    hint: () => 'bexpert keeps its snapshots with git 2.30 or newer: https://git-scm.com/downloads.',
  },
  'cli/new-name': {
    means: '`bexpert new` was called with a name that cannot be used.',
    message: (facts: { what: string; name: string; why: string }) =>
      `A ${facts.what} cannot be named \`${facts.name}\`: ${facts.why}.`,
    hint: (facts: { what: string; name: string; why: string }) => `For example: \`bexpert new ${facts.what} my-${facts.what}\`.`,
  },
  'cli/init-exists': {
    means: '`bexpert init` was to write a file that exists.',
    message: (facts: { file: string }) => `${facts.file} exists already. Nothing was written.`,
    hint: (facts: { file: string }) =>
      `\`bexpert init --dry-run\` prints what it would write; ${facts.file === 'bexpert.yml' ? '`bexpert new playbook <name>` writes one more playbook.' : '`--name` gives the playbook another name.'}`,
  },
  'cli/init-monorepo': {
    means: '`bexpert init` was called at the root of a monorepo, and must know for which package.',
    message: (facts: { packages: readonly string[] }) => `This is a monorepo with ${facts.packages.length} packages.`,
    hint: (facts: { packages: readonly string[] }) =>
      `Name one: \`bexpert init --repo ${facts.packages[0]}\`. They are ${listed(facts.packages.slice(0, 12))}; \`--repo .\` takes the root.`,
  },
  'cli/no-migration': {
    means: '`bexpert migrate` was called where no playbook lies.',
    message: (facts: { folder: string }) =>
      `No file was named, and there is neither bexpert.yml nor a playbook in ${facts.folder}.`,
    hint: () => 'Name the files: `bexpert migrate path/to/playbook.yml`.',
  },
  'cli/adopt-own': {
    means: '`bexpert adopt` was called with a playbook that comes with bexpert, so that nothing can be written into it.',
    message: (facts: { playbook: string; name: string }) =>
      `\`${facts.playbook}\` comes with bexpert; waivers belong into a playbook of this repository.`,
    hint: (facts: { playbook: string; name: string }) =>
      `Make a playbook that builds on it, and adopt that one: \`extends: bexpert:${facts.name}\`.`,
  },
  'cli/file-in-the-way': {
    means: '`bexpert init` or `bexpert new` was to write into a folder, and a file has its name.',
    message: (facts: { file: string; at: string }) =>
      `${facts.file} cannot be written: \`${facts.at}\` is no folder. Nothing was written.`,
    hint: (facts: { file: string; at: string }) => `Give \`${facts.at}\` another name, or name another folder with \`--repo\`.`,
  },
  'cli/new-exists': {
    means: '`bexpert new` was to write a file that exists.',
    message: (facts: { what: string; file: string }) => `${facts.file} exists already. Nothing was written.`,
    hint: (facts: { what: string; file: string }) => `Choose another name: \`bexpert new ${facts.what} <name>\`.`,
  },
} as const satisfies CodeTable;
