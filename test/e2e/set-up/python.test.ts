// Virtual environments, and the editable install that made another tree's tests import the first tree's code.
import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { command, has, judged, repositoryOf, type Sandbox, sandboxes, setUp, shown } from './rig.ts';

const full = process.env.BEXPERT_TEST === 'full';
/** From a folder that is no part of the tree, so that only what is installed can be imported. */
const look = { command: 'tree=$PWD; cd / && "$tree/.venv/bin/python" -c "import b; print(b.value)"', base: '1', candidate: '2' };
const change = { 'src/b/__init__.py': 'value = 2\n' };
const files: Files = { 'src/b/__init__.py': 'value = 1\n', '.gitignore': '.venv\n*.egg-info\n__pycache__\nbuild\n' };
const setuptools: Files = {
  ...files,
  'pyproject.toml':
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "b"\nversion = "1.0"\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
  // Debian's own wheels: no registry is asked.
  'requirements.txt': '--no-index\n--find-links /usr/share/python-wheels\nsetuptools\nwheel\n',
};
const walled = sandboxes.filter((sandbox) => sandbox !== 'off');

const python = has('python3', '-m', 'venv', '--help');
describe.runIf(python)(`a virtual environment${python ? '' : ' (not tested: no python3 with venv)'}`, () => {
  const environment = 'python3 -m venv --without-pip .venv && ';
  const key = 'cache-key: [.gitignore], outputs: [.venv]';
  // What `pip install -e .` and `poetry install` leave.
  const absolute = `${environment} echo "$PWD/src" > "$(echo .venv/lib/python3*/site-packages)/__editable__.b-1.0.pth"`;

  it.runIf(walled.length > 0)('with an editable install runs the code of its own tree in a sandbox', async () => {
    await using repository = await repositoryOf({ files: { ...files, 'bexpert.yml': setUp(absolute, key) }, look });
    await repository.write(change);
    // What was made without a sandbox is not taken in one, nor the other way round: its paths lead to other folders.
    expect((await judged(repository, 'off')).code).toBe(3);
    const ended = await judged(repository);
    expect(ended.stdout).toContain('set-up from the store');
    expect(ended.code, ended.stdout).toBe(0);
    expect((await judged(repository, 'off')).code).toBe(3);
  });
  it('with an editable install is refused where trees lie at different paths', async () => {
    await using repository = await repositoryOf({ files: { ...files, 'bexpert.yml': setUp(absolute, key) }, look });
    await repository.write(change);
    const ended = await judged(repository, 'off');
    expect(ended.stdout).toContain('__editable__.b-1.0.pth leads to /');
    expect(ended.stdout).toContain('without a sandbox every tree lies at another path');
    expect(ended.stdout).toContain('[setup/outside]');
    expect(ended.code).toBe(3);
  });
  it.each(sandboxes)('that leads to its tree by a relative path runs its code, sandbox %s', async (sandbox) => {
    const run = `${environment} echo ../../../../src > "$(echo .venv/lib/python3*/site-packages)/tree.pth"`;
    await using repository = await repositoryOf({ files: { ...files, 'bexpert.yml': setUp(run, key) }, look });
    await repository.write(change);
    expect((await judged(repository, sandbox)).code).toBe(0);
  });
});

const wheels = python && has('sh', '-c', 'ls /usr/share/python-wheels/wheel-*.whl');
describe.runIf(full && wheels)(`pip${wheels ? '' : ' (not tested: no python3-wheel-whl)'}`, { timeout: 300_000 }, () => {
  const play = async (settings: string, sandbox?: Sandbox) => {
    await using repository = await repositoryOf({ files: { ...setuptools, 'bexpert.yml': settings }, look });
    await repository.write(change);
    return await judged(repository, sandbox);
  };
  it.each(walled)('installs the tree so that each runs its own code, sandbox %s', async (sandbox) => {
    const ended = await play(shown('Python with venv'), sandbox);
    expect(ended.stdout, ended.stderr).toContain('set-up from the store');
    expect(ended.code, ended.stdout).toBe(0);
  });
  it('is refused without a sandbox', async () => {
    expect((await play(shown('Python with venv'), 'off')).stdout).toContain('[setup/outside]');
  });
  it('that copies the code of the tree is refused', async () => {
    const ended = await play(shown('Python with venv').replace('--no-deps -e .', '--no-deps .'));
    expect(ended.stdout).toMatch(/: src\/b\/__init__\.py\. .*\[setup\/stale-copy\]/);
    expect(ended.code).toBe(3);
  });
});

const poetry = has('poetry', '--version');
describe.runIf(full && poetry)(`Poetry${poetry ? '' : ' (not tested: it is not here)'}`, { timeout: 300_000 }, () => {
  it.each(sandboxes)('installs the tree so that each runs its own code, or is refused, sandbox %s', async (sandbox) => {
    await using repository = await repositoryOf({
      files: {
        ...files,
        'bexpert.yml': shown('Python with Poetry'),
        'pyproject.toml':
          '[tool.poetry]\nname = "b"\nversion = "1.0.0"\ndescription = ""\nauthors = ["x <x@example.org>"]\npackages = [{ include = "b", from = "src" }]\n[tool.poetry.dependencies]\npython = "^3.9"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
      },
      look,
      finish: (folder) => command(folder, '/usr/bin/poetry', 'lock', '--no-interaction'),
    });
    await repository.write(change);
    const ended = await judged(repository, sandbox);
    if (sandbox === 'off') expect(ended.stdout).toMatch(/b\.pth leads to .*\[setup\/outside\]/);
    else expect(ended.code, ended.stdout).toBe(0);
  });
});
