// Runs in the page: a live view as a page with LiteRT.js has it, on the main
// thread as its documentation shows: the newest picture of the camera's video
// onto a canvas of the model's size, its pixels as normalised floats into a
// tensor, the network run, the likeliest class as text over the video. The same
// camera, the same network and one view of it, as our page reads it. Leaves in
// window.answers what each answer took, in window.peerError what went wrong.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';

const TOLERANCE = 0.1; // of a logit, in int8 four steps

function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

async function begin() {
  const {model: file, expected, mean, std, classes} = await (await fetch('peer.json')).json();
  const [, height, width] = expected.shape;
  await loadLiteRt('/litert/', {threads: false});
  const model = await loadAndCompile(file, {accelerator: 'wasm'});
  const values = new Float32Array(width * height * 3);
  const run = async () => {
    const tensor = new Tensor(values, expected.shape);
    const outputs = await model.run(tensor);
    const logits = [...outputs[0].toTypedArray()];
    for (const one of [tensor, ...outputs]) one.delete();
    return logits;
  };
  // The picture of float_ends.py: the time of another function would be no time.
  for (let i = 0; i < values.length; ++i) values[i] = ((i * 37) % 256) / 127.5 - 1;
  const difference = Math.max(...(await run()).map((value, i) => Math.abs(value - expected.outputs[i])));
  if (!(difference <= TOLERANCE)) throw new Error(`the network answers otherwise than expected, by ${difference}`);

  const video = document.querySelector('video');
  video.srcObject = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment', width: {ideal: 1280}, height: {ideal: 720}}, audio: false});
  await video.play();
  const context = Object.assign(document.createElement('canvas'), {width, height}).getContext('2d', {willReadFrequently: true});
  const [scale, shift] = [std.map((value) => 1 / (255 * value)), mean.map((value, c) => -value / std[c])];
  const text = document.querySelector('p');
  window.answers = [];
  for (;;) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const start = performance.now();
    const side = Math.min(video.videoWidth, video.videoHeight);
    context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, width, height);
    const {data} = context.getImageData(0, 0, width, height);
    for (let i = 0, k = 0; i < data.length; i += 4) for (let c = 0; c < 3; ++c) values[k++] = data[i + c] * scale[c] + shift[c];
    const drawn = performance.now();
    const shares = softmax(await run());
    window.answers.push({decode: drawn - start, infer: performance.now() - drawn});
    const best = shares.indexOf(Math.max(...shares));
    text.textContent = `${classes[best]} ${Math.round(100 * shares[best])} %`;
  }
}

begin().catch((error) => { window.peerError = String(error?.stack ?? error); });
