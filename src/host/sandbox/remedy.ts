// What a person can do about a sandbox that does not work. Sources: Ubuntu 24.04 release notes (unprivileged user namespaces), user_namespaces(7),
// Docker's documentation of its seccomp profile and of `--security-opt systempaths=unconfined`.
import { existsSync, readFileSync } from 'node:fs';
import { onLinux } from '../machine.ts';
import type { ProviderName } from './contract.ts';

export interface MachineFacts {
  readonly linux: boolean;
  /** The runner is in a container of Docker, Podman or Kubernetes. */
  readonly container: boolean;
  /** AppArmor refuses user namespaces to programs without a profile (Ubuntu since 23.10). */
  readonly appArmor: boolean;
  /** The kernel was told to make no user namespaces: the setting that says so. */
  readonly forbiddenBy: string | undefined;
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function machineFacts(): MachineFacts {
  const forbidding = [
    { name: 'user.max_user_namespaces', value: '0', repair: 'user.max_user_namespaces=15000' },
    { name: 'kernel.unprivileged_userns_clone', value: '0', repair: 'kernel.unprivileged_userns_clone=1' },
  ].find(({ name, value }) => setting(name) === value);
  return {
    linux: onLinux(),
    container: ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file)),
    appArmor: setting('kernel.apparmor_restrict_unprivileged_userns') === '1',
    forbiddenBy: forbidding?.repair,
  };
}

const packages: Readonly<Record<Exclude<ProviderName, 'none'>, string>> = {
  bubblewrap: 'Install bubblewrap: `sudo apt-get install bubblewrap`, `sudo dnf install bubblewrap` or `apk add bubblewrap`.',
  unshare:
    'Install util-linux 2.36 or newer and iproute2: `sudo apt-get install util-linux mount iproute2` or `apk add util-linux iproute2`.',
};

const container =
  'Start the container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`, or run bexpert outside a container.';

/** `reason`: what the provider itself said. */
export function remedy(name: Exclude<ProviderName, 'none'>, reason: string, facts: MachineFacts): { readonly todo?: string } {
  if (!facts.linux) {
    return {
      todo: 'Sandboxes need Linux: run bexpert in a Linux virtual machine or in CI, or add `--sandbox preferred` to go on without one.',
    };
  }
  if (/not installed|unrecognized option|unknown option|Unknown option/.test(reason)) return { todo: packages[name] };
  if (!/not permitted|denied|no space left|cannot allocate|invalid argument|not be made/i.test(reason)) return {};
  if (facts.forbiddenBy !== undefined) return { todo: `Allow user namespaces: \`sudo sysctl -w ${facts.forbiddenBy}\`.` };
  if (facts.appArmor) {
    return { todo: 'Allow user namespaces: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.' };
  }
  return facts.container ? { todo: container } : {};
}
