import { currentUser } from '../acme.server.ts'
import { Editor } from './editor.tsx'

/** The profile: what the server read, and what the browser may edit. */
export default async function Page() {
  const user = await currentUser()
  return (
    <>
      {user && (
        <section>
          <h2>{user.username}</h2>
          <p data-testid="server">
            By the server: the plan is {user.publicMetadata.plan ?? 'free'}
            {user.privateMetadata.paymentCustomerId && ', and there is a customer to bill'}.
          </p>
        </section>
      )}
      <Editor />
    </>
  )
}
