/** The sign of the dashboard: three kinds of metadata, one below the other. */
export function Mark({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill="var(--accent-fill)" />
      <path d="M4.5 5h7M4.5 8h7M4.5 11h4" stroke="#fff" strokeWidth="1.5" strokeLinecap="round" />
    </svg>
  )
}
