/** For how long somebody counts as being there after they did something, in milliseconds. */
const attention = 60_000

let lastAt = Date.now()
const note = () => {
  lastAt = Date.now()
}
for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(type, note, { capture: true, passive: true })
}

/** Whether nobody has done anything in the page of late: what it reads then keeps nobody signed in. */
export function isUnattended(): boolean {
  return Date.now() - lastAt > attention
}
