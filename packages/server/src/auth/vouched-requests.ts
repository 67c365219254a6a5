/** Who stands behind a request whose caller was found out before it came to the door of the Backend API. */
export interface Voucher {
  /** The digest of the secret key by whose holder it was made. */
  readonly keyDigest: string
  /** The way it came, where it is not the API's own. */
  readonly through: 'dashboard'
}

/** By the request itself, so that nothing a request says can make it one of these. */
const vouchers = new WeakMap<Request, Voucher>()

/** Vouches for a request. */
export function vouchFor(request: Request, voucher: Voucher): void {
  vouchers.set(request, voucher)
}

/** Gives who stands behind a request; undefined where it has to say so itself. */
export function voucherOf(request: Request): Voucher | undefined {
  return vouchers.get(request)
}
