// What set-up commands need of the user's own settings to reach the registries that the user reaches; never a token.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Lines of an .npmrc that say where packages come from. */
const harmless = /^\s*(?:registry|@[\w.-]+:registry|strict-ssl|noproxy)\s*=/;

async function lines(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => harmless.test(line));
}

/** A registry's address may hold a password. */
const holdsPassword = (line: string): boolean => /\/\/[^/]*@/.test(line);

/**
 * Writes an .npmrc with the user's registries and the user's extra certificates into the set-up's home folder (`home`: as this
 * machine sees it), and gives the variables that go with them.
 */
export async function packageManagerSettings(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The same folder as commands see it. */
  readonly inside: string;
}): Promise<Record<string, string>> {
  const { env, home, inside } = options;
  await mkdir(home, { recursive: true });
  const user = env.npm_config_userconfig ?? (env.HOME === undefined ? undefined : path.join(env.HOME, '.npmrc'));
  const own = env.npm_config_registry === undefined ? [] : [`registry=${env.npm_config_registry}`];
  const kept = [...(await lines(user)), ...own].filter((line) => !holdsPassword(line));
  if (kept.length > 0) await writeFile(path.join(home, '.npmrc'), `${kept.join('\n')}\n`);
  const certificates = env.NODE_EXTRA_CA_CERTS;
  if (certificates === undefined) return {};
  const copied = await copyFile(certificates, path.join(home, 'certificates.pem')).then(
    () => true,
    () => false,
  );
  const seen = path.posix.join(inside, 'certificates.pem');
  return copied ? { NODE_EXTRA_CA_CERTS: seen, SSL_CERT_FILE: seen } : {};
}
