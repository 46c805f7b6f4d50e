import path from 'node:path';

/** Where system programs stand, in the order of a login shell. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What a command gets of a list of folders: the runner's own Node comes first, so that `node` and `npm` are one version. */
export const commandPath = (node: string): string => [...new Set([path.dirname(node), ...systemFolders])].join(':');

export interface BaseEnvironment {
  /** Absolute path of the runner's Node. */
  readonly node: string;
  /** Home folder as the command sees it. */
  readonly home: string;
  /** Folder for temporary files as the command sees it. */
  readonly temporary: string;
  /** Bundle of certificates for set-up behind a company's proxy, as the command sees it. */
  readonly certificates?: string;
}

/**
 * The environment that every command starts from; nothing of the user's own is inherited. Never among it: NODE_OPTIONS, LD_PRELOAD,
 * npm_config_* of the user, tokens. A step's `env:` comes on top.
 */
export function baseEnvironment(o: BaseEnvironment): Record<string, string> {
  return {
    PATH: commandPath(o.node),
    HOME: o.home,
    TMPDIR: o.temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: '1',
    NO_COLOR: '1',
    TERM: 'dumb',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    GIT_TERMINAL_PROMPT: '0',
    npm_config_yes: 'false',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    ...(o.certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: o.certificates, SSL_CERT_FILE: o.certificates }),
  };
}
