// Files in one ZIP, as they are (no compression): APPNOTE 6.3.9, sections 4.3.7, 4.3.12 and 4.3.16.
const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const UTF8_NAMES = 0x0800, VERSION = 20, FIRST_DAY = 0x0021;  // 1 January 1980: no time is claimed

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let rest = index;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

export const crc32 = (bytes) => (bytes.reduce((crc, byte) => (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff], 0xffffffff) ^ 0xffffffff) >>> 0;

/** Little-endian: pairs of how many bytes, and the number. */
function fields(...pairs) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((size, [bytes]) => size + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of pairs) {
    if (bytes === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

const about = ({ name, bytes }) => [[2, VERSION], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc32(bytes)], [4, bytes.length],
  [4, bytes.length], [2, name.length], [2, 0]];

/** `files`: name -> text. What is returned may be made a Blob of. */
export function zipped(files) {
  const utf8 = new TextEncoder();
  const [bodies, directory] = [[], []];
  let at = 0;
  for (const [called, text] of Object.entries(files)) {
    const file = { name: utf8.encode(called), bytes: utf8.encode(text) };
    const body = [fields([4, LOCAL], ...about(file)), file.name, file.bytes];
    bodies.push(...body);
    directory.push(fields([4, CENTRAL], [2, VERSION], ...about(file), [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), file.name);
    at += body.reduce((size, each) => size + each.length, 0);
  }
  const size = directory.reduce((total, each) => total + each.length, 0);
  const count = Object.keys(files).length;
  return [...bodies, ...directory, fields([4, END], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0])];
}
