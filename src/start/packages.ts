import path from 'node:path';
import type { RepositoryView } from './repository-view.ts';

const manifest = /(^|\/)(package\.json|pyproject\.toml|go\.mod|pom\.xml|build\.gradle(\.kts)?|Gemfile)$/;
const test = /(^|\/)(test|tests|__tests__|spec)\/|\.(test|spec)\.\w+$|_test\.go$|(^|\/)test_\w+\.py$/;

/** The packages of a monorepo, those with tests first. */
export function packagesOf(view: RepositoryView): readonly string[] {
  const folders = [
    ...new Set(
      view.files.filter((file) => manifest.test(file) && !file.startsWith('../')).map((file) => path.posix.dirname(file)),
    ),
  ].filter((folder) => folder !== '.' && !/(^|\/)(test|tests|fixtures|examples?)\//.test(`${folder}/`));
  const tested = (folder: string): boolean =>
    view.files.some((file) => file.startsWith(`${folder}/`) && test.test(file.slice(folder.length + 1)));
  return folders.sort((a, b) => Number(tested(b)) - Number(tested(a)) || (a < b ? -1 : 1));
}
