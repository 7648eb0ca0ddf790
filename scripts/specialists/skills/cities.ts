export type City = { name: string; country: string; lat: number; lon: number };

/** Fifty large cities: name, ISO 3166 country, latitude and longitude in degrees (WGS 84). */
const rows = `
Accra GH 5.6037 -0.1870
Addis Ababa ET 9.0250 38.7469
Amsterdam NL 52.3676 4.9041
Athens GR 37.9838 23.7275
Auckland NZ -36.8509 174.7645
Bangkok TH 13.7563 100.5018
Barcelona ES 41.3874 2.1686
Beijing CN 39.9042 116.4074
Berlin DE 52.5200 13.4050
Bogotá CO 4.7110 -74.0721
Brussels BE 50.8503 4.3517
Buenos Aires AR -34.6037 -58.3816
Cairo EG 30.0444 31.2357
Cape Town ZA -33.9249 18.4241
Chicago US 41.8781 -87.6298
Copenhagen DK 55.6761 12.5683
Delhi IN 28.6139 77.2090
Dubai AE 25.2048 55.2708
Dublin IE 53.3498 -6.2603
Helsinki FI 60.1699 24.9384
Hong Kong HK 22.3193 114.1694
Istanbul TR 41.0082 28.9784
Jakarta ID -6.2088 106.8456
Johannesburg ZA -26.2041 28.0473
Lagos NG 6.5244 3.3792
Lima PE -12.0464 -77.0428
Lisbon PT 38.7223 -9.1393
London GB 51.5074 -0.1278
Los Angeles US 34.0522 -118.2437
Madrid ES 40.4168 -3.7038
Melbourne AU -37.8136 144.9631
Mexico City MX 19.4326 -99.1332
Milan IT 45.4642 9.1900
Montreal CA 45.5019 -73.5674
Mumbai IN 19.0760 72.8777
Nairobi KE -1.2921 36.8219
New York US 40.7128 -74.0060
Oslo NO 59.9139 10.7522
Paris FR 48.8566 2.3522
Prague CZ 50.0755 14.4378
Rome IT 41.9028 12.4964
São Paulo BR -23.5505 -46.6333
Seoul KR 37.5665 126.9780
Singapore SG 1.3521 103.8198
Stockholm SE 59.3293 18.0686
Sydney AU -33.8688 151.2093
Tokyo JP 35.6762 139.6503
Vienna AT 48.2082 16.3738
Warsaw PL 52.2297 21.0122
Zürich CH 47.3769 8.5417
`;

export const cities: readonly City[] = rows
  .trim()
  .split('\n')
  .map((row) => {
    const [, name = '', country = '', lat, lon] = /^(.+) ([A-Z]{2}) (\S+) (\S+)$/.exec(row) ?? [];
    return { name, country, lat: Number(lat), lon: Number(lon) };
  });
