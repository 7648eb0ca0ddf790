/**
 * XEP-0080: User Location (1.10).
 * https://xmpp.org/extensions/xep-0080.html
 */

import { safeLink } from './link.ts';
import { NS_GEOLOC } from './namespaces.ts';
import { cleanLine } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** Where an entity says it is. Degrees are WGS 84 unless `datum` says otherwise; all null takes the location back. */
export type Geoloc = {
  lat: number | null;
  lon: number | null;
  accuracyMeters: number | null;
  altMeters: number | null;
  datum: string | null;
  countryCode: string | null;
  country: string | null;
  region: string | null;
  locality: string | null;
  area: string | null;
  street: string | null;
  building: string | null;
  description: string | null;
  text: string | null;
  uri: string | null;
  /** The time zone's offset from UTC, as `+02:00` or `Z`. */
  tzo: string | null;
  timestamp: Date | null;
};

export const geolocLimits = {
  lineCharsMax: 200,
  textCharsMax: 500,
  metersMax: 100_000_000,
} as const;

/** xs:decimal, with no more digits than a place needs. */
const DECIMAL = /^[+-]?(\d{1,9}(\.\d{0,15})?|\.\d{1,15})$/;
/** XEP-0082 §3.2. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const ZONE = /^(Z|[+-]\d\d:\d\d)$/;
const COUNTRY_CODE = /^[A-Z]{2}$/;
const WGS84 = /^WGS[ -]?84$/i;

/** Reads a location; what is out of range or no number is left out. @throws {ParseError} */
export function readGeoloc(element: Element): Geoloc {
  expectElement(element, 'geoloc', NS_GEOLOC);
  const said = (name: string, charsMax: number = geolocLimits.lineCharsMax) =>
    cleanLine(element.getChildText(name, NS_GEOLOC) ?? '', charsMax) || null;
  const code = said('countrycode')?.toUpperCase() ?? '';
  return {
    lat: decimal(said('lat'), 90),
    lon: decimal(said('lon'), 180),
    accuracyMeters: decimal(said('accuracy'), geolocLimits.metersMax),
    altMeters: decimal(said('alt'), geolocLimits.metersMax),
    datum: said('datum'),
    countryCode: COUNTRY_CODE.test(code) ? code : null,
    country: said('country'),
    region: said('region'),
    locality: said('locality'),
    area: said('area'),
    street: said('street'),
    building: said('building'),
    description: said('description', geolocLimits.textCharsMax),
    text: said('text', geolocLimits.textCharsMax),
    uri: safeLink(element.getChildText('uri', NS_GEOLOC)),
    tzo: matching(said('tzo'), ZONE),
    timestamp: date(said('timestamp')),
  };
}

export function writeGeoloc(of: Geoloc): Element {
  const fields: [string, string | null | undefined][] = [
    ['accuracy', plain(of.accuracyMeters)],
    ['alt', plain(of.altMeters)],
    ['area', of.area],
    ['building', of.building],
    ['country', of.country],
    ['countrycode', of.countryCode],
    ['datum', of.datum],
    ['description', of.description],
    ['lat', plain(of.lat)],
    ['locality', of.locality],
    ['lon', plain(of.lon)],
    ['region', of.region],
    ['street', of.street],
    ['text', of.text],
    ['timestamp', of.timestamp?.toISOString().replace('.000Z', 'Z')],
    ['tzo', of.tzo],
    ['uri', of.uri],
  ];
  return xml(
    'geoloc',
    { xmlns: NS_GEOLOC },
    fields.map(([name, value]) => value && xml(name, {}, value)),
  );
}

/** The point on the map, where both degrees are stated and in the datum that everybody uses. */
export function pointOf({ lat, lon, datum }: Geoloc): { lat: number; lon: number } | null {
  return lat === null || lon === null || (datum && !WGS84.test(datum)) ? null : { lat, lon };
}

function decimal(text: string | null, max: number): number | null {
  const value = text && DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) <= max ? value : null;
}

/** Without an exponent, which xs:decimal does not know. */
function plain(value: number | null): string | null {
  return value === null ? null : value.toFixed(12).replace(/\.?0+$/, '');
}

function date(text: string | null): Date | null {
  const time = text && DATE_TIME.test(text) ? new Date(text) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text && pattern.test(text) ? text : null;
}
