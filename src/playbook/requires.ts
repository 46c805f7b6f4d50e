// Version ranges as npm writes them, as far as a playbook needs them: comparators that must all hold.

type Version = readonly [number, number, number];

function parse(text: string): Version | undefined {
  const match = /^v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+].*)?$/.exec(text);
  if (match === null) return undefined;
  const number = (part: string | undefined): number => (part === undefined || part === 'x' || part === '*' ? 0 : Number(part));
  return [Number(match[1]), number(match[2]), number(match[3])];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** The first version that a caret or tilde range leaves out. */
function upper(operator: string, [major, minor, patch]: Version, given: number): Version {
  if (operator === '~' || (operator === '' && given === 2)) return given === 1 ? [major + 1, 0, 0] : [major, minor + 1, 0];
  if (operator === '' && given === 1) return [major + 1, 0, 0];
  if (major > 0) return [major + 1, 0, 0];
  return minor > 0 || given < 3 ? [0, minor + 1, 0] : [0, 0, patch + 1];
}

/** Does the version lie in the range, such as ">=0.1.0 <2" or "^0.1"? Undefined: the range is not understood. */
export function satisfies(version: string, range: string): boolean | undefined {
  const own = parse(version);
  const comparators = range.trim().split(/\s+/);
  if (own === undefined || range.trim() === '') return undefined;
  let holds = true;
  for (const comparator of comparators) {
    const match = /^(>=|<=|>|<|=|\^|~|)(.+)$/.exec(comparator);
    const wanted = match?.[2] === undefined ? undefined : parse(match[2]);
    if (match === null || wanted === undefined) return undefined;
    const operator = match[1] ?? '';
    const given = (match[2] ?? '').split('.').filter((part) => part !== 'x' && part !== '*').length;
    const order = compare(own, wanted);
    const below =
      operator === '^' || operator === '~' || (operator === '' && given < 3)
        ? compare(own, upper(operator, wanted, given)) < 0
        : true;
    const fits: Readonly<Record<string, boolean>> = {
      '>=': order >= 0,
      '<=': order <= 0,
      '>': order > 0,
      '<': order < 0,
      '=': order === 0,
    };
    holds &&= fits[operator] ?? (below && (operator === '' && given === 3 ? order === 0 : order >= 0));
  }
  return holds;
}
