/* picture.js: the picture that every measurement judges, drawn here: the same
 * shapes everywhere, a JPEG of 1,280 by 960 pixels. */

export const SIZE = Object.freeze({ width: 1280, height: 960 });

/** @returns {Promise<Blob>} */
export function testPicture() {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE.width;
  canvas.height = SIZE.height;
  const context = canvas.getContext('2d');
  if (!context) return Promise.reject(new Error('this browser gives no canvas'));
  context.fillStyle = 'rgb(214 172 150)';
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  let seed = 12;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let i = 0; i < 1500; i++) {
    context.fillStyle = `rgb(${150 + 90 * random()} ${110 + 90 * random()} ${90 + 90 * random()} / 0.3)`;
    context.fillRect(SIZE.width * random(), SIZE.height * random(), 2 + 60 * random(), 2 + 60 * random());
  }
  context.fillStyle = 'rgb(92 58 44)';
  context.beginPath();
  context.ellipse(SIZE.width / 2, SIZE.height / 2, SIZE.height / 4, SIZE.height / 5, 0.4, 0, 7);
  context.fill();
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no JPEG could be made'))), 'image/jpeg', 0.9));
}
