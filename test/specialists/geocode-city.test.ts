import { expect, test } from 'vitest';
import { cities } from '../../scripts/specialists/skills/cities.ts';
import { geocodeCity } from '../../scripts/specialists/skills/geocode-city.ts';
import { run } from './run.ts';

test('there are fifty cities with possible coordinates', () => {
  expect(cities).toHaveLength(50);
  expect(new Set(cities.map((city) => city.name)).size).toBe(50);
  for (const { name, lat, lon } of cities) {
    expect(Math.abs(lat), name).toBeLessThanOrEqual(90);
    expect(Math.abs(lon), name).toBeLessThanOrEqual(180);
  }
});

test('a city is found without regard to case and marks', async () => {
  expect(await run(geocodeCity, { city: 'zurich' })).toEqual({
    name: 'Zürich',
    country: 'CH',
    lat: '47.3769',
    lon: '8.5417',
    coordinates: '47.3769, 8.5417',
    nearest: '',
  });
});

test('coordinates are written as asked', async () => {
  expect((await run(geocodeCity, { city: 'Lima', format: 'dms' })).coordinates).toBe('12°2′47″S 77°2′34″W');
  expect((await run(geocodeCity, { city: 'Lima', format: 'uri' })).coordinates).toBe('geo:-12.0464,-77.0428');
});

test('the nearest cities come with their distance', async () => {
  expect((await run(geocodeCity, { city: 'Paris', nearest: '2' })).nearest).toBe(
    'Brussels 264 km\nLondon 344 km',
  );
});

test.each([
  [{ city: 'Lisboa' }, 'not among the fifty that are known. Known are for instance Lima, Lisbon'],
  [{ city: 'Paris', country: 'US' }, 'not among the fifty'],
  [{ city: 'Paris', nearest: '11' }, 'at most 10'],
  [{ city: ' ' }, 'City: is required'],
])('refuses %j', async (filled, message) => {
  await expect(run(geocodeCity, filled)).rejects.toThrow(message);
});
