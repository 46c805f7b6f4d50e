// What manifests of a scope say that it depends on.
import { parse as parseToml } from 'smol-toml';

type Text = (file: string) => string | undefined;

/** Version by name, as it is written; of several manifests the one nearest to the top says. */
export function packagesOf(files: readonly string[], text: Text): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, version: string): void => {
    if (!found.has(name)) found.set(name, version);
  };
  const nearest = [...files].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  for (const file of nearest) {
    const reader = readers.find(([name]) => name.test(file))?.[1];
    const content = reader === undefined ? undefined : text(file);
    if (reader !== undefined && content !== undefined) reader(content, add);
  }
  return found;
}
type Add = (name: string, version: string) => void;

const readers: readonly (readonly [RegExp, (content: string, add: Add) => void])[] = [
  [/(^|\/)package\.json$/, packageJson],
  [/(^|\/)pyproject\.toml$/, pyproject],
  [/(^|\/)requirements[^/]*\.(txt|in)$/, (content, add) => requirements(content.split('\n'), add)],
  [/(^|\/)Pipfile$/, (content, add) => table(toml(content)?.packages, add)],
  [
    /(^|\/)(setup\.py|setup\.cfg)$/,
    (content, add) => requirements(content.match(/[\w.-]+\s*(\[[^\]]*\])?\s*[<>=~!]=[^'",\n]*/g) ?? [], add),
  ],
  [/(^|\/)go\.mod$/, (content, add) => all(content, /^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+(v\S+)/gm, add)],
  [/(^|\/)Gemfile$/, (content, add) => all(content, /^\s*gem\s+['"]([^'"]+)['"](?:\s*,\s*['"]([^'"]+)['"])?/gm, add)],
  [
    /(^|\/)pom\.xml$/,
    (content, add) => all(content, /<artifactId>\s*([^<\s]+)\s*<\/artifactId>(?:\s*<version>\s*([^<\s]+)\s*<\/version>)?/g, add),
  ],
  [/(^|\/)build\.gradle(\.kts)?$/, (content, add) => all(content, /['"][\w.-]+:([\w.-]+)(?::([^'"]+))?['"]/g, add)],
];

function all(content: string, pattern: RegExp, add: Add): void {
  for (const [, name, version] of content.matchAll(pattern)) if (name !== undefined) add(name, version ?? '');
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function packageJson(content: string, add: Add): void {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return;
  }
  if (!isRecord(json)) return;
  for (const part of ['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies']) table(json[part], add);
}
function table(value: unknown, add: Add): void {
  if (isRecord(value)) for (const [name, version] of Object.entries(value)) add(name, typeof version === 'string' ? version : '');
}
function toml(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseToml(content);
  } catch {
    return undefined;
  }
}
function pyproject(content: string, add: Add): void {
  const { project, tool } = toml(content) ?? {};
  if (isRecord(project) && Array.isArray(project.dependencies))
    requirements(
      project.dependencies.filter((one) => typeof one === 'string'),
      add,
    );
  const poetry = isRecord(tool) ? tool.poetry : undefined;
  if (isRecord(poetry))
    table(poetry.dependencies, (name, version) => (name === 'python' ? undefined : add(name.toLowerCase(), version)));
}
function requirements(lines: readonly string[], add: Add): void {
  for (const line of lines) {
    const [, name, version] = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([<>=~!]=?[^;#]*)?/.exec(line) ?? [];
    if (name !== undefined) add(name.toLowerCase().replaceAll('_', '-'), (version ?? '').trim());
  }
}
