import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** A picture of one byte for each point: 0 is black, 255 is white. */
export interface GreyImage {
  width: number;
  height: number;
  pixels: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** How many bytes a point has, by the colour type of the PNG. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** Reads a PNG of 8 bits per channel that is not interlaced, and turns its colours to grey. */
export function decodePng(file: Buffer): GreyImage {
  if (!file.subarray(0, 8).equals(SIGNATURE)) {
    throw new Error('Not a PNG: the signature is missing');
  }
  let header: Buffer | undefined;
  const compressed: Buffer[] = [];
  for (const { type, data } of chunks(file)) {
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') compressed.push(data);
  }
  if (!header || header.length !== 13) {
    throw new Error('Not a PNG: the header is missing');
  }
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = CHANNELS[header[9]!];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0) {
    throw new Error('This PNG is interlaced, has a palette or other than 8 bits per channel');
  }
  const lines = unfilter(inflateSync(Buffer.concat(compressed)), width * channels, height, channels);
  return { width, height, pixels: toGrey(lines, width * height, channels) };
}

/** Writes a grey PNG. */
export function encodePng({ width, height, pixels }: GreyImage): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The picture with no side longer than `longest` points: each point is the mean of a square. */
export function shrink(image: GreyImage, longest: number): GreyImage {
  const factor = Math.ceil(Math.max(image.width, image.height) / longest);
  if (factor <= 1) {
    return image;
  }
  const width = Math.ceil(image.width / factor);
  const height = Math.ceil(image.height / factor);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = mean(image, x * factor, y * factor, factor);
    }
  }
  return { width, height, pixels };
}

function mean({ width, height, pixels }: GreyImage, left: number, top: number, size: number) {
  let sum = 0;
  let count = 0;
  for (let y = top; y < Math.min(top + size, height); y++) {
    for (let x = left; x < Math.min(left + size, width); x++) {
      sum += pixels[y * width + x]!;
      count++;
    }
  }
  return Math.round(sum / count);
}

function* chunks(file: Buffer) {
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    yield { type, data: file.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

/** Undoes the line filters of PNG: each byte was stored as the difference to its neighbours. */
function unfilter(data: Buffer, stride: number, height: number, channels: number): Uint8Array {
  if (data.length < (stride + 1) * height) {
    throw new Error('This PNG ends too early');
  }
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? out[at - channels]! : 0;
      const above = y > 0 ? out[at - stride]! : 0;
      const corner = x >= channels && y > 0 ? out[at - stride - channels]! : 0;
      out[at] = data[y * (stride + 1) + 1 + x]! + predicted(filter, left, above, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      // Paeth: the neighbour that is nearest to left + above - corner.
      const estimate = left + above - corner;
      const [l, a, c] = [left, above, corner].map((value) => Math.abs(estimate - value));
      return l! <= a! && l! <= c! ? left : a! <= c! ? above : corner;
    }
    default:
      throw new Error(`PNG has no line filter ${filter}`);
  }
}

function toGrey(lines: Uint8Array, points: number, channels: number): Uint8Array {
  const grey = new Uint8Array(points);
  for (let i = 0; i < points; i++) {
    const at = i * channels;
    grey[i] =
      channels < 3
        ? lines[at]!
        : Math.round(0.299 * lines[at]! + 0.587 * lines[at + 1]! + 0.114 * lines[at + 2]!);
  }
  return grey;
}
