/** A seed for tables that a prepared capture must not slow down. Who prepares one cannot see it, so that V8's generator,
 *  which begins anew in each process, is enough; node:crypto would take 11 ms to load. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 31)
}
