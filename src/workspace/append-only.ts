// Append-only: what stood there still stands there, in its order; whole lines may come in between, but none that switches others off.

/** Lines that turn existing cases off, in the test frameworks of the languages that back ends are written in. */
const disabling: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\.(only|skip|todo|fails|failing|skipIf|runIf)\b/, what: 'runs only some cases, or skips some' },
  {
    pattern: /\b(xit|xtest|xdescribe|xcontext|xspecify|fit|fdescribe|fcontext|pending)\s*\(/,
    what: 'runs only some cases, or skips some',
  },
  { pattern: /\b(unittest\.skip|pytest\.(mark\.)?(skip|skipif|xfail)|t\.Skip(Now|f)?\s*\()/, what: 'skips cases' },
  { pattern: /@(Disabled|Ignore|DisabledIf)\b|#\[ignore/, what: 'skips cases' },
  { pattern: /\/\*|\*\/|<!--|-->|^=(begin|end)\b|"""|'''/, what: 'begins or ends a comment over several lines' },
  { pattern: /^\s*(return\s*;?|return\s+(true|undefined|null|None|nil)\s*;?)\s*$/, what: 'leaves a case early' },
  {
    pattern: /\bprocess\.(exit|exitCode|reallyExit|abort)\b|\b(sys\.exit|os\._exit|os\.Exit|System\.exit)\b/,
    what: 'ends the process',
  },
  { pattern: /^\s*(if|while)\s*\(?\s*(false|0|False)\b/, what: 'keeps cases from running' },
];

const hasZero = (bytes: Uint8Array): boolean => bytes.includes(0);

/** Why `after` is no continuation of `before`, in words; undefined: it is one. */
export function appendProblem(before: Uint8Array, after: Uint8Array): string | undefined {
  if (Buffer.compare(before, after) === 0) return undefined;
  if (hasZero(before) || hasZero(after)) {
    return Buffer.compare(before, after.subarray(0, before.length)) === 0 ? undefined : 'existing bytes changed';
  }
  const old = lines(before);
  const added: string[] = [];
  let next = 0;
  for (const line of lines(after)) {
    if (next < old.length && line === old[next]) next += 1;
    else added.push(line);
  }
  if (next < old.length) return `line ${next + 1} changed or is gone`;
  for (const line of added) {
    const found = disabling.find(({ pattern }) => pattern.test(line));
    if (found !== undefined && !isWholeComment(line)) return `an added line ${found.what}: ${line.trim().slice(0, 80)}`;
  }
  return undefined;
}

/** Bytes as latin1 characters: two different files never have the same lines. The last line break ends a line and begins none. */
function lines(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** A comment that begins and ends in its own line cannot swallow others. */
const isWholeComment = (line: string): boolean => /^\s*(\/\*((?!\*\/).)*\*\/|<!--((?!-->).)*-->)\s*$/.test(line);
