import { describe, expect, test } from 'vitest';
import { qualifierNames } from '../../../market/query/ast.ts';
import { qualifierHelp, readValue } from '../../../market/query/codecs.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import { queryOf as read } from '../../support/queries.ts';

const valid: { [name: string]: [string, unknown[]][] } = {
  input: [
    ['amount', [{ name: 'amount', option: null }]],
    ['to=EUR', [{ name: 'to', option: 'EUR' }]],
    ['"a=b=c"', [{ name: 'a', option: 'b=c' }]],
    [
      'fromDate,"from date"',
      [
        { name: 'from date', option: null },
        { name: 'fromDate', option: null },
      ],
    ],
    ['金額', [{ name: '金額', option: null }]],
  ],
  accepts: [['date,DATE-TIME', ['date', 'date-time']]],
  returns: [['total', ['total']]],
  tag: [
    ['finance', ['finance']],
    ['"</script>",日本語,#1', ['#1', '</script>', '日本語']],
    [`"it's; drop table"`, ["it's; drop table"]],
  ],
  category: [['Finance', ['finance']]],
  lang: [['en,zh-Hant-TW', ['en', 'zh-hant-tw']]],
  kind: [['command,skill,tool,published', ['command', 'published', 'skill', 'tool']]],
  domain: [['works.test,[2001:db8::1],192.0.2.1', ['192.0.2.1', '[2001:db8::1]', 'works.test']]],
  agent: [['fx@works.test,component.works.test', ['component.works.test', 'fx@works.test']]],
  feature: [['urn:xmpp:ping', ['urn:xmpp:ping']]],
  online: [
    ['true', [true]],
    ['false,true', [false, true]],
  ],
  rating: [
    ['>=4', [{ operator: '>=', value: 4 }]],
    ['<0.5', [{ operator: '<', value: 0.5 }]],
    ['=5', [{ operator: '=', value: 5 }]],
    ['">= 4.25"', [{ operator: '>=', value: 4.25 }]],
  ],
  price: [
    ['<=2 currency:EUR', [{ operator: '<=', value: '2' }]],
    ['>999999999999.99999999 currency:EUR', [{ operator: '>', value: '999999999999.99999999' }]],
  ],
  currency: [['eur,XBT,BTC,JPY', ['BTC', 'EUR', 'JPY', 'XBT']]],
  uptime: [
    ['>=0.99', [{ operator: '>=', value: 0.99 }]],
    ['=1', [{ operator: '=', value: 1 }]],
    ['>0.000001', [{ operator: '>', value: 0.000001 }]],
  ],
  near: [
    ['52.52,13.405,50', [{ lat: 52.52, lon: 13.405, km: 50 }]],
    ['90,0,1', [{ lat: 90, lon: 0, km: 1 }]],
    ['-90,180,0.001', [{ lat: -90, lon: 180, km: 0.001 }]],
    ['0,-180,20040', [{ lat: 0, lon: -180, km: 20040 }]],
    ['-0,-0.0,1', [{ lat: 0, lon: 0, km: 1 }]],
  ],
  updated: [
    ['>=2026-11-01', [{ operator: '>=', value: '2026-11-01' }]],
    ['<2024-02-29T23:59:59Z', [{ operator: '<', value: '2024-02-29T23:59:59Z' }]],
    [
      '=0001-01-01,<9999-12-31',
      [
        { operator: '<', value: '9999-12-31' },
        { operator: '=', value: '0001-01-01' },
      ],
    ],
  ],
};

