"""Readers: one file for each form that documents come in.

Each yields a :class:`hegui.corpus.formats.document.CorpusDocument` for every line, row or record of an
open file, the ones that hold no text included: no reader drops anything.
"""
