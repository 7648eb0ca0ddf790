import { line, lines, type Output, type Skill, yesNo } from '../skill.ts';
import { type JsonTree, readJson } from './json-tree.ts';

export const formatJson: Skill = {
  id: 'format-json',
  name: 'Check and format JSON',
  description:
    'Checks whether a text is valid JSON and says where it is not; lays it out with the indentation you like, keys ' +
    'sorted if wanted. Numbers and escapes are kept exactly as written.',
  category: 'development',
  tags: ['json', 'validate', 'format', 'pretty print', 'minify', 'developer'],
  lang: ['en'],
  queries: ['Is this valid JSON?', 'pretty-print JSON', 'minify a JSON document'],
  fields: [
    { name: 'json', label: 'JSON', type: 'text-multi', required: true },
    {
      name: 'indent',
      label: 'Indentation',
      type: 'list-single',
      default: '2',
      options: [
        { value: '2', label: 'Two spaces' },
        { value: '4', label: 'Four spaces' },
        { value: 'tab', label: 'Tabs' },
        { value: 'none', label: 'None, all in one line' },
      ],
    },
    { name: 'sort_keys', label: 'Sort the keys', type: 'boolean', default: 'false' },
  ],
  run(answers): Output[] {
    const read = readJson(answers.text('json'));
    if ('problem' in read) return [yesNo('valid', 'Valid', false), line('problem', 'Problem', read.problem)];
    const step = { '2': '  ', '4': '    ', tab: '\t', none: '' }[answers.text('indent') || '2'] ?? '  ';
    return [
      yesNo('valid', 'Valid', true),
      lines('formatted', 'Formatted', write(read.tree, step, '', answers.flag('sort_keys')).split('\n')),
    ];
  },
};

function write(tree: JsonTree, step: string, margin: string, sorted: boolean): string {
  if ('scalar' in tree) return tree.scalar;
  const inner = margin + step;
  if ('items' in tree) {
    return enclose(
      '[]',
      tree.items.map((item) => write(item, step, inner, sorted)),
      step,
      margin,
    );
  }
  const members = sorted
    ? tree.members.toSorted(([a], [b]) => compare(JSON.parse(a), JSON.parse(b)))
    : tree.members;
  const colon = step ? ': ' : ':';
  return enclose(
    '{}',
    members.map(([key, value]) => key + colon + write(value, step, inner, sorted)),
    step,
    margin,
  );
}

function enclose(brackets: string, parts: readonly string[], step: string, margin: string): string {
  if (parts.length === 0) return brackets;
  if (!step) return brackets[0] + parts.join(',') + brackets[1];
  const inner = `\n${margin}${step}`;
  return `${brackets[0]}${inner}${parts.join(`,${inner}`)}\n${margin}${brackets[1]}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
