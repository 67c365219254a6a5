import './choice.css'
import { Checkbox } from '@base-ui/react/checkbox'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'

interface ChoiceProps {
  readonly children: ReactNode
  readonly checked: boolean
  onChange(checked: boolean): void
}

/** Something that is or is not, with its words. */
export function Choice({ children, checked, onChange }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox in it is its control
    <label className="choice">
      <Checkbox.Root className="checkbox" checked={checked} onCheckedChange={onChange}>
        <Checkbox.Indicator>
          <Check size={12} aria-hidden />
        </Checkbox.Indicator>
      </Checkbox.Root>
      {children}
    </label>
  )
}
