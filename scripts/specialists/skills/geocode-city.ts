import { line, lines, type Skill, UserError } from '../skill.ts';
import { type City, cities } from './cities.ts';

const earthRadiusKm = 6371.0088;
const suggestionsMax = 5;

const regions = new Intl.DisplayNames(['en'], { type: 'region' });
const countries = [...new Set(cities.map((city) => city.country))]
  .map((value) => ({ value, label: regions.of(value) ?? value }))
  .sort((a, b) => (a.label < b.label ? -1 : 1));

export const geocodeCity: Skill = {
  id: 'geocode-city',
  name: 'Geocode a city',
  description:
    'Gives the coordinates of a city, from a table of fifty large ones around the world, and how far the nearest others ' +
    'of them are.',
  category: 'geography',
  tags: ['geocode', 'city', 'coordinates', 'latitude', 'longitude', 'map', 'distance'],
  lang: ['en'],
  queries: ['Where is Nairobi?', 'latitude and longitude of Tokyo', 'cities near Paris'],
  fields: [
    { name: 'city', label: 'City', type: 'text-single', required: true, charactersMax: 100 },
    {
      name: 'country',
      label: 'Country',
      type: 'list-single',
      description: 'Any when empty.',
      options: countries,
    },
    {
      name: 'format',
      label: 'Coordinates as',
      type: 'list-single',
      default: 'decimal',
      options: [
        { value: 'decimal', label: 'Decimal degrees' },
        { value: 'dms', label: 'Degrees, minutes, seconds' },
        { value: 'uri', label: 'geo: link' },
      ],
    },
    {
      name: 'nearest',
      label: 'How many nearest cities',
      type: 'text-single',
      default: '0',
      datatype: 'xs:integer',
      min: '0',
      max: '10',
    },
  ],
  run(answers) {
    const city = findCity(answers.text('city'), answers.has('country') ? answers.text('country') : null);
    const nearest = cities
      .filter((other) => other !== city)
      .map((other) => ({ name: other.name, km: distanceKm(city, other) }))
      .sort((a, b) => a.km - b.km)
      .slice(0, answers.number('nearest'));
    return [
      line('name', 'City', city.name),
      line('country', 'Country', city.country),
      line('lat', 'Latitude', city.lat),
      line('lon', 'Longitude', city.lon),
      line('coordinates', 'Coordinates', written(city, answers.text('format'))),
      lines(
        'nearest',
        'Nearest cities',
        nearest.map(({ name, km }) => `${name} ${Math.round(km)} km`),
      ),
    ];
  },
};

function findCity(text: string, country: string | null): City {
  const wanted = fold(text);
  const inCountry = cities.filter((city) => country === null || city.country === country);
  const found = inCountry.find((city) => fold(city.name) === wanted);
  if (found) return found;
  const near = inCountry
    .filter((city) => fold(city.name).startsWith(wanted.slice(0, 2)))
    .slice(0, suggestionsMax);
  const hint = near.length > 0 ? ` Known are for instance ${near.map((city) => city.name).join(', ')}.` : '';
  throw new UserError(`City: it is not among the fifty that are known.${hint}`);
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

function written({ lat, lon }: City, format: string): string {
  if (format === 'uri') return `geo:${lat},${lon}`;
  if (format === 'dms') return `${dms(lat, 'N', 'S')} ${dms(lon, 'E', 'W')}`;
  return `${lat}, ${lon}`;
}

function dms(degrees: number, positive: string, negative: string): string {
  const seconds = Math.round(Math.abs(degrees) * 3600);
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}°${minutes % 60}′${seconds % 60}″${degrees < 0 ? negative : positive}`;
}

/** The great-circle distance, by the haversine formula. */
function distanceKm(a: City, b: City): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (x: number) => Math.sin(x / 2) ** 2;
  const h =
    half(radians(b.lat - a.lat)) +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(radians(b.lon - a.lon));
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(h));
}
