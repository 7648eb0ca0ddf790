import { line, type Skill, UserError } from '../skill.ts';

const digitsMax = 12;
const charsMax = 60;

type Numerals = { digits: string; units: string[]; groups: string[] };

/** The everyday way of writing, and the one for cheques (GB/T 15835, 会计基础工作规范 第五十二条). */
const everyday: Numerals = {
  digits: '零一二三四五六七八九',
  units: ['', '十', '百', '千'],
  groups: ['', '万', '亿'],
};
const financial: Numerals = {
  digits: '零壹贰叁肆伍陆柒捌玖',
  units: ['', '拾', '佰', '仟'],
  groups: ['', '万', '亿'],
};

const arabicIndic = '٠١٢٣٤٥٦٧٨٩';
const persian = '۰۱۲۳۴۵۶۷۸۹';
const fullWidth = '０１２３４５６７８９';

export const numerals: Skill = {
  id: 'numerals',
  name: '数字换算',
  names: [
    { lang: 'zh', text: '数字换算' },
    { lang: 'ar', text: 'تحويل الأرقام' },
  ],
  description:
    '把整数在阿拉伯数字、中文小写、中文大写（财务）与东阿拉伯数字之间互相换算，最大十二位。\n' +
    'تحويل الأعداد الصحيحة بين الأرقام الغربية والأرقام الصينية العادية والمالية والأرقام العربية المشرقية، حتى اثني عشر رقماً.',
  category: 'mathematics',
  tags: ['数字', '大写金额', '换算', 'أرقام', 'أعداد', 'تحويل'],
  lang: ['zh', 'ar'],
  queries: ['把 2026 写成中文大写', 'اكتب ٢٠٢٦ بالأرقام الصينية'],
  fields: [
    {
      name: 'number',
      label: '数 · العدد',
      type: 'text-single',
      description: '可用任何一种写法 · بأي طريقة من طرق الكتابة',
      required: true,
      default: '2026',
      charactersMax: charsMax,
    },
    {
      name: 'into',
      label: '换成 · إلى',
      type: 'list-single',
      default: 'all',
      options: [
        { value: 'all', label: '全部 · الكل' },
        { value: 'western', label: '阿拉伯数字 · أرقام غربية' },
        { value: 'chinese', label: '中文小写 · أرقام صينية' },
        { value: 'financial', label: '中文大写 · أرقام صينية مالية' },
        { value: 'arabic', label: '东阿拉伯数字 · أرقام عربية مشرقية' },
      ],
    },
    { name: 'grouped', label: '千位分隔 · فواصل الآلاف', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const number = readNumber(answers.text('number').replaceAll(/[\s,，٬]/g, ''));
    const isGrouped = answers.flag('grouped');
    const into = answers.text('into') || 'all';
    const western = isGrouped ? grouped(number, ',') : String(number);
    const arabic = (isGrouped ? grouped(number, '٬') : String(number)).replaceAll(
      /\d/g,
      (digit) => arabicIndic[Number(digit)] ?? digit,
    );
    const outputs = [
      line('western', '阿拉伯数字 · أرقام غربية', western),
      line('chinese', '中文小写 · أرقام صينية', chinese(number, everyday).replace(/^一十/, '十')),
      line('financial', '中文大写 · أرقام صينية مالية', chinese(number, financial)),
      line('arabic', '东阿拉伯数字 · أرقام عربية مشرقية', arabic),
    ];
    return outputs.filter(({ name }) => into === 'all' || name === into);
  },
};

function readNumber(text: string): number {
  const western = [...text].map((character) => String(digitOf(character) ?? character)).join('');
  if (/^\d+$/.test(western)) {
    const number = Number(western);
    if (western.length > digitsMax) throw tooLarge();
    return number;
  }
  const number = fromChinese(text);
  if (number === null) {
    throw new UserError('数 · العدد: 不是可以识别的整数 · ليس عدداً صحيحاً يمكن قراءته.');
  }
  if (String(number).length > digitsMax) throw tooLarge();
  return number;
}

function tooLarge(): UserError {
  return new UserError(`数 · العدد: 最多 ${digitsMax} 位 · ${digitsMax} رقماً على الأكثر.`);
}

function digitOf(character: string): number | null {
  const at = [arabicIndic, persian, fullWidth].map((digits) => digits.indexOf(character));
  return at.find((digit) => digit >= 0) ?? null;
}

/** Groups of four digits, each with its own unit; a gap within or between them is said as one 零. */
function chinese(number: number, { digits, units, groups }: Numerals): string {
  if (number === 0) return digits[0] ?? '';
  let written = '';
  let hasGap = false;
  for (let at = groups.length - 1; at >= 0; at--) {
    const group = Math.floor(number / 10_000 ** at) % 10_000;
    for (let place = 3; place >= 0; place--) {
      const digit = Math.floor(group / 10 ** place) % 10;
      if (digit === 0) {
        hasGap = written !== '';
        continue;
      }
      written += `${hasGap ? digits[0] : ''}${digits[digit]}${units[place]}`;
      hasGap = false;
    }
    if (group > 0) {
      written += groups[at] ?? '';
      // The last places of a group that was named leave no gap by themselves.
      hasGap = false;
    }
  }
  return written;
}

const meanings = new Map<string, number>(
  [everyday, financial].flatMap(({ digits, units }) => [
    ...[...digits].map((digit, value): [string, number] => [digit, value]),
    ...units.slice(1).map((unit, at): [string, number] => [unit, 10 ** (at + 1)]),
  ]),
);
for (const [other, value] of [
  ['〇', 0],
  ['两', 2],
] as const)
  meanings.set(other, value);
const groupWorth = new Map([
  ['万', 10_000],
  ['亿', 100_000_000],
]);

/** Null where it is not written as this program would write it, but for 两 and a leading 一 of 一十. */
function fromChinese(text: string): number | null {
  let total = 0;
  let group = 0;
  let digit: number | null = null;
  for (const character of text) {
    const worth = groupWorth.get(character);
    const meaning = meanings.get(character);
    if (worth !== undefined) {
      total += (group + (digit ?? 0)) * worth;
      group = 0;
      digit = null;
    } else if (meaning === undefined) return null;
    else if (meaning >= 10) {
      group += (digit ?? 1) * meaning;
      digit = null;
    } else digit = meaning;
  }
  const number = total + group + (digit ?? 0);
  return isWrittenSo(text, number) ? number : null;
}

function isWrittenSo(text: string, number: number): boolean {
  const plain = text.replaceAll('两', '二').replaceAll('〇', '零');
  return [everyday, financial]
    .map((numerals) => chinese(number, numerals))
    .some((written) => plain === written || plain === written.replace(/^一十/, '十'));
}

function grouped(number: number, separator: string): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, separator);
}
