import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageManagerSettings } from '../../../src/engine/package-manager.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-settings-'));
  mkdirSync(path.join(folder, 'user'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, 'user', name), text);
const made = (name: string) => readFileSync(path.join(folder, 'home', name), 'utf8');
const settings = (env: Readonly<Record<string, string>> = {}) =>
  packageManagerSettings({
    env: { HOME: path.join(folder, 'user'), ...env },
    home: path.join(folder, 'home'),
    inside: '/scratch/home',
  });

describe('the settings of package managers that set-up is given', () => {
  it('are the addresses of registries, and never a password or a token', async () => {
    write(
      '.npmrc',
      'registry=https://npm.example/\n//npm.example/:_authToken=secret\n@acme:registry=https://me:secret@acme.example/\nemail=me\n@b:registry=https://b.example/\n',
    );
    write(
      '.yarnrc',
      'registry "https://yarn.example/"\n"//yarn.example/:_authToken" secret\n"@acme:registry" "https://x:secret@y.example"\n',
    );
    write('.yarnrc.yml', 'npmAuthToken: secret\nnpmRegistryServer: "https://berry.example"\n');
    const env = await settings({
      PIP_INDEX_URL: 'https://pip.example/simple',
      GOPROXY: 'https://me:secret@go.example',
      NPM_TOKEN: 'secret',
    });
    expect(env).toEqual({ PIP_INDEX_URL: 'https://pip.example/simple' });
    expect(made('.npmrc')).toBe('registry=https://npm.example/\n@b:registry=https://b.example/\n');
    expect(made('.yarnrc')).toBe('registry "https://yarn.example/"\n');
    // Two variables that Yarn itself fills in: it reads no HTTP_PROXY.
    expect(made('.yarnrc.yml')).toBe(
      'httpProxy: "${HTTP_PROXY-}"\nhttpsProxy: "${HTTPS_PROXY-}"\nnpmRegistryServer: "https://berry.example"\n',
    );
  });
  it('are those of pip too, of which a later file wins, and none where the user wants none', async () => {
    mkdirSync(path.join(folder, 'user/.config/pip'), { recursive: true });
    write('first.conf', '[global]\nindex-url = https://first.example/simple\ntrusted-host = first.example\n');
    write(
      '.config/pip/pip.conf',
      '[global]\nindex-url: https://pip.example/simple\nextra-index-url = https://me:secret@y.example\n[list]\nformat = columns\n',
    );
    const first = path.join(folder, 'user/first.conf');
    await settings({ PIP_CONFIG_FILE: '/dev/null' });
    expect(existsSync(path.join(folder, 'home/.config/pip/pip.conf'))).toBe(false);
    await settings({ PIP_CONFIG_FILE: first });
    expect(made('.config/pip/pip.conf')).toBe('[global]\nindex-url: https://pip.example/simple\ntrusted-host = first.example\n');
  });
  it('give Yarn 2 the registry of npm where it has none of its own', async () => {
    write('.npmrc', 'registry = https://npm.example/\n');
    await settings();
    expect(made('.yarnrc.yml')).toContain('npmRegistryServer: "https://npm.example/"\n');
    await settings({ npm_config_registry: 'https://variable.example/' });
    expect(made('.npmrc')).toBe('registry = https://npm.example/\nregistry=https://variable.example/\n');
    expect(made('.yarnrc.yml')).toContain('npmRegistryServer: "https://variable.example/"\n');
  });
  it('hold the certificates as the command sees them, and nothing of a file that is not there', async () => {
    write('company.pem', 'company\n');
    const company = path.join(folder, 'user/company.pem');
    expect(await settings({ NODE_EXTRA_CA_CERTS: company, PIP_CERT: path.join(folder, 'missing.pem') })).toEqual({
      NODE_EXTRA_CA_CERTS: '/scratch/home/node_extra_ca_certs.pem',
      SSL_CERT_FILE: '/scratch/home/ssl_cert_file.pem',
    });
    expect(made('ssl_cert_file.pem')).toBe('company\n');
    expect(existsSync(path.join(folder, 'home/pip_cert.pem'))).toBe(false);
  });
});
