/** Reading of single values, and writing them as text that reads back to the same value. */

import { asciiDomain, bareJid, tryJid } from '../../protocol/jid.ts';
import { type AskedInput, type Comparison, type Near, operators } from './ast.ts';
import { queryLine, queryText } from './clean.ts';
import { canonicalName } from './names.ts';

/** The largest distance on Earth is half its circumference. */
export const kmMax = 20_040;

const COMPARISON = new RegExp(`^(${operators.join('|')})\\s*(.*)$`, 's');
/** As prices are stated: at most 12 digits before the point and 8 after it. */
const AMOUNT = /^\d{1,12}(\.\d{1,8})?$/;
const COORDINATE = /^-?\d{1,3}(\.\d{1,15})?$/;
const DISTANCE = /^\d{1,5}(\.\d{1,15})?$/;
/** BCP 47, as far as its shape goes. */
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}$/;

export function readInputName(text: string): string | null {
  const name = queryLine(text);
  return canonicalName(name) === '' ? null : name;
}

/** NAME, or NAME=OPTION: the name ends at the first equals sign. */
export function readAskedInput(text: string): AskedInput | null {
  const equals = text.indexOf('=');
  const name = readInputName(equals < 0 ? text : text.slice(0, equals));
  const option = equals < 0 ? null : queryText(text.slice(equals + 1));
  return name === null || option === '' ? null : { name, option };
}

export function writeAskedInput({ name, option }: AskedInput): string {
  return option === null ? name : `${name}=${option}`;
}

export function readLanguage(text: string): string | null {
  const lang = queryLine(text).toLowerCase();
  return LANGUAGE.test(lang) ? lang : null;
}

export function readDomain(text: string): string | null {
  const jid = tryJid(queryLine(text));
  return jid && !jid.local && !jid.resource && asciiDomain(jid.domain) ? jid.domain : null;
}

/** A full JID stands for its agent: offers belong to the bare one. */
export function readAgent(text: string): string | null {
  const jid = tryJid(queryLine(text));
  return jid && bareJid(jid);
}

export function readFlag(text: string): boolean | null {
  const flag = queryLine(text).toLowerCase();
  return flag === 'true' ? true : flag === 'false' ? false : null;
}

/** One of the listed names, in whatever case. */
export function readOneOf<Name extends string>(names: readonly Name[]): (text: string) => Name | null {
  return (text) => names.find((name) => name === queryLine(text).toLowerCase()) ?? null;
}

/** An operator followed by what `read` takes. */
export function readComparison<Value>(
  read: (text: string) => Value | null,
): (text: string) => Comparison<Value> | null {
  return (text) => {
    const [, sign, rest = ''] = COMPARISON.exec(queryLine(text)) ?? [];
    const operator = operators.find((known) => known === sign);
    const value = operator ? read(rest) : null;
    return operator && value !== null ? { operator, value } : null;
  };
}

export function writeComparison({ operator, value }: Comparison<number | string>): string {
  return `${operator}${value}`;
}

/** A number from 0 to `max` with at most `decimalsMax` decimals: few enough never to be printed with an exponent. */
export function readNumber(max: number, decimalsMax: 4 | 6): (text: string) => number | null {
  const pattern = new RegExp(`^\\d{1,3}(\\.\\d{1,${decimalsMax}})?$`);
  return (text) => (pattern.test(text) && Number(text) <= max ? Number(text) : null);
}

/** Exact: an amount is never a binary fraction. */
export function readAmount(text: string): string | null {
  if (!AMOUNT.test(text)) return null;
  const [whole = '', fraction = ''] = text.split('.');
  const decimals = fraction.replace(/0+$/, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${decimals && `.${decimals}`}`;
}

/** LAT,LON,KM: kept to a millionth of a degree and to the metre. */
export function readNear(text: string): Near | null {
  const [lat = '', lon = '', km = '', ...more] = queryLine(text)
    .split(',')
    .map((part) => part.trim());
  if (!COORDINATE.test(lat) || !COORDINATE.test(lon) || !DISTANCE.test(km) || more.length > 0) return null;
  const near = { lat: rounded(lat, 6), lon: rounded(lon, 6), km: rounded(km, 3) };
  const isOnEarth = Math.abs(near.lat) <= 90 && Math.abs(near.lon) <= 180;
  return isOnEarth && near.km > 0 && near.km <= kmMax ? near : null;
}

export function writeNear({ lat, lon, km }: Near): string {
  return `${lat},${lon},${km}`;
}

/** Never negative zero, which prints as another number than it is. */
function rounded(text: string, decimals: number): number {
  return Number(Number(text).toFixed(decimals)) + 0;
}
