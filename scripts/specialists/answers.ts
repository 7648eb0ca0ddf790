import {
  type Answers,
  type Datatype,
  type Field,
  lineCharactersMax,
  textCharactersMax,
  UserError,
} from './skill.ts';

const jidCharactersMax = 3071;
const jidPattern = /^(?:[^@/<>'"\s&:]{1,1023}@)?[^@/<>'"\s&:]{1,1023}(?:\/.{1,1023})?$/u;
const decimalPattern = /^[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})$/;
const integerPattern = /^[+-]?\d{1,15}$/;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const dateTimePattern =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Checks the raw values of a submitted form against its fields. A field that was left out takes its default, one that
 * was sent empty is empty. Unknown fields are ignored, as XEP-0004 section 3.2 allows.
 * Throws a UserError that names every field in error.
 */
export function readAnswers(fields: readonly Field[], raw: ReadonlyMap<string, readonly string[]>): Answers {
  const values = new Map<string, readonly string[]>();
  const problems: string[] = [];
  for (const field of fields) {
    const read = readField(field, raw.get(field.name));
    if (typeof read === 'string') problems.push(`${field.label}: ${read}`);
    else values.set(field.name, read);
  }
  if (problems.length > 0) throw new UserError(problems.join(' '));
  return answersOver(values);
}

function answersOver(values: ReadonlyMap<string, readonly string[]>): Answers {
  const list = (name: string): readonly string[] => {
    const found = values.get(name);
    if (!found) throw new Error(`The skill has no field ${name}`);
    return found;
  };
  const text = (name: string): string => list(name).join('\n');
  return {
    has: (name) => list(name).length > 0,
    text,
    number: (name) => Number(text(name)),
    flag: (name) => text(name) === 'true',
    list,
  };
}

/** The canonical values, or a sentence that says what is wrong. */
function readField(field: Field, sent: readonly string[] | undefined): readonly string[] | string {
  const values = sent === undefined ? [field.default ?? []].flat() : sent;
  const charactersTotal = values.reduce((sum, value) => sum + value.length + 1, -1);
  const charactersMax =
    field.charactersMax ?? (field.type === 'text-multi' ? textCharactersMax : lineCharactersMax);
  if (charactersTotal > charactersMax && field.type !== 'jid-single') {
    return `at most ${charactersMax} characters, please.`;
  }
  if (field.type === 'text-multi') {
    const text = values.flatMap((value) => value.split(/\r\n|\r|\n/));
    const empty = text.every((row) => row.trim() === '');
    if (empty && field.required) return 'is required.';
    return empty ? [] : text;
  }
  const filled = values
    .map((value) => (field.type === 'text-private' ? value : value.trim()))
    .filter(Boolean);
  if (filled.length === 0) {
    if (field.type === 'boolean') return ['false'];
    return field.required ? 'is required.' : [];
  }
  if (filled.length > 1 && field.type !== 'list-multi') return 'takes one value only.';
  for (const value of filled) {
    const problem = checkValue(field, value);
    if (problem) return problem;
  }
  if (field.type === 'boolean') return [filled[0] === '1' || filled[0] === 'true' ? 'true' : 'false'];
  return field.type === 'list-multi' ? [...new Set(filled)] : filled;
}

function checkValue(field: Field, value: string): string | null {
  switch (field.type) {
    case 'boolean':
      return ['0', '1', 'false', 'true'].includes(value) ? null : 'must be true or false.';
    case 'jid-single':
      return value.length <= jidCharactersMax && jidPattern.test(value) ? null : 'is not an XMPP address.';
    case 'list-single':
    case 'list-multi':
      return field.options?.some((option) => option.value === value)
        ? null
        : `${JSON.stringify(value.slice(0, 40))} is not one of the choices.`;
    case 'text-multi':
    case 'text-private':
      return null;
    case 'text-single':
      return field.datatype ? checkDatatype(field.datatype, field, value) : null;
  }
}

function checkDatatype(datatype: Datatype, field: Field, value: string): string | null {
  switch (datatype) {
    case 'xs:decimal':
      return decimalPattern.test(value) ? checkRange(field, value) : 'must be a decimal number, like 12.5.';
    case 'xs:integer':
      return integerPattern.test(value) ? checkRange(field, value) : 'must be a whole number.';
    case 'xs:date':
      return isDate(value) ? null : 'must be a date, like 2026-03-31.';
    case 'xs:dateTime': {
      const day = dateTimePattern.exec(value)?.[1];
      return day && isDate(day) ? null : 'must be a date and time, like 2026-03-31T09:30:00 or ...Z.';
    }
  }
}

function checkRange({ min, max }: Field, value: string): string | null {
  if (min !== undefined && Number(value) < Number(min)) return `must be at least ${min}.`;
  if (max !== undefined && Number(value) > Number(max)) return `must be at most ${max}.`;
  return null;
}

/** Whether the text is a day that the calendar has, such as 2024-02-29. */
export function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
