import { Component, type ReactNode } from 'react'
import { ErrorState } from '../parts/states.tsx'

/** Keeps what fails in one view from taking the rest of the page along. */
export class ViewBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {}

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (!('error' in this.state)) return this.props.children
    // A view that could not be loaded can be after a reload alone: browsers remember that it failed.
    return <ErrorState error={this.state.error} retry={() => location.reload()} />
  }
}
