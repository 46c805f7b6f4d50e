import { defineGate, type Host, type Inputs, type Measurement } from '../../src/plugin-api.ts';
import { controls } from './controls.ts';
import { MigrationDatabase } from './database.ts';
import { migrationFiles, type NewMigration } from './files.ts';
import { appliedChanged, judgeWay, type MigrationFinding, noDown, sameState, upFailed } from './findings.ts';
import { journals } from './journals.ts';
import { manifest } from './manifest.ts';
import { changeLine, schemaChanges } from './schema-diff.ts';
import { type Stairway, walk } from './stairway.ts';
import type { Flavour } from './state.ts';

type MigrationInputs = Inputs<typeof manifest>;
type MigrationHost = Host<typeof manifest>;

/** Why there is no command that takes back, or undefined. */
async function missingDown(down: string, host: MigrationHost): Promise<{ why: string; hint: string } | undefined> {
  if (down.trim() === '') {
    return { why: 'the step names no command for it', hint: 'Give one: `with: { down: npm run migrate:down }`.' };
  }
  const script = /^npm (?:run|run-script) ([\w:.-]+)\s*$/.exec(down.trim())?.[1];
  if (script === undefined || !(await host.trees.candidate.exists('package.json'))) return undefined;
  const { scripts = {} } = JSON.parse(await host.trees.candidate.read('package.json')) as { scripts?: Record<string, string> };
  if (scripts[script] !== undefined) return undefined;
  return {
    why: `package.json has no script ${script}`,
    hint: `Add the script, or name the command: \`with: { down: … }\`. It takes back the newest migration.`,
  };
}

async function run(inputs: MigrationInputs, host: MigrationHost) {
  const files = await migrationFiles({
    base: host.trees.base,
    candidate: host.trees.candidate,
    globs: inputs.files,
    changed: await host.changed(),
  });
  const { added } = files;
  const leave = [...journals, ...inputs['leave-tables']];
  const without = await missingDown(inputs.down, host);
  const steps = ['writing canary rows', 'up', 'down', 'up again'];

  const attempt = async (flavour: Flavour): Promise<Stairway> => {
    await using database = await MigrationDatabase.open(host, { service: inputs.service, timeoutMs: inputs['command-timeout'] });
    return await walk(database, {
      up: inputs.up,
      down: without === undefined ? inputs.down : undefined,
      // Without a change there is nothing to take back, and down would take back a migration of base.
      downs: (before, upped) => (sameState(before, upped, leave) ? 0 : (inputs.steps ?? Math.max(1, added.length))),
      rows: inputs.rows,
      flavour,
      leave,
      step: (label) => host.progress((steps.indexOf(label) + 1) / (steps.length + 1), label),
    });
  };

  const findings: MigrationFinding[] = [...appliedChanged(files.touched)];
  let way = await attempt('extreme');
  if (!way.up.ok && inputs.rows > 0) {
    const modest = await attempt('modest');
    if (modest.up.ok) findings.push(upFailed({ added, up: inputs.up, ran: way.up, onlyExtreme: true }));
    way = modest;
  }
  if (!way.up.ok) findings.push(upFailed({ added, up: inputs.up, ran: way.up, onlyExtreme: false }));
  const acted = !way.up.ok || (way.upped !== undefined && !sameState(way.before, way.upped, leave));
  if (without !== undefined && (added.length > 0 || acted)) findings.push(noDown({ added, ...without }));
  findings.push(
    ...judgeWay({
      way,
      added,
      leave,
      up: inputs.up,
      down: inputs.down,
      allowDataLoss: inputs['allow-data-loss']?.trim() || undefined,
    }),
  );
  return conclude({ host, way, added, acted, findings });
}

async function conclude(o: {
  readonly host: MigrationHost;
  readonly way: Stairway;
  readonly added: readonly NewMigration[];
  readonly acted: boolean;
  readonly findings: readonly MigrationFinding[];
}) {
  const { host, way, added } = o;
  for (const [table, reason] of Object.entries(way.canaries.refused)) {
    host.log.warn(`No canary row was written to ${table}: ${reason}`);
  }
  const changes = way.upped === undefined ? [] : schemaChanges(way.before.catalogue, way.upped.catalogue).map(changeLine);
  const canaries = Object.values(way.canaries.inserted).reduce((sum, count) => sum + count, 0);
  const duration = (name: string, ms: number): Measurement => ({ name, value: Math.round(ms), unit: 'milliseconds' });
  return {
    outputs: { migrations: added.map(({ name }) => name), changes, canaries },
    // A change that no new file explains is examined all the same.
    examined: { unit: 'migrations', count: Math.max(added.length, o.acted ? 1 : 0), min: 1 },
    findings: o.findings,
    measurements: [
      duration('up', way.up.result.durationMs),
      ...(way.downs.length > 0
        ? [
            duration(
              'down',
              way.downs.reduce((sum, { result }) => sum + result.durationMs, 0),
            ),
          ]
        : []),
      ...(way.again === undefined ? [] : [duration('up again', way.again.result.durationMs)]),
      { name: 'canary rows', value: canaries, unit: 'count' } satisfies Measurement,
    ],
    artifacts: changes.length === 0 ? [] : [await host.artifact('schema-changes.txt', 'text/plain', `${changes.join('\n')}\n`)],
  };
}

export default defineGate(manifest, run, { prove: controls });
