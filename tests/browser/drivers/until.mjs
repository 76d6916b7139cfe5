// Asks again and again until the answer is truthy, and returns it. Used in
// place of waitForFunction, which needs eval and so fails under a strict CSP.
export async function until(probe, timeout, what) {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeout} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
