/** The secret key that every server of the bench takes. */
export const secretKey = `sk_test_${'0'.repeat(32)}`
