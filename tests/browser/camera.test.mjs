// The live view, with Chromium's fake cameras: the camera that was asked for
// last is the one that runs, and none runs longer than its view.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {click, dist, golden, openSite, view, visit} from './visit.mjs';

// Runs in the page before its scripts. A camera opens when the test lets it:
// window.cameras[i] is {facing, stream, release(), refuse()}, in the order asked.
function holdCameras() {
  const open = MediaDevices.prototype.getUserMedia;
  window.cameras = [];
  MediaDevices.prototype.getUserMedia = function (wanted) {
    const camera = {facing: wanted.video.facingMode};
    window.cameras.push(camera);
    return new Promise((resolve, reject) => {
      open.call(this, wanted).then((stream) => {
        camera.release = () => resolve(stream);
        camera.refuse = () => reject(new DOMException('held by another program', 'NotReadableError'));
        camera.stream = stream;
      }, reject);
    });
  };
}

(chromium.available ? describe : describe.skip)(chromium.available ? 'the live view' : `the live view: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2']});
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  // With the first camera running, so that there is another to change to.
  beforeEach(async () => {
    page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(holdCameras);
    await visit(page, site.url('/'));
    await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden); // the camera's square is the model's
    await click(page, '#live');
    await letGo(0);
    await page.waitFor(() => !window.deepAll('#shutter')[0].disabled && !window.deepAll('#switch')[0].hidden);
  });
  afterEach(() => page.close());

  const opened = (index) => page.waitFor((i) => Boolean(window.cameras[i]?.stream), {args: [index]});
  async function letGo(index, how = 'release') {
    await opened(index);
    await page.evaluate((i, way) => window.cameras[i][way](), index, how);
  }
  // Of each camera asked for, whether it runs; and which one the view shows.
  const states = () => page.evaluate(() => ({
    running: window.cameras.map(({stream}) => stream.getTracks().some(({readyState}) => readyState === 'live')),
    shown: window.cameras.findIndex(({stream}) => stream === window.deepAll('#video')[0]?.srcObject),
    message: window.deepAll('#camera-message')[0]?.textContent,
    canShoot: window.deepAll('#shutter')[0]?.disabled === false,
  }));
  const settled = (running) => page.waitFor((wanted) =>
    window.cameras.map(({stream}) => stream.getTracks().some(({readyState}) => readyState === 'live')).join() === wanted.join(), {args: [running]});
  async function tapTwice() {
    await page.evaluate(() => {
      const [other] = window.deepAll('#switch');
      other.click();
      other.click();
    });
    await opened(1);
    await opened(2);
    expect(await page.evaluate(() => window.cameras.map(({facing}) => facing))).toEqual(['environment', 'user', 'environment']);
  }

  test.each([[[1, 2]], [[2, 1]]])('two quick taps, cameras open in the order %j: the last one runs alone', async (order) => {
    await tapTwice();
    for (const index of order) await letGo(index);
    await settled([false, false, true]);
    await page.waitFor(() => !window.deepAll('#shutter')[0].disabled);
    expect(await states()).toEqual({running: [false, false, true], shown: 2, message: '', canShoot: true});
  });

  test('two quick taps, and the first camera fails late: the last one runs on without a word', async () => {
    await tapTwice();
    await letGo(2);
    await page.waitFor(() => !window.deepAll('#shutter')[0].disabled);
    await letGo(1, 'refuse');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0))); // what the refusal brings about has run
    expect(await states()).toMatchObject({shown: 2, message: '', canShoot: true});
    expect((await states()).running[2]).toBe(true);
  });

  test('a camera that opens after the view was closed is stopped', async () => {
    await click(page, '#switch');
    await opened(1);
    await click(page, '#close');
    await letGo(1);
    await settled([false, false]);
    expect(await view(page)).toBe('start');
  });

  test('the shutter gives a photo to frame, and the camera stops', async () => {
    await click(page, '#shutter');
    await page.waitFor(() => window.deepAll('#compare').length > 0);
    expect(await view(page)).toBe('frame');
    expect((await states()).running).toEqual([false]);
  });

  test('behind another screen nothing films, and back at it it films again', async () => {
    await page.evaluate(() => { location.hash = '#about'; });
    await settled([false]);
    await page.evaluate(() => { history.back(); });
    await opened(1);
    await letGo(1);
    await page.waitFor(() => !window.deepAll('#shutter')[0].disabled);
    expect((await states()).running).toEqual([false, true]);
  });

  test('behind another tab nothing films, and back at it it films again', async () => {
    const turn = (state) => page.evaluate((wanted) => {
      Object.defineProperty(document, 'visibilityState', {value: wanted, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    await turn('hidden');
    await settled([false]);
    expect((await states()).canShoot).toBe(false);
    await turn('visible');
    await opened(1);
    await letGo(1);
    await settled([false, true]);
  });

  test('another photo after one of the camera comes from the camera again', async () => {
    await click(page, '#shutter');
    await page.waitFor(() => window.deepAll('#compare').length > 0);
    expect(await page.evaluate(() => window.deepAll('#other')[0].textContent)).toBe('Take another');
    await click(page, '#other');
    await opened(1);
    expect(await view(page)).toBe('camera');
  });

  test('a camera that is refused leaves no dead shutter: the words say why, and a file does', async () => {
    await click(page, '#switch');
    await opened(1);
    await letGo(1, 'refuse');
    await page.waitFor(() => window.deepAll('#camera-file')[0].checkVisibility());
    expect(await page.evaluate(() => [window.deepAll('#shutter')[0].checkVisibility(), window.deepAll('#camera-message')[0].textContent]))
      .toEqual([false, expect.stringMatching(/could not be started/)]);
    await page.pickFile(() => window.deepAll('#camera-input')[0], golden('baseline-420.jpg'));
    await page.waitFor(() => window.deepAll('#compare').length > 0);
  });

  const ends = () => page.evaluate(() => {
    const [track] = window.deepAll('#video')[0].srcObject.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  const isMuted = (is_muted) => page.evaluate((wanted) => {
    const [track] = window.deepAll('#video')[0].srcObject.getVideoTracks();
    track.dispatchEvent(new Event(wanted ? 'mute' : 'unmute'));
  }, is_muted);
  const offers = () => page.evaluate(() => ['#shutter', '#camera-again', '#camera-file', '#reading', '.guide'].map((one) => window.deepAll(one)[0].checkVisibility()));
  const STOPPED = [false, true, true, false, false];
  const FILMS = [true, false, false, true, true];

  test('a camera that is unplugged is told: no old words, no shutter for a black photo; another try films', async () => {
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility(), {timeout: 60_000});
    await ends();
    expect(await offers()).toEqual(STOPPED);
    expect((await states()).message).toMatch(/camera has stopped/);
    await click(page, '#camera-again');
    await letGo(1);
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility());
    expect(await offers()).toEqual(FILMS);
    expect((await states()).message).toBe('');
  });

  test('a camera that is taken away for longer than a moment is told, and read again once it is back', async () => {
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility(), {timeout: 60_000});
    await isMuted(true);
    await isMuted(false);
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1500); }));
    expect(await offers()).toEqual(FILMS);
    await isMuted(true);
    await page.waitFor(() => window.deepAll('#camera-again')[0].checkVisibility());
    expect(await offers()).toEqual(STOPPED);
    await isMuted(false);
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility());
    expect(await offers()).toEqual(FILMS);
    expect((await states()).running).toEqual([true]);
  });

  test('where the square has few of the camera\'s pixels, the camera is asked for more', async () => {
    const px = () => page.evaluate(() => {
      const [video, guide] = ['#video', '.guide'].map((one) => window.deepAll(one)[0]);
      return guide.getBoundingClientRect().width / Math.max(innerWidth / video.videoWidth, innerHeight / video.videoHeight);
    });
    const width = () => page.evaluate(() => window.deepAll('#video')[0].videoWidth);
    await page.raw.setViewport({width: 360, height: 740});
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility());
    expect([await width(), await px() > 231]).toEqual([1280, true]); // enough of the model's 192
    await page.raw.setViewport({width: 360, height: 640});
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; }); // the words leave the square less room
    await until(async () => await width() === 1920 && await px() > 192, 30_000, 'more pixels');
  });

  test('the model reads what is in the square, picture after picture, and the square is what the photo begins with', async () => {
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility());
    await click(page, '#figures');
    await page.waitFor(() => /answers a second/.test(window.deepAll('#live-figures')[0].textContent), {timeout: 60_000});
    const {decision, words, guide} = await page.evaluate(() => {
      const [live] = window.deepAll('#reading');
      const box = (selector) => window.deepAll(selector)[0].getBoundingClientRect();
      return {decision: live.dataset.decision, words: live.innerText, guide: box('.guide').width / box('.guide').height};
    });
    expect(['answer', 'unsure', 'reject']).toContain(decision);
    expect(words).toMatch(decision === 'reject' ? /Not a picture that the model can judge/ : /Looks most like|Could be/);
    expect(guide).toBeCloseTo(1);
    await click(page, '#shutter');
    await page.waitFor(() => window.deepAll('#compare').length > 0);
    const square = await page.evaluate(() => {
      const [photo, judged] = ['.stage', '#square'].map((one) => window.deepAll(one)[0].getBoundingClientRect());
      return {share: judged.width / photo.width, aside: (judged.left + judged.width / 2 - photo.left) / photo.width, aspect: judged.width / judged.height};
    });
    expect(square.share).toBeLessThan(0.9);
    expect(square.aside).toBeCloseTo(0.5, 1);
    expect(square.aspect).toBeCloseTo(1, 1);
  });

  test('opened before the model has come, it reads as soon as that is there', async () => {
    await page.close();
    const model = '/models/skin/skin-int8.tflite';
    let held;
    site.overrides.set(model, (response) => { held = response; });
    try {
      page = await browser.newPage();
      await visit(page, site.url('/?lang=en'));
      await page.waitFor(() => window.deepAll('#live').length > 0);
      await until(() => held, 60_000, 'the question for the model');
      await click(page, '#live');
      await page.waitFor(() => /still on its way/.test(window.deepAll('#camera-message')[0]?.textContent) && !window.deepAll('#shutter')[0].disabled);
      expect(await page.evaluate(() => window.deepAll('#reading')[0].checkVisibility())).toBe(false);
      held.writeHead(200, {'content-type': 'application/octet-stream'}).end(readFileSync(join(dist, model)));
      await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility(), {timeout: 60_000});
      expect(await page.evaluate(() => [window.deepAll('#camera-message')[0].textContent, window.deepAll('#live-words')[0].lang])).toEqual(['', 'en']);
    } finally {
      site.overrides.delete(model);
    }
  });

  test('on a small phone the shutter is round, and letters of twice the size leave the square room', async () => {
    await page.raw.setViewport({width: 360, height: 740});
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility() && !window.deepAll('.guide')[0].hidden);
    const {across, down} = await page.evaluate(() => {
      const {paddingTop, paddingRight, width, height} = getComputedStyle(window.deepAll('#shutter')[0]);
      return {across: [paddingRight, width], down: [paddingTop, height]};
    });
    expect(across).toEqual(down);
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await page.waitFor(() => window.deepAll('.camera-top')[0].offsetHeight > 80);
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 300); })); // the guide follows
    expect(await page.evaluate(() => window.deepAll('.guide')[0].getBoundingClientRect().width)).toBeGreaterThan(100);
  });

  test.each(['ltr', 'rtl'])('on a phone held sideways the square lies beside the panel, and is read (%s)', async (direction) => {
    await page.evaluate((wanted) => { window.deepAll('.base')[0].dir = wanted; }, direction);
    await page.raw.setViewport({width: 740, height: 360});
    await page.waitFor(() => {
      const [guide, panel] = ['.guide', '.camera-bottom'].map((one) => window.deepAll(one)[0].getBoundingClientRect());
      return guide.width > 200 && (guide.right <= panel.left || guide.left >= panel.right);
    });
    await page.waitFor(() => window.deepAll('#reading')[0].checkVisibility());
  });

  test('light and zoom are there where the camera has them, and ask it for that', async () => {
    expect(await page.evaluate(() => ['#torch', '#zoom'].map((one) => window.deepAll(one)[0].hidden))).toEqual([true, true]);
    await page.evaluate(() => {
      window.wanted = [];
      MediaStreamTrack.prototype.getCapabilities = () => ({torch: true, zoom: {min: 1, max: 4, step: 0.5}});
      const settings = MediaStreamTrack.prototype.getSettings;
      MediaStreamTrack.prototype.getSettings = function () { return {...settings.call(this), zoom: 1.5}; };
      MediaStreamTrack.prototype.applyConstraints = async ({advanced}) => { if (advanced) window.wanted.push(advanced); };
    });
    await click(page, '#switch');
    await opened(1);
    await letGo(1);
    await page.waitFor(() => !window.deepAll('#zoom')[0].hidden && !window.deepAll('#torch')[0].hidden);
    expect(await page.evaluate(() => window.deepAll('#zoom')[0].value)).toBe('1.5'); // as it is, not its least
    await click(page, '#torch');
    await page.evaluate(() => {
      const [zoom] = window.deepAll('#zoom');
      zoom.value = '2.5';
      zoom.dispatchEvent(new Event('input'));
    });
    await click(page, '#torch');
    expect(await page.evaluate(() => window.wanted)) // each asking replaces the one before
      .toEqual([[{torch: true}], [{torch: true}, {zoom: 2.5}], [{torch: false}, {zoom: 2.5}]]);
  });

  test('of three cameras the choice names the one that films, however it came to', async () => {
    const three = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=3']});
    try {
      await page.close();
      page = await three.newPage();
      await visit(page, site.url('/'));
      await click(page, '#live');
      const films = (isOther) => page.waitFor((before) => {
        const [choice, shutter, video] = ['#camera-choice', '#shutter', '#video'].map((one) => window.deepAll(one)[0]);
        const id = video?.srcObject?.getVideoTracks()[0].getSettings().deviceId;
        return choice?.options.length === 3 && !shutter.disabled && id !== before && choice.value === id && id;
      }, {args: [isOther]});
      const first = await films(null);
      const chosen = await page.evaluate((one) => {
        const [choice] = window.deepAll('#camera-choice');
        choice.value = [...choice.options].map(({value}) => value).find((value) => value !== one);
        choice.dispatchEvent(new Event('change'));
        return choice.value;
      }, first);
      expect(await films(first)).toBe(chosen);
      await click(page, '#switch');
      expect(await films(chosen)).not.toBe(chosen);
    } finally {
      await page.close();
      await three.close();
      page = {close: () => {}};
    }
  });
});
