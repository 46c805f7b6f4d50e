// What set-up commands need of the user's own settings to reach the registries that the user reaches; never a token.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Lines of an .npmrc that say where packages come from. */
const harmless = /^\s*(?:registry|@[\w.-]+:registry|strict-ssl|noproxy)\s*=/;
/** Lines of a .yarnrc (Yarn 1) that do. */
const harmlessYarn = /^\s*(?:registry|"@[\w.-]+:registry")\s/;
/** Lines of a pip.conf that do. */
const harmlessPip = /^\s*(?:index-url|extra-index-url|trusted-host|no-index)\s*[=:]\s*\S/;
const berryRegistry = /^npmRegistryServer:\s*["']?(https?:\/\/[^\s"']+)/m;

/** Variables that do, of pip, uv, Go, Yarn, corepack and Bundler. */
const addresses = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'UV_DEFAULT_INDEX',
  'UV_INDEX_URL',
  'GOPROXY',
  'GOSUMDB',
  'GONOSUMDB',
  'GOPRIVATE',
  'YARN_NPM_REGISTRY_SERVER',
  'COREPACK_NPM_REGISTRY',
  'BUNDLE_MIRROR__ALL',
] as const;

/** Variables that name a file of certificates. */
const certificates = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
] as const;

/** A registry's address may hold a password. */
const holdsPassword = (text: string): boolean => /\/\/[^/]*@/.test(text);

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
const linesOf = async (file: string, take: RegExp): Promise<readonly string[]> =>
  (await textOf(file)).split('\n').filter((line) => take.test(line) && !holdsPassword(line));

export interface PackageManagerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The set-up's home folder as this machine sees it. */
  readonly home: string;
  /** The same folder as commands see it. */
  readonly inside: string;
}

/**
 * Writes the user's registries and the user's extra certificates into the set-up's home folder, in the files of npm, pnpm, Yarn and
 * pip, and gives the variables that go with them.
 */
export async function packageManagerSettings(options: PackageManagerOptions): Promise<Record<string, string>> {
  const { env, home } = options;
  await mkdir(home, { recursive: true });
  const ofUser = (file: string) => path.join(env.HOME ?? home, file);
  const given = env.npm_config_registry;
  const npm = [
    ...(await linesOf(env.npm_config_userconfig ?? ofUser('.npmrc'), harmless)),
    ...(given === undefined || holdsPassword(given) ? [] : [`registry=${given}`]),
  ];
  await writeLines(path.join(home, '.npmrc'), npm);
  await writeLines(path.join(home, '.yarnrc'), await linesOf(ofUser('.yarnrc'), harmlessYarn));
  await writeLines(path.join(home, '.yarnrc.yml'), await berrySettings(ofUser('.yarnrc.yml'), npm));
  const pip = await pipLines(env.PIP_CONFIG_FILE, [ofUser('.pip/pip.conf'), ofUser('.config/pip/pip.conf')]);
  await writeLines(path.join(home, '.config/pip/pip.conf'), pip);
  const kept: Record<string, string> = await copiedCertificates(options);
  for (const name of addresses) {
    const value = env[name];
    if (value !== undefined && !holdsPassword(value)) kept[name] = value;
  }
  return kept;
}

async function writeLines(file: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
}

/** pip reads all of its files, the later ones above the earlier, and none when the first is /dev/null. That of the machine it finds itself. */
async function pipLines(first: string | undefined, others: readonly string[]): Promise<readonly string[]> {
  const byName = new Map<string, string>();
  for (const file of first === '/dev/null' ? [] : [...(first === undefined ? [] : [first]), ...others]) {
    for (const line of await linesOf(file, harmlessPip)) byName.set(line.split(/[=:]/, 1)[0]?.trim() ?? '', line.trim());
  }
  return byName.size === 0 ? [] : ['[global]', ...byName.values()];
}

/** Yarn 2 and newer reads neither an .npmrc nor the variables by which other programs find a proxy. */
async function berrySettings(user: string, npm: readonly string[]): Promise<readonly string[]> {
  const own = berryRegistry.exec(await textOf(user))?.[1];
  const ofNpm = npm
    .findLast((line) => /^\s*registry\s*=/.test(line))
    ?.replace(/^[^=]*=\s*/, '')
    .trim();
  const registry = own === undefined || holdsPassword(own) ? ofNpm : own;
  return [
    `httpProxy: "\${HTTP_PROXY-}"`,
    `httpsProxy: "\${HTTPS_PROXY-}"`,
    ...(registry === undefined ? [] : [`npmRegistryServer: ${JSON.stringify(registry)}`]),
  ];
}

async function copiedCertificates(options: PackageManagerOptions): Promise<Record<string, string>> {
  const { env, home, inside } = options;
  const seen: Record<string, string> = {};
  for (const name of certificates) {
    const file = env[name] ?? (name === 'SSL_CERT_FILE' ? env.NODE_EXTRA_CA_CERTS : undefined);
    if (file === undefined) continue;
    const copy = `${name.toLowerCase()}.pem`;
    const copied = await copyFile(file, path.join(home, copy)).then(
      () => true,
      () => false,
    );
    if (copied) seen[name] = path.posix.join(inside, copy);
  }
  return seen;
}
