/** What the machine lacks when a call of the system fails so; no fault of bexpert and none of the playbook. */
const faults: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of the path is no folder',
  ELOOP: 'a link leads to itself',
  ENAMETOOLONG: 'a name is too long',
  EMFILE: 'too many files are open; `ulimit -n` says how many may be',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk cannot be read or written',
};

/** One sentence without a full stop where an error comes from the machine: "no space is left on the disk (ENOSPC: …)". */
export function systemFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const words = faults[error.code];
  return words === undefined ? undefined : `${words} (${error.message})`;
}
