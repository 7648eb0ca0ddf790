import QRCode from 'qrcode';
import { line, lines, type Skill, UserError } from '../skill.ts';

const contentCharactersMax = 500;

export const qrCode: Skill = {
  id: 'make-qr-code',
  name: 'Make a QR code',
  description:
    'Turns a text or an address into a QR code, as an SVG image or as block characters for a terminal, with the ' +
    'error correction you choose.',
  category: 'images',
  tags: ['qr code', 'barcode', 'image', 'svg', 'link'],
  lang: ['en'],
  queries: ['QR code for a web address', 'make a barcode for my wifi'],
  fields: [
    {
      name: 'content',
      label: 'Content',
      type: 'text-multi',
      description: 'What scanning the code gives.',
      required: true,
      charactersMax: contentCharactersMax,
    },
    {
      name: 'format',
      label: 'Format',
      type: 'list-single',
      required: true,
      default: 'svg',
      options: [
        { value: 'svg', label: 'SVG image' },
        { value: 'text', label: 'Block characters' },
      ],
    },
    {
      name: 'correction',
      label: 'Error correction',
      type: 'list-single',
      default: 'M',
      options: [
        { value: 'L', label: 'Low, 7 %' },
        { value: 'M', label: 'Medium, 15 %' },
        { value: 'Q', label: 'Quartile, 25 %' },
        { value: 'H', label: 'High, 30 %' },
      ],
    },
    {
      name: 'quiet_zone',
      label: 'Wide margin',
      type: 'boolean',
      description: 'The margin of four modules that the standard asks for, instead of two.',
      default: 'true',
    },
  ],
  async run(answers) {
    const content = answers.text('content');
    const errorCorrectionLevel = (answers.text('correction') || 'M') as 'H' | 'L' | 'M' | 'Q';
    const margin = answers.flag('quiet_zone') ? 4 : 2;
    const svg = answers.text('format') === 'svg';
    try {
      const { version, modules } = QRCode.create(content, { errorCorrectionLevel });
      const image = await QRCode.toString(content, {
        type: svg ? 'svg' : 'utf8',
        errorCorrectionLevel,
        margin,
      });
      return [
        lines('image', svg ? 'SVG' : 'QR code', image.trimEnd().split('\n')),
        line('media_type', 'Media type', svg ? 'image/svg+xml' : 'text/plain'),
        line('version', 'QR version', version),
        line('modules', 'Modules per side', modules.size),
      ];
    } catch (cause) {
      throw new UserError('Content: this is too much for a QR code with that error correction.', { cause });
    }
  },
};