const invalid: { [name: string]: string[] } = {
  input: ['', '""', '---', '=EUR', 'to=', 'to="', '💰', 'a,', ',a', '"a"b', `${'x'.repeat(501)}`],
  accepts: ['text', 'dates', 'list-single', 'date,', 'date;number'],
  returns: ['', '!!', '\u200b'],
  tag: ['', '""', '" "', 'a,,b', '"a', 'a"b"', '"\u202e"', 'x'.repeat(501), '\0'.repeat(1001)],
  category: ['', '"\t"', 'a,'],
  lang: ['', 'english', 'e', 'en_US', 'en-', '12', 'de,*'],
  kind: ['', 'agent', 'commands', '"command skill"'],
  domain: ['no_such', '-x.test', 'a@b.test', 'b.test/x', 'a..b', '.', '1.2.3.4.5', `${'x'.repeat(300)}.test`],
  agent: ['@', 'foo@', '/x', '"a b@c.test"', 'a@b@c', '"<a>@b.test"', 'a@[x]'],
  feature: ['', '""', 'a,'],
  online: ['', 'yes', '1', 'maybe', 'true,'],
  rating: ['4', '>=', '>=6', '>=-1', '=>4', '>=4stars', '>=4,5', '>=NaN', '>=1e0', '≥4', '>=4.55555', '==4'],
  price: ['2', '<=', '<=-2', '<=2EUR', '<=1e3', '<=1.123456789', '<=1234567890123', '<=1,5', '<=.5'],
  currency: ['', 'XXZ', 'EU', 'euro', '€', 'EUR,', 'ZZZ', '"E UR"'],
  uptime: ['0.99', '>=99', '>=99%', '>=1.01', '>=-0.1', '>=0.1234567'],
  near: [
    '',
    'Berlin',
    '52.5,13.4',
    '52.5,13.4,',
    '91,0,1',
    '-90.1,0,1',
    '0,180.5,1',
    '0,-181,1',
    '0,0,0',
    '0,0,-5',
    '0,0,0.0001',
    '0,0,20041',
    '0,0,99999999',
    '1,2,3,4',
    'NaN,0,1',
    '1e1,0,1',
    '0,0,10km',
    '"0,0,1","1,1,1"',
  ],
  updated: [
    '',
    '2026-11-01',
    '>=yesterday',
    '>=2026-13-01',
    '>=2026-02-30',
    '>=2025-02-29',
    '>=2026-11-01T10:00:00',
    '>=2026-11-01T24:00:00Z',
    '>=2026-11-01T10:60:00Z',
    '>=2026-11-01T10:00:61Z',
    '>=2026-11-01T10:00:00+25:00',
    '>=2026-02-30T10:00:00Z',
    '>=0000-01-01',
    '>=12026-01-01',
    '>=9999-12-31T23:59:59-01:00',
    '>=0001-01-01T00:00:00+01:00',
    '>=1/11/2026',
  ],
};

describe.each(qualifierNames)('%s:', (name) => {
  test.each(valid[name] ?? [])('takes %s', (text, values) => {
    const { qualifiers } = read(`${name}:${text}`);
    expect(qualifiers.find((qualifier) => qualifier.name === name)).toEqual({
      name,
      excluded: false,
      values,
    });
  });

  test.each(invalid[name] ?? [])('refuses %.60s with the place and what was expected', (text) => {
    const query = parseQuery(`ok ${name}:${text}`);
    expect(query).toMatchObject({
      problem: 'invalid-query',
      detail: expect.stringMatching(/^Character \d+: .*(expected|takes|at most|never closed)/s),
    });
  });

  test('has examples that it takes', () => {
    for (const example of qualifierHelp(name).examples) {
      expect(readValue(name, example)).not.toHaveProperty('refused');
    }
  });

  test('has valid and invalid lists', () => {
    expect(valid[name]?.length).toBeGreaterThan(0);
    expect(invalid[name]?.length).toBeGreaterThan(2);
  });

  test('is excluded, or says that it cannot be', () => {
    const example = qualifierHelp(name).examples[0];
    const query = parseQuery(`-${name}:${example}`);
    const isSet = qualifierNames.indexOf(name) <= qualifierNames.indexOf('feature');
    if (isSet) expect(query).toMatchObject({ qualifiers: [{ name, excluded: true }] });
    else {
      const detail = `Character 1: '${name}:' cannot be excluded; expected it without '-'.`;
      expect(query).toMatchObject({ problem: 'invalid-query', detail });
    }
  });
});
