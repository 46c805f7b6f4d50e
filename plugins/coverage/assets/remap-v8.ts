// Turns the V8 data that Node processes left (NODE_V8_COVERAGE) into coverage of the files that count.
import fs from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'acorn';
import convert from 'ast-v8-to-istanbul';
import { type FileCoverage, fromIstanbul, type Istanbul, type RawOrder, type Report, sealed, withoutIgnores } from '../report.ts';

interface Script {
  readonly url: string;
  readonly functions: readonly unknown[];
}
type SourceMap = NonNullable<Parameters<typeof convert>[0]['sourceMap']>;

const order = JSON.parse(fs.readFileSync(0, 'utf8')) as RawOrder;
const universe = new Map(order.files.map((file) => [path.join(order.root, file), file]));
const files: Record<string, FileCoverage> = {};

const strip = (nodeModule as { stripTypeScriptTypes?: (code: string) => string }).stripTypeScriptTypes;

/** undefined: a language that Node does not run as it stands on disk. */
function parsed(file: string, code: string): { readonly code: string; readonly ast: unknown } | undefined {
  const text = /\.[cm]?ts$/.test(file) ? strip?.(code) : code;
  if (text === undefined) return undefined;
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return {
        code: text,
        ast: parse(text, {
          ecmaVersion: 'latest',
          sourceType,
          allowHashBang: true,
          allowReturnOutsideFunction: true,
          allowAwaitOutsideFunction: true,
        }),
      };
    } catch {}
  }
  return undefined;
}

function mapOf(file: string, code: string): SourceMap | undefined {
  const reference = [...code.matchAll(/^\/\/# sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (reference === undefined) return undefined;
  try {
    const text = reference.startsWith('data:')
      ? Buffer.from(reference.slice(reference.indexOf(',') + 1), 'base64').toString('utf8')
      : fs.readFileSync(path.resolve(path.dirname(file), decodeURIComponent(reference)), 'utf8');
    const map = JSON.parse(text) as { sources: string[]; sourceRoot?: string };
    const folder = path.resolve(path.dirname(file), map.sourceRoot ?? '');
    return {
      ...map,
      sourceRoot: '',
      sources: map.sources.map((source) => pathToFileURL(path.resolve(folder, source)).href),
    } as unknown as SourceMap;
  } catch {
    return undefined;
  }
}

/** Hits of two processes add up: the shape is the same, because the text is. */
function added(before: FileCoverage | undefined, more: FileCoverage): FileCoverage {
  if (before === undefined || before.statements.length !== more.statements.length) return before ?? more;
  return {
    statements: before.statements.map((one, at) => ({ ...one, hits: one.hits + (more.statements[at]?.hits ?? 0) })),
    functions: before.functions.map((one, at) => ({ ...one, hits: one.hits + (more.functions[at]?.hits ?? 0) })),
    branches: before.branches.map((one, at) => ({
      ...one,
      arms: one.arms.map((hits, arm) => hits + (more.branches[at]?.arms[arm] ?? 0)),
    })),
  };
}

interface Loaded {
  readonly code: string;
  readonly ast: unknown;
  readonly map: SourceMap | undefined;
}
const loaded = new Map<string, Loaded | undefined>();
function load(file: string): Loaded | undefined {
  if (!loaded.has(file)) {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
    const name = universe.get(file);
    const exposed = text === undefined ? undefined : withoutIgnores(text, name === undefined ? [] : (order.exposed[name] ?? []));
    const result = exposed === undefined ? undefined : parsed(file, exposed);
    loaded.set(file, result === undefined ? undefined : { ...result, map: mapOf(file, result.code) });
  }
  return loaded.get(file);
}

async function add({ url, functions }: Script): Promise<void> {
  const file = path.normalize(fileURLToPath(url));
  const source = load(file);
  if (source === undefined) return;
  if (!universe.has(file) && source.map === undefined) return;
  const data = await convert({
    code: source.code,
    ast: source.ast as never,
    coverage: { url, functions: functions as never },
    ...(source.map === undefined ? {} : { sourceMap: source.map }),
  });
  for (const [at, coverage] of Object.entries(data as unknown as Record<string, Istanbul>)) {
    const name = universe.get(path.normalize(at.startsWith('file:') ? fileURLToPath(at) : at));
    if (name !== undefined) files[name] = added(files[name], fromIstanbul(coverage));
  }
}

let processes = 0;
for (const entry of fs.existsSync(order.raw) ? fs.readdirSync(order.raw).sort() : []) {
  if (!/^coverage-.*\.json$/.test(entry)) continue;
  const { result = [] } = JSON.parse(fs.readFileSync(path.join(order.raw, entry), 'utf8')) as { result?: readonly Script[] };
  const own = result.filter(({ url }) => url.startsWith('file://') && fileURLToPath(url).startsWith(`${order.root}${path.sep}`));
  processes += 1;
  for (const script of own) if (!script.url.includes('/node_modules/')) await add(script);
}
// A file that no process loaded has no data; without any function range all of it counts as not executed.
for (const [file, name] of universe) if (files[name] === undefined) await add({ url: pathToFileURL(file).href, functions: [] });

const report: Report = {
  kind: 'measured',
  tool: `V8 of ${processes} Node processes`,
  failures: processes === 0 ? ['no Node process left V8 data'] : [],
  files,
};
fs.writeFileSync(order.report, sealed(order.key, report), { flag: 'wx', mode: 0o600 });
