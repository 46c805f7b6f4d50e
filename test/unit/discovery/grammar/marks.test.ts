import { describe, expect, it } from 'vitest';
import { textFacts } from '../../../../src/discovery/grammar/marks.ts';

describe('the marks of a file', () => {
  it.each([
    [
      'python',
      'import os.path\nfrom rest_framework.routers import X\n@app.get("/")\nclass A(models.Model, B):\n',
      ['@app.get', 'extends B', 'extends models.Model', 'os', 'os.path', 'rest_framework', 'rest_framework.routers'],
    ],
    [
      'go',
      'package a\nimport (\n\t"fmt"\n\tx "github.com/gin-gonic/gin"\n)\n',
      ['fmt', 'github.com/gin-gonic', 'github.com/gin-gonic/gin'],
    ],
    [
      'java',
      'import org.springframework.web.X;\n@RestController\nclass A extends B {\n',
      ['@RestController', 'extends B', 'org.springframework', 'org.springframework.web', 'org.springframework.web.X'],
    ],
    ['ruby', "require 'rails'\nclass Book < ApplicationRecord\nend\n", ['extends ApplicationRecord', 'rails']],
  ] as const)('are what it imports, decorates and extends in %s', (language, text, marks) => {
    expect(textFacts(language, text).marks).toEqual(marks);
  });
  it('name the line of an import', () => {
    expect(textFacts('python', '"""text"""\n\nimport flask\n').imports).toEqual([
      { from: 'flask', names: [], kind: 'import', line: 3 },
    ]);
  });
});
