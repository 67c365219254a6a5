import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The editor in the colors of the tokens, which reach into its shadow tree. */
export const editorLook: Extension = [
  EditorView.theme({
    '&': { color: 'var(--text)', backgroundColor: 'transparent', flex: '1', minHeight: '0', fontSize: '13px' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
    '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
    '.cm-line': { padding: '0 12px 0 4px' },
    '.cm-cursor': { borderLeftColor: 'var(--text)' },
    '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: '0' },
    '.cm-lineNumbers .cm-gutterElement': { minWidth: '28px', padding: '0 6px 0 0', fontSize: '12px' },
    '.cm-activeLine': { backgroundColor: 'transparent' },
    '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--hover)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'light-dark(#d9dcff, #35376b)',
    },
    '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selected)' },
    '.cm-placeholder': { color: 'var(--text-faint)' },
    '.cm-tooltip': {
      backgroundColor: 'var(--raised)',
      border: '1px solid var(--line)',
      borderRadius: '6px',
      boxShadow: 'var(--shadow-high)',
      color: 'var(--text)',
      overflow: 'hidden',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px', maxHeight: '220px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: '18px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--selected)',
      color: 'var(--text)',
    },
    '.cm-completionDetail': { color: 'var(--text-faint)', fontStyle: 'normal', marginLeft: '12px' },
    '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
    '.cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: '12px', maxWidth: '260px' },
    '.cm-diagnostic': { fontFamily: 'var(--font)', fontSize: '12px', padding: '6px 10px' },
    '.cm-diagnostic-error': { borderLeft: '0', color: 'var(--bad)' },
    '.cm-lintRange-error': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--bad)',
      textDecorationSkipInk: 'none',
      textUnderlineOffset: '3px',
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: 'var(--code-key)' },
      { tag: tags.string, color: 'var(--code-text)' },
      { tag: tags.number, color: 'var(--code-number)' },
      { tag: [tags.bool, tags.null], color: 'var(--code-word)' },
      { tag: [tags.separator, tags.brace, tags.squareBracket], color: 'var(--text-faint)' },
    ]),
  ),
]
