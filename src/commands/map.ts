// `bexpert map`: what a repository is, without a playbook: its tables, routes, and where requests wait. Nothing of it is executed.
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Found } from '../discovery/render/found.ts';
import { htmlOf } from '../discovery/render/html.ts';
import { markdownOf } from '../discovery/render/markdown.ts';
import { mermaidOf } from '../discovery/render/mermaid.ts';
import { exitCodes } from '../model/exit.ts';
import { faultWords } from '../playbook/named-file.ts';
import { stateFolders } from '../workspace/state.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { filesToMap } from './map-files.ts';
import { type MapPart, mapParts, mapWith } from './map-parts.ts';

export interface MapCall {
  readonly folder?: string;
  /** A service of a monorepo, below the folder. */
  readonly path?: string;
  readonly format: 'md' | 'json' | 'mermaid' | 'html';
  readonly only?: string;
  readonly goal?: string;
  readonly maxTokens?: string;
  readonly output?: string;
  readonly quiet?: boolean;
}

/** Exit code 0 also where something was not understood: that is part of the map. */
export async function map(call: MapCall, io: Io): Promise<number> {
  const top = await scopeFolder(call.folder, io.cwd, 'bexpert map');
  const scope = top.ok && call.path !== undefined ? await scopeFolder(call.path, top.value, '--path') : top;
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  const wanted = partsOf(call.only);
  const maxTokens = call.maxTokens === undefined ? undefined : Number(call.maxTokens);
  const wrong =
    typeof wanted === 'string'
      ? wanted
      : maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 200)
        ? `--max-tokens ${call.maxTokens} is no whole number from 200`
        : undefined;
  if (typeof wanted === 'string' || wrong !== undefined) return usage(io, wrong ?? '');
  // A file that cannot be written is known before minutes of work.
  const unwritable = call.output === undefined ? undefined : whyNot(path.resolve(io.cwd, call.output));
  if (unwritable !== undefined) return usage(io, `--output ${call.output} cannot be written: ${unwritable}`);

  const files = await filesToMap(scope.value, io.env);
  const started = io.now();
  const shows = call.quiet !== true && io.stderr.isTTY;
  const { found, messages } = await mapWith({
    folder: scope.value,
    files,
    facts: stateFolders({ env: io.env }).facts,
    parts: wanted,
    goal: call.goal ?? '',
    signal: io.signal,
    now: io.now,
    progress: (label) => {
      if (shows) io.stderr.write(`\r\u001b[K${label.slice(0, Math.max(20, (io.stderr.columns ?? 80) - 1))}`);
    },
  });
  if (shows) io.stderr.write('\r\u001b[K');
  if (isEmpty(found)) {
    await complain(io, [problem('cli/nothing-to-map', { folder: scope.value, files: files.length })]);
    return exitCodes.badPlaybook;
  }
  const text = drawn(call, { found, files, title: path.basename(scope.value), maxTokens });
  if (call.output === undefined) io.stdout.write(text);
  else writeFileSync(path.resolve(io.cwd, call.output), text);
  if (call.quiet !== true) {
    for (const message of messages) io.stderr.write(`${message}\n`);
    const seconds = ((io.now() - started) / 1000).toFixed(1);
    io.stderr.write(`${summaryOf(found)}; ${files.length.toLocaleString('en')} files, ${seconds} s.\n`);
  }
  return exitCodes.proven;
}

function partsOf(only: string | undefined): readonly MapPart[] | string {
  if (only === undefined) return mapParts;
  const names = only.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !mapParts.some((part) => part === name));
  return wrong === undefined
    ? mapParts.filter((part) => names.includes(part))
    : `--only takes ${mapParts.join(', ')}, with commas between them, and not \`${wrong}\``;
}

async function usage(io: Io, what: string): Promise<number> {
  await complain(io, [problem('cli/usage', { what, command: 'map' })]);
  return exitCodes.badPlaybook;
}

function whyNot(file: string): string | undefined {
  try {
    if (statSync(path.dirname(file)).isDirectory()) {
      writeFileSync(file, '', { flag: 'a' });
      return undefined;
    }
    return 'its folder is a file';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'its folder is not there' : faultWords(error);
  }
}

const fieldsOf = ({ graphql }: NonNullable<Found['contracts']>): number =>
  graphql === undefined ? 0 : graphql.queries.length + graphql.mutations.length + graphql.subscriptions.length;
const isEmpty = ({ schema, contracts, io }: Found): boolean =>
  (schema === undefined || schema.tables.length + schema.migrations.length + schema['not-understood'].length === 0) &&
  (contracts === undefined ||
    contracts.routes.length + contracts.operations.length + fieldsOf(contracts) + contracts['not-understood'].length === 0) &&
  (io === undefined || io.findings.length + io['not-understood'].length === 0);

function statsOf({ schema, contracts, io }: Found) {
  return {
    ...(schema === undefined
      ? {}
      : {
          tables: schema.tables.length,
          columns: schema.tables.reduce((sum, { columns }) => sum + columns.length, 0),
          relations: schema.relations.length,
          migrations: schema.migrations.length,
        }),
    ...(contracts === undefined
      ? {}
      : {
          routes: contracts.routes.length,
          operations: contracts.operations.length,
          ...(fieldsOf(contracts) === 0 ? {} : { 'graphql-fields': fieldsOf(contracts) }),
        }),
    ...(io === undefined ? {} : { findings: io.findings.length }),
    'not-understood': [schema, contracts, io].reduce((sum, part) => sum + (part?.['not-understood'].length ?? 0), 0),
  };
}

function summaryOf(found: Found): string {
  const { 'not-understood': unclear, ...counts } = statsOf(found);
  const words = Object.entries(counts).map(
    ([name, count]) =>
      `${count} ${(count === 1 ? name.replace(/s$/, '') : name).replace('-', ' ').replace('graphql', 'GraphQL')}`,
  );
  return `${words.join(', ')}; ${unclear === 0 ? 'nothing' : unclear} not understood`;
}

/** Folders with a manifest of their own: services of a monorepo, which `--path` takes. */
function scopesOf(files: readonly string[]): readonly string[] {
  const manifests =
    /(^|\/)(package\.json|pyproject\.toml|manage\.py|requirements\.txt|go\.mod|pom\.xml|build\.gradle(\.kts)?|Gemfile)$/;
  const folders = files.filter((file) => manifests.test(file)).map((file) => path.posix.dirname(file));
  return [...new Set(folders)].sort();
}

function drawn(
  call: MapCall,
  o: { readonly found: Found; readonly files: readonly string[]; readonly title: string; readonly maxTokens: number | undefined },
): string {
  switch (call.format) {
    case 'md':
      return markdownOf(o.found, o.title, { goal: call.goal, maxTokens: o.maxTokens });
    case 'mermaid':
      return mermaidOf(o.found);
    case 'html':
      return htmlOf(o.found, o.title);
    case 'json': {
      const stats = { files: o.files.length, ...statsOf(o.found) };
      return `${JSON.stringify({ format: 1, ...o.found, scopes: scopesOf(o.files), stats }, undefined, 2)}\n`;
    }
  }
}
