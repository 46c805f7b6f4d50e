// The command line: what can be typed, with its help. Every command's work is loaded when it is called.
import { Argument, Command, CommanderError, Option } from 'commander';
import { reportBug } from './commands/bug.ts';
import { complain } from './commands/complain.ts';
import { emptyOption, faultOf, isAbort, unknownCommand, wrongCall } from './commands/endings.ts';
import type { Io } from './commands/io.ts';
import { examples, withBase, withMap, withPlaybook, withReporter, withReportFile, withRepository } from './commands/options.ts';
import { dryRun, plan } from './commands/plan.ts';
import { validate } from './commands/validate.ts';
import { exitCodes } from './model/exit.ts';
import { version } from './version.ts';

const commandNames = [
  'init',
  'demo',
  'doctor',
  'map',
  'run',
  'verify',
  'resume',
  'approve',
  'reject',
  'report',
  'validate',
  'plan',
  'graph',
  'explain',
  'resolve',
  'test',
  'new',
  'adopt',
  'migrate',
  'plugins',
  'schema',
  'policy',
  'clean',
] as const;
type CommandName = (typeof commandNames)[number];
const isCommandName = (name: string | undefined): name is CommandName => commandNames.some((known) => known === name);

/** Runs one call of the command line. Gives the exit code; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.proven;
  const program = new Command('bexpert')
    .description('Plays playbooks: context, action, verify, until everything is proven or the budget is spent.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
    // So narrow that the long term of `policy check` leaves room for words beside it.
    .configureHelp({ minWidthToWrap: 28 })
    .addHelpText(
      'after',
      examples('init', 'verify playbooks/quality.yml', 'run playbooks/migration.yml', 'report latest', 'explain tests/failed') +
        '\nExit codes: 0 proven, 1 a gate is red, 2 bad playbook or call, 3 could not decide, 4 budget spent,\n' +
        '5 protected content changed, 6 waits for a person, 70 a bug in bexpert, 130 interrupted.\n',
    );
  // A call of one command needs the options of no other.
  const wants = (name: CommandName): boolean => !isCommandName(args[0]) || args[0] === name;

  type Options = Record<string, never>;
  const does =
    (work: (options: Options, ...given: never[]) => Promise<number>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      code = (await emptyOption(command, io)) ?? (await work(command.opts(), ...(given.slice(0, -2) as never[])));
    };

  program.commandsGroup('To begin:').helpCommand('help [command]', 'show the help of a command');
  if (wants('init'))
    program
      .command('init')
      .description('look at a repository, and write bexpert.yml and a playbook that fit it; overwrites nothing, runs nothing')
      .option('--repo <folder>', 'the repository, or a package in it (default: the current folder)')
      .option('--name <name>', 'name of the playbook', 'quality')
      .option('--dry-run', 'print the files and write nothing')
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('init', 'init --repo packages/orders', 'init --dry-run'))
      .action(does(async (options) => (await import('./commands/init.ts')).init(options as never, io)));
  if (wants('demo'))
    withReporter(program.command('demo [folder]').description('copy the example into a fresh repository and play its playbook'))
      .option('--state <folder>', 'where runs are kept (default: $XDG_STATE_HOME/bexpert)')
      .addHelpText('after', examples('demo', 'demo my-demo'))
      .action(
        does(async (options, folder?: string) =>
          (await import('./commands/demo.ts')).demo({ ...options, folder: folder ?? 'bexpert-demo' } as never, io),
        ),
      );
  if (wants('doctor'))
    withRepository(program.command('doctor').description('what works on this machine, and what to do where something does not'))
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('doctor'))
      .action(does(async (options) => (await import('./commands/doctor.ts')).doctor(options as never, io)));
  if (wants('map'))
    withMap(program.command('map [folder]')).action(
      does(async (options, folder?: string) =>
        (await import('./commands/map.ts')).map({ ...options, ...(folder === undefined ? {} : { folder }) } as never, io),
      ),
    );
  program.commandsGroup('To play:');
  if (wants('run'))
    withReportFile(
      withReporter(
        withBase(withPlaybook(program.command('run <playbook>').description('play a playbook: context, action, verify'))),
      ),
    )
      .option('--include-dirty', 'make uncommitted changes part of base')
      .option('--dry-run', 'show the plan and run nothing')
      .addHelpText(
        'after',
        examples(
          'run playbooks/migration.yml',
          'run playbooks/migration.yml --input goal="Add a status column" --reporter plain',
        ),
      )
      .action(
        does(async (options, playbook: string) => {
          const call = { ...options, playbook, mode: 'run' as const } as never;
          if ('dryRun' in options) return dryRun(call, io);
          return (await import('./commands/run.ts')).run(call, io);
        }),
      );
  if (wants('verify'))
    withReportFile(
      withReporter(
        withBase(
          withPlaybook(
            program
              .command('verify <playbook>')
              .description('judge the working copy with the gates of a playbook; no action, no model'),
          ),
        ),
      ),
    )
      .option('--committed', 'judge HEAD instead of the working copy')
      .option('--dry-run', 'show the plan and run nothing')
      .addHelpText(
        'after',
        examples(
          'verify playbooks/quality.yml',
          'verify playbooks/quality.yml --base origin/main --committed',
          'verify playbooks/quality.yml --reporter sarif --report-file bexpert.sarif',
        ),
      )
      .action(
        does(async (options, playbook: string) => {
          const call = { ...options, playbook, mode: 'verify' as const } as never;
          if ('dryRun' in options) return dryRun(call, io);
          return (await import('./commands/run.ts')).run(call, io);
        }),
      );
  if (wants('resume'))
    withReportFile(
      withReporter(
        withRepository(program.command('resume [run]').description('go on with a run that was interrupted or killed')),
      ),
    )
      .addHelpText('after', examples('resume', 'resume latest --reporter plain'))
      .action(
        does(async (options, run?: string) =>
          (await import('./commands/resume.ts')).resume({ ...options, run: run ?? 'latest' } as never, io),
        ),
      );
  const answers = (name: 'approve' | 'reject', description: string): Command =>
    withReportFile(withReporter(withRepository(program.command(`${name} [run]`).description(description))))
      .option('--tree <hash>', 'what was looked at; another tree is not answered for')
      .option('--by <name>', 'who decides (default: the user)');
  const answer = (approved: boolean) =>
    does(async (options, run?: string) =>
      (await import('./commands/approve.ts')).approve({ ...options, approved, run: run ?? 'latest' } as never, io),
    );
  if (wants('approve'))
    answers('approve', 'approve what a run waits with, and go on with it')
      .addHelpText('after', examples('approve', 'approve 20261125-141659-7924 --tree 1f0c9a2b3d4e'))
      .action(answer(true));
  if (wants('reject'))
    answers('reject', 'reject what a run waits with; the reason goes back to whoever acts')
      .requiredOption('--reason <text>', 'what is wrong, in words for whoever acts')
      .addHelpText('after', examples('reject latest --reason "Keep the old endpoint for a month"'))
      .action(answer(false));
  if (wants('report'))
    withRepository(program.command('report [run]').description('show a run, or list the runs of a repository'))
      .addOption(
        new Option('--format <format>', 'form of the report').choices(['markdown', 'json', 'sarif', 'junit']).default('markdown'),
      )
      .addHelpText(
        'after',
        examples('report', 'report latest', 'report latest --format json', 'report latest --format sarif > bexpert.sarif'),
      )
      .action(
        does(async (options, run?: string) =>
          (await import('./commands/report.ts')).report({ ...options, ...(run === undefined ? {} : { run }) } as never, io),
        ),
      );
  program.commandsGroup('To write playbooks:');
  if (wants('validate'))
    withReportFile(
      withPlaybook(
        program.command('validate [playbooks...]').description('check playbooks; every problem at its line, nothing runs'),
      ),
    )
      .option('--json', 'machine-readable result')
      .addOption(new Option('--reporter <name>', 'for GitHub: annotations, or a SARIF log').choices(['github', 'sarif']))
      .addHelpText('after', examples('validate', 'validate playbooks/quality.yml --repo packages/orders'))
      .action(does(async (options, playbooks: string[]) => validate({ ...options, playbooks } as never, io)));
  if (wants('plan'))
    withPlaybook(program.command('plan <playbook>').description('show what would run, in which order, with which limits'))
      .addOption(new Option('--mode <mode>', 'plan for run or for verify').choices(['run', 'verify']).default('run'))
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('plan playbooks/quality.yml', 'plan migration --mode run --json'))
      .action(does(async (options, playbook: string) => plan({ ...options, playbook } as never, io)));
  if (wants('graph'))
    withPlaybook(program.command('graph <playbook>').description('draw a playbook: phases, steps, the way back, services'))
      .addOption(new Option('--format <format>', 'form of the drawing').choices(['terminal', 'mermaid']).default('terminal'))
      .addHelpText('after', examples('graph playbooks/quality.yml', 'graph migration --format mermaid > migration.mmd'))
      .action(
        does(async (options, playbook: string) =>
          (await import('./commands/graph.ts')).graph({ ...options, playbook } as never, io),
        ),
      );
  if (wants('explain'))
    withRepository(
      program.command('explain [what]').description('what a code, a key, or a value of a playbook means, and who enforces it'),
    )
      .option('--playbook <playbook>', 'explain what this playbook says at the path, and where')
      .option('--path <file>', 'explain whether the playbook lets an action change this file, and by which rule')
      .option('--json', 'machine-readable result')
      .addHelpText(
        'after',
        examples(
          'explain playbook/unknown-key',
          'explain load/errors',
          'explain step.needs',
          'explain phases.verify.steps.load.with.compare --playbook playbooks/migration.yml',
          'explain --path package.json --playbook playbooks/migration.yml',
        ),
      )
      .action(
        does(async (options, what?: string) =>
          (await import('./commands/explain.ts')).explain({ ...options, ...(what === undefined ? {} : { what }) } as never, io),
        ),
      );
  if (wants('resolve'))
    withPlaybook(
      program.command('resolve <playbook>').description('show all files of a playbook as one, with the origin of each value'),
    )
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('resolve playbooks/quality.yml', 'resolve playbooks/quality.yml > merged.yml'))
      .action(
        does(async (options, playbook: string) =>
          (await import('./commands/resolve.ts')).resolve({ ...options, playbook } as never, io),
        ),
      );
  if (wants('test'))
    program
      .command('test [files...]')
      .description('play playbooks with scripted steps, and compare the paths that they take; runs nothing else')
      .option('--repo <folder>', 'whose bexpert.yml fills the roles (default: the current folder)')
      .option('--min-coverage <percent>', 'branches of the playbooks that the cases must go through')
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('test', 'test playbooks/migration.test.yml', 'test --min-coverage 80'))
      .action(
        does(async (options, files: string[]) => (await import('./commands/test.ts')).test({ ...options, files } as never, io)),
      );
  if (wants('new'))
    program
      .command('new')
      .description('write a plugin or a playbook to begin with, with its test; overwrites nothing')
      .addArgument(new Argument('<what>', 'what to write').choices(['plugin', 'playbook']))
      .argument('<name>', 'its name, in kebab case')
      .addOption(new Option('--kind <kind>', 'kind of the plugin').choices(['gate', 'context', 'action']).default('gate'))
      .addOption(
        new Option('--language <language>', 'what the plugin is written in').choices(['ts', 'js', 'python']).default('ts'),
      )
      .option('--repo <folder>', 'the repository, or a package in it (default: the current folder)')
      .addHelpText(
        'after',
        examples('new plugin no-console', 'new plugin money-columns --language python', 'new playbook quality'),
      )
      .action(
        does(async (options, what: string, name: string) =>
          (await import('./commands/new.ts')).create({ ...options, what, name } as never, io),
        ),
      );
  if (wants('adopt'))
    withPlaybook(
      program
        .command('adopt <playbook>')
        .description('judge the last commit, and waive for a while what is red: day one is green, and says what it is not'),
    )
      .option('--days <number>', 'how long the waivers hold', '90')
      .option('--by <name>', 'who decides (default: the user of git)')
      .addHelpText('after', examples('adopt playbooks/quality.yml', 'adopt playbooks/quality.yml --days 30'))
      .action(
        does(async (options, playbook: string) =>
          (await import('./commands/adopt.ts')).adoptPlaybook({ ...options, playbook } as never, io),
        ),
      );
  if (wants('migrate'))
    program
      .command('migrate [files...]')
      .description('write keys of bexpert.yml and of playbooks under their new names; comments and all else stay')
      .option('--repo <folder>', 'the repository, or a package in it (default: the current folder)')
      .option('--dry-run', 'say what would change and write nothing')
      .addHelpText('after', examples('migrate', 'migrate playbooks/quality.yml --dry-run'))
      .action(
        does(async (options, files: string[]) =>
          (await import('./commands/migrate.ts')).migrate({ ...options, files } as never, io),
        ),
      );
  if (wants('plugins'))
    program
      .command('plugins [name]')
      .description('list the plugins, or show all that one takes, gives and can report')
      .option('--repo <folder>', 'for plugins of a repository (default: the current folder)')
      .option('--json', 'machine-readable result')
      .addHelpText('after', examples('plugins', 'plugins coverage', 'plugins ./plugins/my-gate'))
      .action(
        does(async (options, name?: string) =>
          (await import('./commands/plugins.ts')).plugins({ ...options, ...(name === undefined ? {} : { name }) } as never, io),
        ),
      );
  if (wants('schema'))
    program
      .command('schema')
      .description('print the JSON Schema with which editors complete and check playbooks')
      .option('--with-plugins-of <repo>', 'with the plugins and the names of a repository, or of a package in it')
      .addOption(new Option('--tests', 'of tests of playbooks, in place of playbooks').conflicts('withPluginsOf'))
      .addOption(new Option('--map', 'of what `map --format json` prints').conflicts(['withPluginsOf', 'tests']))
      .addHelpText('after', examples('schema', 'schema --with-plugins-of . > playbook.schema.json'))
      .action(does(async (options) => (await import('./commands/schema.ts')).schema(options as never, io)));
  if (wants('policy'))
    program
      .command('policy')
      .description('what a template asks of the playbooks of many repositories')
      .command('check <policy> <repositories...>')
      .description('which playbooks extend the policy, keep to it, and have its newest version; globs in quotes are allowed')
      .option('--state <folder>', 'where fetched files are kept (default: $XDG_STATE_HOME/bexpert)')
      .option('--json', 'machine-readable result')
      .addHelpText(
        'after',
        examples('policy check policy.yml ../orders ../payments', 'policy check policy.yml "../services/*" --json'),
      )
      .action(
        does(async (options, file: string, repositories: string[]) =>
          (await import('./commands/policy.ts')).checkPolicies({ ...options, policy: file, repositories } as never, io),
        ),
      );
  program.commandsGroup('To tidy up:');
  if (wants('clean'))
    withRepository(program.command('clean [runs...]').description('remove old runs, and what only they needed'))
      .option('--older-than <duration>', 'runs that were used since are kept (default: 30d)')
      .option('--keep <number>', 'so many of the newest are kept, however old (default: 10)')
      .option('--all', 'runs of every repository')
      .option('--dry-run', 'show what would go and how much it takes; remove nothing')
      .option('--json', 'machine-readable result')
      .addHelpText(
        'after',
        '\nA run that is going on is never removed. One that can be resumed is only removed when it is named.\n' +
          examples('clean --dry-run', 'clean --older-than 7d --keep 3', 'clean 20261125-141659-7924'),
      )
      .action(
        does(async (options, runs: string[]) => (await import('./commands/clean.ts')).clean({ ...options, runs } as never, io)),
      );

  const [first, asked] = args;
  if (first === 'help' && asked !== undefined && asked !== 'help' && !asked.startsWith('-') && !isCommandName(asked))
    return unknownCommand(asked, { program, args, io });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return wrongCall(error, { program, args, io });
    if (isAbort(error, io.signal)) {
      io.stderr.write('Interrupted before anything ran.\n');
      return exitCodes.interrupted;
    }
    const fault = faultOf(error);
    if (fault === undefined) return reportBug(error, io);
    await complain(io, [fault]);
    return exitCodes.environment;
  }
}
