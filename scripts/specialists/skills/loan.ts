import { DateTime } from 'luxon';
import { line, lines, type Skill, UserError } from '../skill.ts';

type Payment = { total: number; interest: number; left: number };

export const loan: Skill = {
  id: 'calculate-loan',
  name: 'Calculate a loan',
  description:
    'Works out what a loan costs: the monthly payment, the interest over the whole time and, if wanted, the plan of ' +
    'repayment month by month, to the cent.',
  category: 'finance',
  tags: ['loan', 'mortgage', 'interest', 'credit', 'repayment', 'finance'],
  lang: ['en'],
  queries: ['What does a mortgage of 200000 at 3.5 % cost a month?', 'repayment plan for a credit'],
  fields: [
    {
      name: 'principal',
      label: 'Amount borrowed',
      type: 'text-single',
      required: true,
      datatype: 'xs:decimal',
      min: '1',
      max: '1000000000',
    },
    {
      name: 'rate',
      label: 'Interest in per cent a year',
      type: 'text-single',
      required: true,
      datatype: 'xs:decimal',
      min: '0',
      max: '100',
    },
    {
      name: 'months',
      label: 'Months',
      type: 'text-single',
      required: true,
      default: '120',
      datatype: 'xs:integer',
      min: '1',
      max: '600',
    },
    {
      name: 'kind',
      label: 'Kind of repayment',
      type: 'list-single',
      default: 'annuity',
      options: [
        { value: 'annuity', label: 'The same payment every month' },
        { value: 'linear', label: 'The same share of the amount every month' },
        { value: 'bullet', label: 'Interest only, the amount at the end' },
      ],
    },
    { name: 'start', label: 'Paid out on', type: 'text-single', datatype: 'xs:date' },
    { name: 'plan', label: 'With the plan of repayment', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const months = answers.number('months');
    const cents = Math.round(answers.number('principal') * 100);
    const payments = schedule(cents, answers.number('rate') / 1200, months, answers.text('kind'));
    const interest = payments.reduce((sum, payment) => sum + payment.interest, 0);
    const start = answers.has('start') ? DateTime.fromISO(answers.text('start'), { zone: 'utc' }) : null;
    const dayOf = (month: number): string => {
      if (!start) return String(month);
      const day = start.plus({ months: month }).toISODate();
      if (!day) throw new UserError('Paid out on: there is no such date.');
      return day;
    };
    return [
      line('first_payment', 'First payment', money(payments[0]?.total ?? 0)),
      line('last_payment', 'Last payment', money(payments.at(-1)?.total ?? 0)),
      line('interest', 'Interest in all', money(interest)),
      line('total', 'Paid in all', money(cents + interest)),
      line('ends', start ? 'Last payment on' : 'Last month', dayOf(months)),
      ...(answers.flag('plan')
        ? [
            lines(
              'plan',
              'Plan: when, payment, of it interest, still owed',
              payments.map(
                ({ total, interest, left }, index) =>
                  `${dayOf(index + 1)} ${money(total)} ${money(interest)} ${money(left)}`,
              ),
            ),
          ]
        : []),
    ];
  },
};

/** Every payment in cents. Each is rounded by itself; the last one settles what rounding left. */
function schedule(principal: number, monthlyRate: number, months: number, kind: string): Payment[] {
  const payments: Payment[] = [];
  const level = annuity(principal, monthlyRate, months);
  let left = principal;
  for (let month = 1; month <= months; month++) {
    const interest = Math.round(left * monthlyRate);
    const repaid = month === months ? left : Math.min(left, share(kind, principal, months, level, interest));
    left -= repaid;
    payments.push({ total: repaid + interest, interest, left });
  }
  return payments;
}

function share(kind: string, principal: number, months: number, level: number, interest: number): number {
  if (kind === 'linear') return Math.round(principal / months);
  if (kind === 'bullet') return 0;
  return Math.max(0, level - interest);
}

function annuity(principal: number, monthlyRate: number, months: number): number {
  if (monthlyRate === 0) return Math.round(principal / months);
  return Math.round((principal * monthlyRate) / (1 - (1 + monthlyRate) ** -months));
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}
