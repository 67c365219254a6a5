/** How long an event is kept to be sent again after it was delivered, in milliseconds: a week. */
export const deliveredLifetime = 604_800_000

/** How long an event is kept that was not delivered, in milliseconds: thirty days. */
export const undeliveredLifetime = 2_592_000_000
