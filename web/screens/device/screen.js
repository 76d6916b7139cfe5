/* screen.js: registers the screen that measures this device; its files come
 * when it is first gone to. Id: #device. */

import { register } from '../router.js';

register({
  name: 'device',
  link: 'device',
  bar: '#more',
  async open(place, app) {
    const { DeviceScreen } = await import('./device.js');
    const screen = new DeviceScreen(place, app);
    return { show: () => screen.show(), focus: () => screen.heading };
  },
});
