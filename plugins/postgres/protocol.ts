// What the plugin and its keeper process say to each other: one JSON document a line.

/** User of the plugin's own sessions. */
export const adminUser = 'bexpert_admin';
/** Part of the name of the Unix socket; nothing listens on TCP. */
export const socketPort = 5432;

export type KeeperRequest =
  | {
      readonly do: 'start';
      /** Folder of the npm package with the binaries. */
      readonly packageFolder: string;
      /** An existing folder for data and socket. */
      readonly folder: string;
      readonly adminPassword: string;
    }
  /** A database and a role of the same name that owns it and nothing else. */
  | { readonly do: 'create'; readonly name: string; readonly password: string }
  | { readonly do: 'copy'; readonly from: string; readonly to: string; readonly password: string }
  | { readonly do: 'drop'; readonly name: string }
  | { readonly do: 'cut'; readonly name: string }
  | { readonly do: 'restart' }
  | { readonly do: 'stop' };

export interface Started {
  readonly version: string;
  readonly socketPath: string;
}
export type KeeperAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** Splits a growing text into whole lines; what is left of the last one stays for the next chunk. */
export function lineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  };
}
