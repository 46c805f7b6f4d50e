import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { command, has, judged, repositoryOf, sandboxes, setUp, shown } from './rig.ts';

const full = process.env.BEXPERT_TEST === 'full';
const go = full && has('go', 'version');
describe.runIf(go)(
  `Go with a module that is replaced${go ? '' : ' (not tested: Go is not here, or not the full tier)'}`,
  { timeout: 180_000 },
  () => {
    const change = { 'b/b.go': 'package b\n\nconst Value = 2\n' };
    const files: Files = {
      'go.mod': 'module example.com/a\n\ngo 1.19\n\nrequire example.com/b v0.0.0\n\nreplace example.com/b => ./b\n',
      'go.sum': '\n',
      'main.go': 'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/b"\n)\n\nfunc main() { fmt.Println(b.Value) }\n',
      'b/go.mod': 'module example.com/b\n\ngo 1.19\n',
      'b/b.go': 'package b\n\nconst Value = 1\n',
      '.gitignore': 'vendor\n.go\n',
    };
    const cached = { command: 'GOMODCACHE="$PWD/.go/mod" go run .', base: '1', candidate: '2' };
    const vendored = { command: 'go run -mod=vendor .', base: '1', candidate: '2' };
    const vendor = setUp('go mod vendor', 'cache-key: [go.mod, go.sum], outputs: [vendor]');

    it.each(sandboxes)('is read from its own tree, sandbox %s', async (sandbox) => {
      await using repository = await repositoryOf({
        files: {
          ...files,
          ...modules(),
          'bexpert.yml': shown('Go').replace('run: ', 'run: GOPROXY="file://$PWD/proxy" GOSUMDB=off '),
        },
        look: cached,
        finish: (folder) => {
          zip(folder);
          command(
            folder,
            'env',
            `GOPROXY=file://${folder}/proxy`,
            'GOSUMDB=off',
            `GOMODCACHE=${folder}/.go/mod`,
            'go',
            'mod',
            'tidy',
          );
          command(folder, 'chmod', '-R', 'u+w', '.go');
          command(folder, 'rm', '-r', '.go');
        },
      });
      await repository.write(change);
      const ended = await judged(repository, sandbox);
      expect(ended.stdout).toContain('set-up from the store');
      expect(ended.code, ended.stdout).toBe(0);
    });
    it('is a copy in vendor, and refused when the candidate changed it', async () => {
      await using repository = await repositoryOf({ files: { ...files, 'bexpert.yml': vendor }, look: vendored });
      await repository.write(change);
      const ended = await judged(repository);
      expect(ended.stdout).toMatch(/: b\/b\.go\. .*\[setup\/stale-copy\]/);
      expect(ended.code).toBe(3);
    });
    it('is copied anew with the sources in the key', async () => {
      const settings = setUp('go mod vendor', 'cache-key: [go.mod, go.sum, "**/*.go"], outputs: [vendor]');
      await using repository = await repositoryOf({ files: { ...files, 'bexpert.yml': settings }, look: vendored });
      await repository.write(change);
      expect((await judged(repository)).code).toBe(0);
    });

    /** A module of a registry, which lies in the repository here. */
    function modules(): Files {
      return {
        'go.mod': `${files['go.mod']}\nrequire example.com/c v1.0.0\n`,
        'main.go':
          'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/b"\n\t"example.com/c"\n)\n\nfunc main() { fmt.Println(b.Value + c.Value) }\n',
        'proxy/example.com/c/@v/list': 'v1.0.0\n',
        'proxy/example.com/c/@v/v1.0.0.info': '{"Version":"v1.0.0"}',
        'proxy/example.com/c/@v/v1.0.0.mod': 'module example.com/c\n\ngo 1.19\n',
      };
    }
    function zip(folder: string): void {
      const file = 'proxy/example.com/c/@v/v1.0.0.zip';
      const script = `import zipfile
with zipfile.ZipFile('${file}', 'w') as made:
    made.writestr('example.com/c@v1.0.0/go.mod', 'module example.com/c\\n\\ngo 1.19\\n')
    made.writestr('example.com/c@v1.0.0/c.go', 'package c\\n\\nconst Value = 0\\n')
`;
      command(folder, 'python3', '-c', script);
    }
  },
);

const bundler = full && has('bundle', '--version');
describe.runIf(bundler)(
  `Bundler${bundler ? '' : ' (not tested: it is not here, or not the full tier)'}`,
  { timeout: 180_000 },
  () => {
    it.each(sandboxes)('reads a gem with a path from its own tree, sandbox %s', async (sandbox) => {
      const gem = (name: string) =>
        `Gem::Specification.new { |s| s.name = "${name}"; s.version = "1.0"; s.summary = "x"; s.authors = ["x"]; s.files = ["lib/${name}.rb"] }\n`;
      await using repository = await repositoryOf({
        files: {
          // The gem of a registry lies in vendor/cache here.
          'bexpert.yml': shown('Ruby with Bundler').replace('bundle install', 'bundle install --local'),
          Gemfile: 'source "https://rubygems.org"\ngem "b", path: "gems/b"\ngem "c"\n',
          'Gemfile.lock':
            'PATH\n  remote: gems/b\n  specs:\n    b (1.0)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    c (1.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  b!\n  c\n',
          'gems/b/b.gemspec': gem('b'),
          'gems/b/lib/b.rb': 'B = 1\n',
          'gems/c/c.gemspec': gem('c'),
          'gems/c/lib/c.rb': 'C = 0\n',
          '.gitignore': 'vendor/bundle\n.bundle\n',
        },
        look: { command: `bundle exec ruby -e "require 'b'; require 'c'; puts B + C"`, base: '1', candidate: '2' },
        finish: (folder) => {
          mkdirSync(path.join(folder, 'vendor/cache'), { recursive: true });
          command(path.join(folder, 'gems/c'), 'gem', 'build', 'c.gemspec', '--output', '../../vendor/cache/c-1.0.gem');
        },
      });
      await repository.write({ 'gems/b/lib/b.rb': 'B = 2\n' });
      const ended = await judged(repository, sandbox);
      expect(ended.stdout).toContain('set-up from the store');
      expect(ended.code, ended.stdout).toBe(0);
    });
  },
);
