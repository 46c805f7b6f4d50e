import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Bytes of the path of a Unix socket that every system takes: `sun_path` of unix(7) has 108 with its end, on macOS 104. */
const limit = 103;

/** A path by which a Unix socket can be reached, however deep its folder lies. */
export async function reachableSocket(socketPath: string): Promise<{ readonly path: string } & AsyncDisposable> {
  if (Buffer.byteLength(socketPath) <= limit) return { path: socketPath, async [Symbol.asyncDispose]() {} };
  const folder = await mkdtemp(path.join(tmpdir(), 'bexpert-'));
  await symlink(path.dirname(socketPath), path.join(folder, 's'));
  return {
    path: path.join(folder, 's', path.basename(socketPath)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
