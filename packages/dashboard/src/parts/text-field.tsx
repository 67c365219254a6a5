import './text-field.css'
import { Field } from '@base-ui/react/field'
import type { ComponentProps, ReactNode } from 'react'

type TextFieldProps = Omit<ComponentProps<typeof Field.Control>, 'className'> & {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with it. */
  readonly error?: string | undefined
}

/** A line of text with its label, what it is for, and what is wrong with it. */
export function TextField({ label, hint, error, ...props }: TextFieldProps) {
  return (
    <Field.Root className="field" invalid={error !== undefined}>
      <Field.Label className="field-label">{label}</Field.Label>
      <Field.Control {...props} className="input" />
      {hint && <Field.Description className="field-hint">{hint}</Field.Description>}
      <Field.Error className="field-error" match={error !== undefined}>
        {error}
      </Field.Error>
    </Field.Root>
  )
}
