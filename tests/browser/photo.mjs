// A 12-megapixel JPEG as a phone makes it, drawn and encoded by Chromium, so
// that no test needs a picture library. Seeded: the same bytes each time.
export async function makePhoto(page, width = 4000, height = 3000) {
  const base64 = await page.evaluate(async (w, h) => {
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(214 172 150)';
    context.fillRect(0, 0, w, h);
    let seed = 12;
    const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };
    for (let i = 0; i < 3000; ++i) {
      context.fillStyle = `rgb(${150 + 90 * random()} ${110 + 90 * random()} ${90 + 90 * random()} / 0.3)`;
      context.fillRect(w * random(), h * random(), 3 + 160 * random(), 3 + 160 * random());
    }
    context.fillStyle = 'rgb(92 58 44)';
    context.beginPath();
    context.ellipse(w / 2, h / 2, w / 6, h / 6, 0.4, 0, 7);
    context.fill();
    const bytes = new Uint8Array(await (await canvas.convertToBlob({type: 'image/jpeg', quality: 0.92})).arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
  }, width, height);
  return Buffer.from(base64, 'base64');
}
