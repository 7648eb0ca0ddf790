/** What the fields of a command's form leave unsaid. */

import type { Field } from '../protocol/data-form.ts';

type FieldFinding = { what: string; mend: string; see: string };
type FieldRule = { finds: (field: Field) => boolean; say: (names: string) => FieldFinding };

/** One finding for each thing that is missing, naming all of the fields that miss it. */
export function fieldAdvice(fields: Field[]): FieldFinding[] {
  const asked = fields.filter(
    ({ type, var: name }) => name !== null && type !== 'fixed' && type !== 'hidden',
  );
  return rules.flatMap(({ finds, say }) => {
    const found = asked.filter(finds).map((field) => `'${field.var}'`);
    return found.length > 0 ? say(found.join(', ')) : [];
  });
}

const isList = ({ type }: Field) => type === 'list-single' || type === 'list-multi';

/** What names and labels say of their fields' values, by their words. */
const HINTS: [RegExp, string][] = [
  [
    /^(amount|price|cost|rate|ratio|percent|percentage|latitude|longitude|lat|lon|weight|distance)$/,
    'xs:decimal',
  ],
  [
    /^(count|number|quantity|qty|age|year|years|days|hours|minutes|seconds|width|height|size|limit|max|min)$/,
    'xs:integer',
  ],
  [/^(date|day|birthday)$/, 'xs:date'],
  [/^(datetime|timestamp|deadline)$/, 'xs:dateTime'],
  [/^(url|uri|link|website|homepage)$/, 'xs:anyURI'],
];

/** The datatype that the name, or else what it shows as default, suggests; null where it may be any text. */
function suggested({ var: name, values: [preset = ''] }: Field): string | null {
  const words = (name ?? '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  const hint = HINTS.find(([pattern]) => words.some((word) => pattern.test(word)));
  if (hint) return hint[1];
  if (/^[+-]?\d{1,15}$/.test(preset)) return 'xs:integer';
  if (/^[+-]?\d{1,15}\.\d{1,15}$/.test(preset)) return 'xs:decimal';
  if (/^\d{4}-\d\d-\d\d$/.test(preset)) return 'xs:date';
  return /^https?:\/\//.test(preset) ? 'xs:anyURI' : null;
}

function isUntyped(field: Field): boolean {
  const datatype = field.validation?.datatype ?? 'xs:string';
  return field.type === 'text-single' && datatype === 'xs:string' && suggested(field) !== null;
}

const rules: FieldRule[] = [
  {
    finds: (field) => field.label === null,
    say: (names) => ({
      what: `fields without a label: ${names}`,
      mend: "give each field a 'label' that a person understands",
      see: 'XEP-0004 §3.2',
    }),
  },
  {
    finds: (field) => isList(field) && field.options.length === 0,
    say: (names) => ({
      what: `lists without options, which count as open text: ${names}`,
      mend: 'add an <option/> with a <value/> for each choice',
      see: 'XEP-0004 §3.3',
    }),
  },
  {
    finds: (field) => !isList(field) && field.options.length > 0,
    say: (names) => ({
      what: `fields with options that are no lists, so that the options are not taken for a choice: ${names}`,
      mend: "make their type 'list-single' or 'list-multi'",
      see: 'XEP-0004 §3.3',
    }),
  },
  {
    finds: (field) =>
      isList(field) &&
      field.validation?.method !== 'open' &&
      field.options.length > 0 &&
      field.values.some((value) => !field.options.some((option) => option.value === value)),
    say: (names) => ({
      what: `lists whose default is none of their options: ${names}`,
      mend: 'make the default one of the options, letter by letter',
      see: 'XEP-0004 §3.3',
    }),
  },
  {
    finds: isUntyped,
    say: (names) => ({
      what: `text fields that seem to want a number, a date or an address, and do not say so: ${names}`,
      mend: `add <validate datatype='…'/>, such as xs:decimal, xs:integer, xs:date or xs:anyURI`,
      see: 'XEP-0122 §3.1',
    }),
  },
];
