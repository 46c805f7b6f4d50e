/** Comments that stand for code which was left out: "// ... rest of the code", "# existing code unchanged". */
const comment = /^\s*(?:\/\/|#|--|\/\*|<!--|\{\s*\/\*)\s*(.*?)\s*(?:\*\/\s*\}?|-->)?\s*$/;
const ellipsis = /^(?:\.{3}|…)/;
const omission =
  /\b(?:rest of|remaining|existing|previous|unchanged|same as before|other (?:code|methods|functions|routes|tests|imports))\b/i;

/** Lines of a replacement that stand for omitted code and that the target does not hold. */
export function placeholders(replacement: string, target: string): readonly string[] {
  const known = new Set(target.split('\n').map((line) => line.trim()));
  return replacement
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => {
      if (known.has(line)) return false;
      const said = comment.exec(line)?.[1];
      if (said === undefined) return false;
      return ellipsis.test(said)
        ? said.replace(ellipsis, '').trim() === '' || omission.test(said)
        : omission.test(said) && /(?:\.{3}|…)$/.test(said);
    });
}
