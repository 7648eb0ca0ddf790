import { createHash, createHmac } from 'node:crypto';
import { line, plainOptions, type Skill } from '../skill.ts';

const algorithms = ['sha256', 'sha512', 'sha3-256', 'sha3-512', 'blake2b512', 'sha1', 'md5'];

export const hashText: Skill = {
  id: 'hash-text',
  name: 'Hash a text',
  description:
    'Computes checksums of a text with SHA-2, SHA-3, BLAKE2, SHA-1 or MD5, of its UTF-8 bytes with lines joined by a ' +
    'line feed; with a key, an HMAC.',
  category: 'security',
  tags: ['hash', 'checksum', 'digest', 'sha256', 'hmac', 'security', 'developer'],
  lang: ['en'],
  queries: ['SHA-256 of a text', 'compute an HMAC', 'checksum of this string'],
  fields: [
    { name: 'text', label: 'Text', type: 'text-multi', required: true },
    {
      name: 'algorithms',
      label: 'Algorithms',
      type: 'list-multi',
      required: true,
      default: ['sha256'],
      options: plainOptions(algorithms),
    },
    {
      name: 'encoding',
      label: 'Encoding',
      type: 'list-single',
      default: 'hex',
      options: [
        { value: 'hex', label: 'Hexadecimal' },
        { value: 'base64', label: 'Base64' },
        { value: 'base64url', label: 'Base64 for URLs' },
      ],
    },
    {
      name: 'key',
      label: 'Key',
      type: 'text-private',
      description: 'Makes the result an HMAC (RFC 2104) with this key.',
    },
  ],
  run(answers) {
    const text = answers.text('text');
    const encoding = answers.has('encoding')
      ? (answers.text('encoding') as 'base64' | 'base64url' | 'hex')
      : 'hex';
    return [
      ...answers.list('algorithms').map((algorithm) => {
        const hash = answers.has('key') ? createHmac(algorithm, answers.text('key')) : createHash(algorithm);
        return line(algorithm, algorithm.toUpperCase(), hash.update(text, 'utf8').digest(encoding));
      }),
      line('bytes', 'Bytes hashed', Buffer.byteLength(text)),
    ];
  },
};
