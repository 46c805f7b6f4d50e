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
