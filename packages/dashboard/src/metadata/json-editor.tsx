import type { JsonObject } from '@acme/schema'
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { type Diagnostic, linter, lintKeymap } from '@codemirror/lint'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { completeJson } from './complete-json.ts'
import { editorLook } from './editor-look.ts'
import { firstError, rangeOf } from './json-places.ts'
import { judge } from './problems.ts'

interface JsonEditorProps {
  /** What it holds, for those who hear the page. */
  readonly label: string
  readonly text: string
  readonly schema: JsonObject | undefined
  onChange(text: string): void
}

/** Marks what did not come from the person, and is not told back. */
const fromOutside = Annotation.define<boolean>()

/**
 * An editor of JSON that knows a schema. It stands in a shadow tree, where CodeMirror adopts its styles as sheets and needs
 * no style element, which the policy of the page refuses.
 */
export function JsonEditor({ label, text, schema, onChange }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const change = useRef(onChange)
  change.current = onChange
  const knowing = useRef(new Compartment())
  const first = useRef({ text, label })

  useEffect(() => {
    const element = host.current
    if (!element) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.current.text,
        extensions: [
          lineNumbers(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          EditorView.lineWrapping,
          placeholder('{}'),
          json(),
          editorLook,
          EditorView.contentAttributes.of({ 'aria-label': first.current.label, spellcheck: 'false', tabindex: '0' }),
          // Tab goes on to what follows, so that the keyboard is not caught.
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
          knowing.current.of([]),
          EditorView.updateListener.of((update) => {
            const isOurs = update.transactions.some((transaction) => transaction.annotation(fromOutside))
            if (update.docChanged && !isOurs) change.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = undefined
    }
  }, [])

  useEffect(() => {
    view.current?.dispatch({ effects: knowing.current.reconfigure(know(schema)) })
  }, [schema])

  useEffect(() => {
    const made = view.current
    if (!made || made.state.doc.toString() === text) return
    made.dispatch({
      changes: { from: 0, to: made.state.doc.length, insert: text },
      annotations: fromOutside.of(true),
      selection: { anchor: Math.min(made.state.selection.main.anchor, text.length) },
    })
  }, [text])

  return <div ref={host} className="editor" />
}

/** What the editor knows of what may stand in it. */
function know(schema: JsonObject | undefined) {
  return [
    autocompletion({
      override: schema ? [(context) => completeJson(schema, context)] : [],
      icons: false,
      tooltipClass: () => 'offer',
    }),
    linter(
      (view): Diagnostic[] =>
        judge(view.state.doc.toString(), schema).problems.map(({ path, message }) => ({
          ...(path ? rangeOf(view.state, path) : firstError(view.state)),
          severity: 'error',
          message,
        })),
      { delay: 200 },
    ),
  ]
}
