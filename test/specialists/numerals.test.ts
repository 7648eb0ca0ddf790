import { expect, test } from 'vitest';
import { numerals } from '../../scripts/specialists/skills/numerals.ts';
import { run } from './run.ts';

test.each([
  ['0', '零', '零', '٠'],
  ['10', '十', '壹拾', '١٠'],
  ['105', '一百零五', '壹佰零伍', '١٠٥'],
  ['2026', '二千零二十六', '贰仟零贰拾陆', '٢٠٢٦'],
  ['100500', '十万零五百', '壹拾万零伍佰', '١٠٠٥٠٠'],
  ['205000', '二十万五千', '贰拾万伍仟', '٢٠٥٠٠٠'],
  ['100000001', '一亿零一', '壹亿零壹', '١٠٠٠٠٠٠٠١'],
  ['100001000', '一亿零一千', '壹亿零壹仟', '١٠٠٠٠١٠٠٠'],
  [
    '999999999999',
    '九千九百九十九亿九千九百九十九万九千九百九十九',
    '玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖',
    '٩٩٩٩٩٩٩٩٩٩٩٩',
  ],
])('%s is %s, %s and %s, whichever is given', async (western, chinese, financial, arabic) => {
  const result = { western, chinese, financial, arabic };
  for (const number of [western, chinese, financial, arabic]) {
    expect(await run(numerals, { number })).toEqual(result);
  }
});

test.each([
  ['两千零二十六', '2026'],
  ['一十二', '12'],
  ['二〇', null],
  ['１２３', '123'],
  ['۱۲۳', '123'],
  ['1,234', '1234'],
  ['١٬٢٣٤', '1234'],
])('%s is read as %s', async (number, western) => {
  const read = run(numerals, { number, into: 'western' });
  if (western === null) await expect(read).rejects.toThrow('不是');
  else expect(await read).toEqual({ western });
});

test('thousands are set apart as each script does it', async () => {
  expect(await run(numerals, { number: '1234567', grouped: 'true' })).toMatchObject({
    western: '1,234,567',
    arabic: '١٬٢٣٤٬٥٦٧',
  });
});

test.each([
  ['1000000000000', '最多 12 位'],
  ['万', '不是可以识别的整数'],
  ['一二', 'ليس عدداً'],
  ['-5', '不是'],
  ['twelve', '不是'],
])('refuses %s', async (number, message) => {
  await expect(run(numerals, { number })).rejects.toThrow(message);
});
