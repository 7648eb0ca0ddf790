import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What each folder may import of the others. */
const allowed: { [folder: string]: string[] } = {
  protocol: [],
  market: ['protocol'],
  db: ['market'],
  operations: ['market', 'db'],
  worker: ['protocol', 'market', 'db', 'operations'],
  functions: ['market', 'db', 'operations'],
};

/** Pages render forms and stanzas, which is what the wire's codecs are for. */
const alsoAllowed: { [path: string]: string[] } = { 'functions/pages': ['protocol'] };

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => Object.hasOwn(allowed, file.split('/')[0] ?? '') && !file.endsWith('.d.ts'));

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) => ({
    file,
    target: normalize(join(dirname(file), match[1] ?? match[2] ?? '')),
  })),
);

describe('the layout', () => {
  test('has files in every folder that the rule names', () => {
    expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set(Object.keys(allowed)));
  });

  test('lets a folder import only what the rule allows', () => {
    const broken = imports.filter(({ file, target }) => {
      const from = file.split('/')[0] ?? '';
      const to = target.split('/')[0] ?? '';
      const extra = Object.entries(alsoAllowed).flatMap(([path, more]) =>
        file.startsWith(`${path}/`) ? more : [],
      );
      return from !== to && ![...(allowed[from] ?? []), ...extra].includes(to);
    });
    expect(broken).toEqual([]);
  });

  test('has no import cycles', () => {
    const next = Map.groupBy(imports, ({ file }) => file);
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, trail: string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      if (done.has(file) || trail.includes(file)) return;
      for (const { target } of next.get(file) ?? []) walk(target, [...trail, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).toEqual([]);
  });

  test('keeps the wire and the market pure: no input or output', () => {
    const impure = files.filter(
      (file) =>
        /^(protocol|market)\//.test(file) &&
        /from 'node:(fs|net|http|https|dns|child_process|tls)|from 'pg'|fetch\(/.test(
          readFileSync(file, 'utf8'),
        ),
    );
    expect(impure).toEqual([]);
  });
});
