// Options that several commands have.
import { type Command, Option } from 'commander';
import { reporterNames } from '../report/reporter.ts';

const collect = (value: string, list: readonly string[]): readonly string[] => [...list, value];
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ bexpert ${line}`).join('\n')}\n`;

export function withRepository(command: Command): Command {
  return command
    .option('--repo <folder>', 'the repository, or a package in it (default: the current folder)')
    .option('--state <folder>', 'where runs are kept (default: $XDG_STATE_HOME/bexpert)');
}
export function withPlaybook(command: Command): Command {
  return withRepository(command)
    .addOption(
      new Option('-i, --input <name=value>', 'an input of the playbook; may be repeated').argParser(collect).default([], 'none'),
    )
    .option('--inputs-file <file>', 'inputs from a YAML or JSON file')
    .addOption(new Option('--sandbox <when>', 'wall off what is started').choices(['required', 'preferred', 'off']))
    .option('--model <use>', 'who fills action steps: auto, live, script, or the name of a model');
}
export const withReporter = (command: Command): Command =>
  command.addOption(
    new Option('--reporter <name>', 'how progress is shown (default: tty on a terminal, else plain)').choices([...reporterNames]),
  );
export const withReportFile = (command: Command): Command =>
  command.option('--report-file <file>', 'where `--reporter sarif` writes (default: standard output)');
export const withBase = (command: Command): Command => command.option('--base <ref>', 'the commit to judge against');

export const withMap = (command: Command): Command =>
  command
    .description('tables, routes and waits of a repository, as far as its files show them; needs no playbook, runs nothing')
    .option('--path <folder>', 'one service of a monorepo, below the folder')
    .addOption(new Option('--format <format>', 'form of the map').choices(['md', 'json', 'mermaid', 'html']).default('md'))
    .option('--only <parts>', 'schema, routes, io; some of them with commas between (default: all)')
    .option('--goal <text>', 'what you are about to do: what it names comes first')
    .option('--max-tokens <number>', 'cut the page to about so many tokens')
    .option('--output <file>', 'write the map into a file (default: standard output)')
    .option('--quiet', 'nothing on standard error beside the map')
    .addHelpText(
      'after',
      '\nExit codes: 0 mapped, also where something is listed as not understood; 2 there is nothing to map.\n' +
        examples('map', 'map services/orders --only schema --format mermaid', 'map --goal "Give every order a currency"'),
    );
